import { AegisError } from "../contract/errors.js";

/** A scalar subquery, run by itself or as a join, gave a second row. */
export function tooManyRows(): AegisError {
  return new AegisError(
    "SUBQUERY_ROWS",
    "more than one row returned by a subquery used as an expression",
    { hint: "Add LIMIT 1, an aggregate, or a condition that leaves one row." },
  );
}
