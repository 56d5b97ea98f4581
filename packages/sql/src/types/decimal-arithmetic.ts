import { AegisError } from "../contract/errors.js";
import { divisionByZero } from "./data-errors.js";
import { checked, Decimal } from "./decimal.js";

/** Significant digits that a quotient, root or logarithm has at least. */
export const MIN_SIGNIFICANT_DIGITS = 16;
/** Fractional digits that such a result has at most. */
export const MAX_RESULT_SCALE = 1000;

/** PostgreSQL counts in digits of base 10,000; its scales follow from where those start. */
const DIGITS_PER_GROUP = 4;

export function add(a: Decimal, b: Decimal): Decimal {
  if (!a.isFinite || !b.isFinite) {
    if (a.isNaN || b.isNaN) return Decimal.NaN;
    if (a.isFinite) return b;
    if (b.isFinite || a.sign === b.sign) return a;
    return Decimal.NaN;
  }
  const scale = Math.max(a.scale, b.scale);
  return checked(a.unscaledAt(scale) + b.unscaledAt(scale), scale);
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  return add(a, negate(b));
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  if (!a.isFinite || !b.isFinite) {
    if (a.isNaN || b.isNaN || a.sign === 0 || b.sign === 0) return Decimal.NaN;
    return infinity(a.sign * b.sign);
  }
  const product = new Decimal(a.unscaled * b.unscaled, a.scale + b.scale);
  return checked(product.unscaled, product.scale);
}

/** Throws DIVISION_BY_ZERO. The quotient has at least 16 significant digits. */
export function divide(a: Decimal, b: Decimal): Decimal {
  if (a.isNaN || b.isNaN) return Decimal.NaN;
  if (!a.isFinite) {
    if (!b.isFinite) return Decimal.NaN;
    if (b.sign === 0) throw divisionByZero();
    return infinity(a.sign * b.sign);
  }
  if (!b.isFinite) return Decimal.zero;
  if (b.sign === 0) throw divisionByZero();
  return divideToScale(a, b, divisionScale(a, b));
}

/** Both are finite and `b` is not zero. Rounds half away from zero. */
export function divideToScale(a: Decimal, b: Decimal, scale: number): Decimal {
  const shift = scale + b.scale - a.scale;
  const numerator = shift > 0 ? a.unscaled * 10n ** BigInt(shift) : a.unscaled;
  const denominator = shift < 0 ? b.unscaled * 10n ** BigInt(-shift) : b.unscaled;
  return checked(divideRounded(numerator, denominator), scale);
}

/** The integer part of the quotient, as div() gives it. */
export function divideTruncated(a: Decimal, b: Decimal): Decimal {
  if (!a.isFinite || !b.isFinite) return divide(a, b);
  if (b.sign === 0) throw divisionByZero();
  const scale = Math.max(a.scale, b.scale);
  return new Decimal(a.unscaledAt(scale) / b.unscaledAt(scale), 0);
}

/** The remainder has the sign of `a`. */
export function remainder(a: Decimal, b: Decimal): Decimal {
  if (a.isNaN || b.isNaN) return Decimal.NaN;
  if (b.sign === 0) throw divisionByZero();
  if (!a.isFinite) return Decimal.NaN;
  if (!b.isFinite) return a;
  const scale = Math.max(a.scale, b.scale);
  return new Decimal(a.unscaledAt(scale) % b.unscaledAt(scale), scale);
}

export function negate(value: Decimal): Decimal {
  if (value.isNaN) return value;
  if (!value.isFinite) return infinity(-value.sign);
  return new Decimal(-value.unscaled, value.scale);
}

export function absolute(value: Decimal): Decimal {
  return value.sign < 0 ? negate(value) : value;
}

/** Half away from zero; a negative scale rounds to tens, hundreds and so on. */
export function round(value: Decimal, scale: number): Decimal {
  if (!value.isFinite) return value;
  if (scale >= value.scale) return checked(value.unscaledAt(scale), scale);
  const unit = 10n ** BigInt(value.scale - scale);
  const rounded = divideRounded(value.unscaled, unit);
  if (scale >= 0) return new Decimal(rounded, scale);
  return checked(rounded * 10n ** BigInt(-scale), 0);
}

export function truncate(value: Decimal, scale: number): Decimal {
  if (!value.isFinite) return value;
  if (scale >= value.scale) return checked(value.unscaledAt(scale), scale);
  const cut = value.unscaled / 10n ** BigInt(value.scale - scale);
  return scale >= 0 ? new Decimal(cut, scale) : checked(cut * 10n ** BigInt(-scale), 0);
}

export function floor(value: Decimal): Decimal {
  const cut = truncate(value, 0);
  return value.isFinite && cut.compare(value) > 0 ? new Decimal(cut.unscaled - 1n, 0) : cut;
}

export function ceiling(value: Decimal): Decimal {
  const cut = truncate(value, 0);
  return value.isFinite && cut.compare(value) < 0 ? new Decimal(cut.unscaled + 1n, 0) : cut;
}

/** The value as a column numeric(precision, scale) holds it, or NUMERIC_OUT_OF_RANGE. */
export function constrain(value: Decimal, precision: number, scale: number): Decimal {
  if (value.isNaN) return value;
  const bound = precision - scale;
  const range = `A field with precision ${precision}, scale ${scale}`;
  if (!value.isFinite) {
    throw new AegisError("NUMERIC_OUT_OF_RANGE", "numeric field overflow", {
      detail: `${range} cannot hold an infinite value.`,
    });
  }
  const rounded = round(value, scale);
  // The limit is 10^bound; compared in units of 10^-shown, where it may be a fraction of one.
  const exponent = rounded.scale + bound;
  const magnitude = rounded.unscaled < 0n ? -rounded.unscaled : rounded.unscaled;
  const fits = exponent >= 0 ? magnitude < 10n ** BigInt(exponent) : magnitude === 0n;
  if (fits) return rounded;
  const limit = bound === 0 ? "1" : `10^${bound}`;
  throw new AegisError("NUMERIC_OUT_OF_RANGE", "numeric field overflow", {
    detail: `${range} must round to an absolute value less than ${limit}.`,
  });
}

function infinity(sign: number): Decimal {
  return sign < 0 ? Decimal.NegativeInfinity : Decimal.Infinity;
}

function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const rest = numerator % denominator;
  const doubled = rest < 0n ? -rest * 2n : rest * 2n;
  if (doubled < (denominator < 0n ? -denominator : denominator)) return quotient;
  return numerator < 0n === denominator < 0n ? quotient + 1n : quotient - 1n;
}

/** Where the leading base-10,000 digit of a finite value stands, and what it is. */
export function leadingGroup(value: Decimal): { readonly weight: number; readonly group: number } {
  if (value.unscaled === 0n) return { weight: 0, group: 0 };
  const digits = absolute(value).unscaled.toString();
  const exponent = digits.length - 1 - value.scale;
  const weight = Math.floor(exponent / DIGITS_PER_GROUP);
  const length = exponent - weight * DIGITS_PER_GROUP + 1;
  return { weight, group: Number(digits.slice(0, length).padEnd(length, "0")) };
}

function divisionScale(a: Decimal, b: Decimal): number {
  const first = leadingGroup(a);
  const second = leadingGroup(b);
  const weight = first.weight - second.weight - (first.group <= second.group ? 1 : 0);
  return resultScale(weight * DIGITS_PER_GROUP, a.scale, b.scale);
}

/** The scale of a result whose leading digit is worth about 10^weight. */
export function resultScale(weight: number, ...scales: readonly number[]): number {
  return Math.min(MAX_RESULT_SCALE, Math.max(0, MIN_SIGNIFICANT_DIGITS - weight, ...scales));
}
