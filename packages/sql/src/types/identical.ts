import type { Datum } from "./datum.js";
import type { SqlType } from "./sql-type.js";
import { toText } from "./text-output.js";

/**
 * Whether two values of a type are one and the same and not only equal: 1.0 and 1.00 are equal, and
 * so are a month and 30 days, but what is computed of them differs.
 */
export function areIdentical(a: Datum, b: Datum, type: SqlType): boolean {
  if (a === null || b === null) return a === b;
  return toText(a, type, "UTC") === toText(b, type, "UTC");
}
