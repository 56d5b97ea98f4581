import { AegisError } from "../contract/errors.js";
import { toInt64 } from "../types/calendar.js";
import { divisionByZero } from "../types/data-errors.js";

/** An integer of any width as a datum: a number where it is safe, else a bigint. */
export type Int = number | bigint;
export type IntegerName = "smallint" | "integer" | "bigint";

const LIMITS: Readonly<Record<IntegerName, bigint>> = {
  smallint: 1n << 15n,
  integer: 1n << 31n,
  bigint: 1n << 63n,
};

/** The value itself, or NUMERIC_OUT_OF_RANGE. */
export function inRange(value: Int, name: IntegerName): Int {
  const limit = LIMITS[name];
  if (value >= limit || value < -limit) {
    throw new AegisError("NUMERIC_OUT_OF_RANGE", `${name} out of range`);
  }
  return value;
}

export function addIntegers(a: Int, b: Int): Int {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return toInt64(BigInt(a) + BigInt(b));
}

export function subtractIntegers(a: Int, b: Int): Int {
  if (typeof a === "number" && typeof b === "number") {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return toInt64(BigInt(a) - BigInt(b));
}

export function multiplyIntegers(a: Int, b: Int): Int {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b;
    // The sum makes a zero of a negative zero.
    if (Number.isSafeInteger(product)) return product + 0;
  }
  return toInt64(BigInt(a) * BigInt(b));
}

/** Cut towards zero. The quotient of two safe integers, as a double, never rounds up to the next. */
export function divideIntegers(a: Int, b: Int): Int {
  if (b === 0) throw divisionByZero();
  if (typeof a === "number" && typeof b === "number") return Math.trunc(a / b) + 0;
  return toInt64(BigInt(a) / BigInt(b));
}

/** The remainder has the sign of `a`. */
export function remainderOfIntegers(a: Int, b: Int): Int {
  if (b === 0) throw divisionByZero();
  if (typeof a === "number" && typeof b === "number") return (a % b) + 0;
  return toInt64(BigInt(a) % BigInt(b));
}

export function negateInteger(a: Int): Int {
  return typeof a === "number" ? 0 - a : toInt64(-a);
}
