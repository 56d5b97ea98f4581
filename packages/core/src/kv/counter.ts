import { AegisError } from "../errors.js";
import { nameOf, quote } from "./key.js";

/** Throws INVALID_ARGUMENT unless `by` can be added to a counter. */
export function checkStep(by: unknown): asserts by is number | bigint {
  if (typeof by === "bigint" || (typeof by === "number" && Number.isFinite(by))) return;
  throw new AegisError(
    "INVALID_ARGUMENT",
    `increment adds a finite number or a bigint, not ${nameOf(by)}`,
  );
}

/**
 * The counter after adding, exactly: whole numbers stay within ±2^53 or are refused, a bigint on
 * either side makes the sum a bigint, and only fractions follow floating-point arithmetic.
 */
export function addToCounter(key: string, stored: unknown, by: number | bigint): number | bigint {
  if (typeof stored === "number" && !Number.isNaN(stored)) {
    return typeof by === "number" ? addNumbers(key, stored, by) : toBigInt(key, stored) + by;
  }
  if (typeof stored === "bigint") return stored + toBigInt(key, by);
  throw new AegisError(
    "NOT_A_NUMBER",
    `the value of the key ${quote(key)} is ${nameOf(stored)}, so it cannot be incremented`,
    { hint: "Set a number first, or count under another key." },
  );
}

function addNumbers(key: string, stored: number, by: number): number {
  const sum = stored + by;
  const whole = Number.isInteger(stored) && Number.isInteger(by);
  if (whole ? Number.isSafeInteger(sum) : Number.isFinite(sum)) return sum;
  throw new AegisError(
    "NUMERIC_OUT_OF_RANGE",
    `incrementing the key ${quote(key)} by ${by} leaves the range of ${whole ? "exact whole numbers (±2^53)" : "numbers"}`,
    whole ? { hint: "Set the counter to a bigint; then it has no limit and stays exact." } : {},
  );
}

function toBigInt(key: string, value: number | bigint): bigint {
  if (typeof value === "bigint") return value;
  if (Number.isSafeInteger(value)) return BigInt(value);
  throw new AegisError(
    "NUMERIC_OUT_OF_RANGE",
    `the key ${quote(key)} cannot be incremented: ${value} is not exact as a bigint`,
    { hint: "Use whole numbers within ±2^53 together with bigints." },
  );
}
