import { AegisError } from "../contract/errors.js";
import {
  absolute,
  divideToScale,
  leadingGroup,
  MAX_RESULT_SCALE,
  MIN_SIGNIFICANT_DIGITS,
  multiply,
  negate,
  resultScale,
  round,
  subtract,
} from "./decimal-arithmetic.js";
import { checked, Decimal } from "./decimal.js";
import { expFixed, lnFixed, sqrtBigint } from "./fixed-point.js";

const LOG10_E = 0.434294481903252;
const GUARD_DIGITS = 12;

/** Throws INVALID_ARGUMENT for a negative number. */
export function squareRoot(value: Decimal): Decimal {
  if (value.isNaN) return value;
  if (value.sign < 0) throw domainError("cannot take square root of a negative number", "2201F");
  if (!value.isFinite) return value;
  const weight = 2 * leadingGroup(value).weight + 1;
  const scale = resultScale(weight, value.scale);
  const shift = 2 * (scale + 1) - value.scale;
  const scaled =
    shift >= 0 ? value.unscaled * 10n ** BigInt(shift) : value.unscaled / 10n ** BigInt(-shift);
  return round(new Decimal(sqrtBigint(scaled), scale + 1), scale);
}

export function exponential(value: Decimal): Decimal {
  if (!value.isFinite) return value.sign < 0 ? Decimal.zero : value;
  const weight = Math.trunc(value.toNumber() * LOG10_E);
  return exponentialToScale(value, resultScale(weight, value.scale));
}

/** Throws INVALID_ARGUMENT for zero and negative numbers. */
export function naturalLog(value: Decimal): Decimal {
  if (value.isNaN) return value;
  checkLogarithm(value);
  if (!value.isFinite) return value;
  return logToScale(value, resultScale(logWeight(value), value.scale));
}

/** The logarithm of `value` to `base`. */
export function logarithm(base: Decimal, value: Decimal): Decimal {
  if (base.isNaN || value.isNaN) return Decimal.NaN;
  checkLogarithm(base);
  checkLogarithm(value);
  if (!base.isFinite) return value.isFinite ? Decimal.zero : Decimal.NaN;
  if (!value.isFinite) return value;
  const baseWeight = logWeight(base);
  const scale = resultScale(logWeight(value) - baseWeight, base.scale, value.scale);
  const working = scale + Math.abs(baseWeight) * 2 + GUARD_DIGITS;
  const divisor = logToScale(base, working);
  if (divisor.sign === 0) throw new AegisError("DIVISION_BY_ZERO", "division by zero");
  return divideToScale(logToScale(value, working), divisor, scale);
}

/** Throws INVALID_ARGUMENT where the power is not a real number. */
export function power(base: Decimal, exponent: Decimal): Decimal {
  if (!base.isFinite || !exponent.isFinite) return specialPower(base, exponent);
  if (base.sign === 0 && exponent.sign < 0) {
    throw domainError("zero raised to a negative power is undefined", "2201F");
  }
  const unit = 10n ** BigInt(exponent.scale);
  if (exponent.unscaled % unit === 0n) {
    const whole = exponent.unscaled / unit;
    if (whole >= -0x8000_0000n && whole <= 0x7fff_ffffn) {
      return integerPower(base, Number(whole));
    }
    if (base.sign < 0) {
      const size = power(negate(base), exponent);
      return whole % 2n === 0n ? size : negate(size);
    }
  } else if (base.sign < 0) {
    throw domainError(
      "a negative number raised to a non-integer power yields a complex result",
      "2201F",
    );
  }
  if (base.sign === 0) return new Decimal(0n, MIN_SIGNIFICANT_DIGITS);
  const roughScale = Math.max(0, 8 - logWeight(base));
  const estimate = round(multiply(logToScale(base, roughScale), exponent), roughScale).toNumber();
  const weight = Math.trunc(estimate * LOG10_E);
  checkPowerWeight(weight);
  const scale = resultScale(weight, base.scale, exponent.scale);
  const working = scale + Math.max(0, weight) + exponent.toString().length + GUARD_DIGITS;
  const log = round(multiply(logToScale(base, working), exponent), working);
  return exponentialToScale(log, scale);
}

function specialPower(base: Decimal, exponent: Decimal): Decimal {
  if (base.isFinite && base.compare(Decimal.one) === 0) return Decimal.one;
  if (exponent.sign === 0) return Decimal.one;
  if (base.isNaN || exponent.isNaN) return Decimal.NaN;
  if (!exponent.isFinite) {
    const size = absolute(base).compare(Decimal.one);
    if (size === 0) return Decimal.one;
    if (base.sign === 0 && exponent.sign < 0) {
      throw domainError("zero raised to a negative power is undefined", "2201F");
    }
    return size > 0 === exponent.sign > 0 ? Decimal.Infinity : Decimal.zero;
  }
  const unit = 10n ** BigInt(exponent.scale);
  if (base.sign < 0 && exponent.unscaled % unit !== 0n) {
    throw domainError(
      "a negative number raised to a non-integer power yields a complex result",
      "2201F",
    );
  }
  if (exponent.sign < 0) return Decimal.zero;
  if (base.sign > 0) return Decimal.Infinity;
  const odd = (exponent.unscaled / unit) % 2n !== 0n;
  return odd ? Decimal.NegativeInfinity : Decimal.Infinity;
}

/** PostgreSQL 15 gives such a power 16 fractional digits whatever its size, or more by its base. */
function integerPower(base: Decimal, exponent: number): Decimal {
  const scale = resultScale(0, base.scale);
  if (base.sign === 0) {
    return exponent === 0 ? round(Decimal.one, scale) : new Decimal(0n, scale);
  }
  const digits = absolute(base).unscaled.toString();
  const log10 = Math.log10(Number(digits.slice(0, 16))) + Math.max(0, digits.length - 16);
  const weight = Math.trunc(exponent * (log10 - base.scale));
  checkPowerWeight(weight);
  if (weight + 1 < -scale) return new Decimal(0n, scale);
  // Squaring keeps a few more digits than the result shows, so that rounding is right at the end.
  const working = scale + Math.max(0, -weight) + GUARD_DIGITS + 20;
  let result = Decimal.one;
  let factor = base;
  for (let rest = Math.abs(exponent); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = significant(multiply(result, factor), working);
    if (rest > 1) factor = significant(multiply(factor, factor), working);
  }
  return exponent >= 0 ? round(result, scale) : divideToScale(Decimal.one, result, scale);
}

/** Drops fractional digits that cannot reach the result. */
function significant(value: Decimal, working: number): Decimal {
  const digits = absolute(value).unscaled.toString().length;
  const kept = Math.max(0, value.scale - Math.max(0, digits - working * 2));
  return kept < value.scale ? round(value, kept) : value;
}

function checkPowerWeight(weight: number): void {
  if (weight > 131_072) {
    throw new AegisError("NUMERIC_OUT_OF_RANGE", "value overflows numeric format");
  }
}

function exponentialToScale(value: Decimal, scale: number): Decimal {
  const weight = Math.trunc(value.toNumber() * LOG10_E);
  checkPowerWeight(weight);
  if (weight < -MAX_RESULT_SCALE - 1) return new Decimal(0n, scale);
  const working = scale + Math.max(0, weight) + GUARD_DIGITS;
  const result = expFixed(atScale(value, working), working);
  return round(checked(result, working), scale);
}

function logToScale(value: Decimal, scale: number): Decimal {
  const digits = value.unscaled.toString().length;
  const working = scale + GUARD_DIGITS;
  // ln(m × 10^e) with 1 <= m < 10 keeps the fixed point small for any exponent.
  const exponent = digits - 1 - value.scale;
  const mantissa = atScale(new Decimal(value.unscaled, digits - 1), Math.max(working, digits));
  const fixed = lnFixed(mantissa, exponent, Math.max(working, digits));
  return round(new Decimal(fixed, Math.max(working, digits)), scale);
}

function atScale(value: Decimal, scale: number): bigint {
  return round(value, scale).unscaled;
}

/** The power of ten of ln(value)'s leading digit, about, as PostgreSQL estimates it. */
function logWeight(value: Decimal): number {
  const near = subtract(value, Decimal.one);
  if (absolute(near).compare(ONE_TENTH) <= 0) {
    if (near.sign === 0) return 0;
    const { weight, group } = leadingGroup(near);
    return weight * 4 + Math.trunc(Math.log10(group));
  }
  const digits = value.unscaled.toString();
  const kept = digits.slice(0, 8);
  const exponent = digits.length - kept.length - value.scale;
  const log = Math.log(Number(kept)) + exponent * Math.LN10;
  return Math.trunc(Math.log10(Math.abs(log)));
}

const ONE_TENTH = new Decimal(1n, 1);

function checkLogarithm(value: Decimal): void {
  if (value.sign === 0) throw domainError("cannot take logarithm of zero", "2201E");
  if (value.sign < 0) throw domainError("cannot take logarithm of a negative number", "2201E");
}

function domainError(message: string, sqlState: string): AegisError {
  return new AegisError("INVALID_ARGUMENT", message, { sqlState });
}
