import type { ColumnKind } from "@aegisdb/sql/contract";
import { AegisError } from "../errors.js";
import { MAX_KEY_UNITS } from "../limits.js";

/** What the key codecs report; each message names the kind of the column. */

export function typeMismatch(kind: ColumnKind, value: unknown): AegisError {
  return new AegisError(
    "TYPE_MISMATCH",
    `a key column of type ${kind} cannot take ${describe(value)}`,
  );
}

export function unexpectedNull(kind: ColumnKind): AegisError {
  return new AegisError(
    "NOT_NULL_VIOLATION",
    `a key column of type ${kind} that is not nullable cannot take NULL`,
  );
}

export function prefixTooLong(given: number, columns: number): AegisError {
  return new AegisError(
    "INVALID_ARGUMENT",
    `a key prefix of ${String(given)} values for a key of ${String(columns)} columns`,
  );
}

export function keyTooLong(units: number): AegisError {
  return new AegisError(
    "INVALID_KEY",
    `a key of ${String(units)} units is longer than the limit of ${String(MAX_KEY_UNITS)}`,
    { hint: "Shorten the key's text or byte columns; put long data into a value." },
  );
}

function describe(value: unknown): string {
  if (value === undefined) return "undefined";
  if (typeof value === "object" && value !== null) {
    return `a value of type ${value.constructor.name}`;
  }
  if (typeof value === "string") return `a string of length ${String(value.length)}`;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") {
    return `the ${typeof value} ${String(value)}`;
  }
  return `a ${typeof value}`;
}
