import { AegisError } from "../contract/errors.js";
import { divisionByZero } from "../types/data-errors.js";

function overflow(): AegisError {
  return new AegisError("NUMERIC_OUT_OF_RANGE", "value out of range: overflow");
}

function underflow(): AegisError {
  return new AegisError("NUMERIC_OUT_OF_RANGE", "value out of range: underflow");
}

/** An argument outside of a function's domain, with PostgreSQL's finer SQLSTATE. */
function domainError(message: string, sqlState: string): AegisError {
  return new AegisError("INVALID_ARGUMENT", message, { sqlState });
}

/** Infinity may come of infinity only. */
function finite(result: number, a: number, b: number): number {
  if (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b)) throw overflow();
  return result;
}

export function add(a: number, b: number): number {
  return finite(a + b, a, b);
}

export function subtract(a: number, b: number): number {
  return finite(a - b, a, b);
}

export function multiply(a: number, b: number): number {
  const product = finite(a * b, a, b);
  if (product === 0 && a !== 0 && b !== 0) throw underflow();
  return product;
}

export function divide(a: number, b: number): number {
  if (b === 0 && !Number.isNaN(a)) throw divisionByZero();
  const quotient = finite(a / b, a, b);
  if (quotient === 0 && a !== 0 && Number.isFinite(b)) throw underflow();
  return quotient;
}

/** A function of a float whose result is finite for finite arguments. */
export function checkedResult(result: number, ...args: readonly number[]): number {
  if (!Number.isFinite(result) && args.every(Number.isFinite)) throw overflow();
  return result;
}

export function power(base: number, exponent: number): number {
  // C's pow knows both of these where JavaScript gives NaN.
  if (base === 1 || exponent === 0) return 1;
  if (Number.isNaN(base) || Number.isNaN(exponent)) return NaN;
  if (base === 0 && exponent < 0) {
    throw domainError("zero raised to a negative power is undefined", "2201F");
  }
  if (base < 0 && Number.isFinite(exponent) && !Number.isInteger(exponent)) {
    const what = "a negative number raised to a non-integer power yields a complex result";
    throw domainError(what, "2201F");
  }
  if (base === -1 && !Number.isFinite(exponent)) return 1;
  const result = checkedResult(base ** exponent, base, exponent);
  if (result === 0 && base !== 0 && Number.isFinite(base) && Number.isFinite(exponent)) {
    throw underflow();
  }
  return result;
}

export function exponential(value: number): number {
  const result = checkedResult(Math.exp(value), value);
  if (result === 0 && Number.isFinite(value)) throw underflow();
  return result;
}

export function squareRoot(value: number): number {
  if (value < 0) throw domainError("cannot take square root of a negative number", "2201F");
  return Math.sqrt(value);
}

export function logarithm(value: number, log: (value: number) => number): number {
  if (value === 0) throw domainError("cannot take logarithm of zero", "2201E");
  if (value < 0) throw domainError("cannot take logarithm of a negative number", "2201E");
  return log(value);
}

/** Half to even, as C's rint. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest < 0.5) return value < 0 && floor === 0 ? -0 : floor;
  if (rest > 0.5 || floor % 2 !== 0) {
    const up = floor + 1;
    return up === 0 && value < 0 ? -0 : up;
  }
  return Number.isNaN(rest) ? value : floor;
}

/** NaN has none, as PostgreSQL has it. */
export function sign(value: number): number {
  return value > 0 ? 1 : value < 0 ? -1 : 0;
}
