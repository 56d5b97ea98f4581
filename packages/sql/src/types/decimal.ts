import { AegisError } from "../contract/errors.js";
import { invalidText } from "./data-errors.js";

/** Digits before the point that numeric may have. */
const MAX_INTEGER_DIGITS = 131_072;
/** Digits after the point that numeric may have. */
const MAX_SCALE = 16_383;

const FINITE = 0;
const NEGATIVE_INFINITY = 1;
const POSITIVE_INFINITY = 2;
const NOT_A_NUMBER = 3;

/**
 * A value of type numeric: `unscaled / 10^scale`, or NaN or an infinity. `scale` is how many
 * fractional digits the value shows, which PostgreSQL keeps beside it: 1.0 and 1.00 are equal
 * and print differently. Instances never change.
 */
export class Decimal {
  static readonly NaN: Decimal = new Decimal(0n, 0, NOT_A_NUMBER);
  static readonly Infinity: Decimal = new Decimal(0n, 0, POSITIVE_INFINITY);
  static readonly NegativeInfinity: Decimal = new Decimal(0n, 0, NEGATIVE_INFINITY);
  static readonly zero: Decimal = new Decimal(0n, 0);
  static readonly one: Decimal = new Decimal(1n, 0);

  readonly unscaled: bigint;
  readonly scale: number;
  private readonly form: number;

  constructor(unscaled: bigint, scale: number, form: number = FINITE) {
    this.unscaled = unscaled;
    this.scale = scale;
    this.form = form;
  }

  get isFinite(): boolean {
    return this.form === FINITE;
  }

  get isNaN(): boolean {
    return this.form === NOT_A_NUMBER;
  }

  /** -1, 0 or 1; the sign of NaN is 1, as it is the largest value. */
  get sign(): number {
    if (this.form === FINITE) return this.unscaled > 0n ? 1 : this.unscaled < 0n ? -1 : 0;
    return this.form === NEGATIVE_INFINITY ? -1 : 1;
  }

  static fromInteger(value: number | bigint): Decimal {
    return new Decimal(BigInt(value), 0);
  }

  /** As PostgreSQL casts floats: to 15 significant digits (6 for float4). */
  static fromFloat(value: number, digits: number = 15): Decimal {
    if (Number.isNaN(value)) return Decimal.NaN;
    if (value === Infinity) return Decimal.Infinity;
    if (value === -Infinity) return Decimal.NegativeInfinity;
    const rounded = value.toPrecision(digits);
    const [mantissa, exponent] = rounded.split("e");
    const trimmed = mantissa!.includes(".") ? mantissa!.replace(/\.?0+$/, "") : mantissa!;
    return Decimal.parse(exponent === undefined ? trimmed : `${trimmed}e${exponent}`);
  }

  /** Throws INVALID_TEXT_REPRESENTATION. */
  static parse(text: string): Decimal {
    const trimmed = text.trim();
    const match = FORM.exec(trimmed);
    if (match === null) return parseSpecial(trimmed, text);
    const [, sign, whole = "", fraction = "", bareFraction = "", exponentText] = match;
    const exponent = exponentText === undefined ? 0 : Number(exponentText);
    const fractionDigits = (fraction + bareFraction).replaceAll("_", "");
    const digits = whole.replaceAll("_", "") + fractionDigits;
    if (Math.abs(exponent) > MAX_INTEGER_DIGITS + MAX_SCALE) throw overflow();
    const magnitude = BigInt(digits);
    const unscaled = sign === "-" ? -magnitude : magnitude;
    const scale = fractionDigits.length - exponent;
    if (scale >= 0) return checked(unscaled, scale);
    return checked(unscaled * 10n ** BigInt(-scale), 0);
  }

  toString(): string {
    if (this.form !== FINITE) {
      if (this.form === NOT_A_NUMBER) return "NaN";
      return this.form === POSITIVE_INFINITY ? "Infinity" : "-Infinity";
    }
    if (this.scale === 0) return this.unscaled.toString();
    const negative = this.unscaled < 0n;
    const digits = (negative ? -this.unscaled : this.unscaled)
      .toString()
      .padStart(this.scale + 1, "0");
    const point = digits.length - this.scale;
    return `${negative ? "-" : ""}${digits.slice(0, point)}.${digits.slice(point)}`;
  }

  toNumber(): number {
    return Number(this.toString());
  }

  /** NaN equals itself and is above everything, Infinity included. */
  compare(other: Decimal): number {
    if (this.form !== FINITE || other.form !== FINITE) return order(this) - order(other);
    if (this.scale === other.scale) return compareBigints(this.unscaled, other.unscaled);
    const scale = Math.max(this.scale, other.scale);
    return compareBigints(this.unscaledAt(scale), other.unscaledAt(scale));
  }

  /** The unscaled number at a scale that is not less than this one's. */
  unscaledAt(scale: number): bigint {
    return scale === this.scale ? this.unscaled : this.unscaled * 10n ** BigInt(scale - this.scale);
  }
}

const DIGITS = "\\d(?:_?\\d)*";
const FORM = new RegExp(
  `^([+-]?)(?:(${DIGITS})(?:\\.(${DIGITS})?)?|\\.(${DIGITS}))(?:[eE]([+-]?\\d{1,9}))?$`,
);

function parseSpecial(trimmed: string, text: string): Decimal {
  switch (trimmed.toLowerCase()) {
    case "nan":
      return Decimal.NaN;
    case "inf":
    case "+inf":
    case "infinity":
    case "+infinity":
      return Decimal.Infinity;
    case "-inf":
    case "-infinity":
      return Decimal.NegativeInfinity;
    default:
      throw invalidText("numeric", text);
  }
}

function order(value: Decimal): number {
  if (value.isFinite) return 0;
  if (value.isNaN) return 2;
  return value.sign;
}

function compareBigints(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const INTEGER_LIMIT = 10n ** BigInt(MAX_INTEGER_DIGITS);

function overflow(): AegisError {
  return new AegisError("NUMERIC_OUT_OF_RANGE", "value overflows numeric format");
}

/** A finite Decimal, or NUMERIC_OUT_OF_RANGE where it has more digits than numeric holds. */
export function checked(unscaled: bigint, scale: number): Decimal {
  if (scale > MAX_SCALE) throw overflow();
  // Only what has very many digits is compared with the limit, which is a long multiplication.
  const magnitude = unscaled < 0n ? -unscaled : unscaled;
  if (magnitude >= INTEGER_LIMIT && magnitude >= INTEGER_LIMIT * 10n ** BigInt(scale)) {
    throw overflow();
  }
  return new Decimal(unscaled, scale);
}
