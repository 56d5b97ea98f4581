import { AegisError, assert } from "../contract/errors.js";
import { Decimal } from "./decimal.js";

/**
 * The bytes of a numeric in storage; their order is the order of the numbers.
 *
 * ```
 * value    := class [ exponent digits ] scale
 * class    := 0 -Infinity | 1 negative | 2 zero | 3 positive | 4 Infinity | 5 NaN
 * exponent := 3 bytes, big-endian, of the leading digit's power of ten + 2^23
 * digits   := a byte `pair + 1` for each two digits from the leading one, then 0
 * scale    := 2 bytes, big-endian
 * ```
 *
 * Exponent and digits of negative numbers have their bits inverted. Digits end with the last
 * that is not zero, so equal numbers differ in the scale only.
 */
const CLASS_NEGATIVE_INFINITY = 0;
const CLASS_NEGATIVE = 1;
const CLASS_ZERO = 2;
const CLASS_POSITIVE = 3;
const CLASS_INFINITY = 4;
const CLASS_NAN = 5;

const EXPONENT_BIAS = 1 << 23;
const EXPONENT_BYTES = 3;
/** Bytes at the end of an encoding that hold the scale, which does not count in comparisons. */
export const SCALE_BYTES = 2;

export function encodeDecimal(value: Decimal): Uint8Array {
  const sign = value.sign;
  if (!value.isFinite || sign === 0) {
    const bytes = new Uint8Array(1 + SCALE_BYTES);
    bytes[0] = classOf(value);
    writeScale(bytes, value.scale);
    return bytes;
  }
  const shown = (sign < 0 ? -value.unscaled : value.unscaled).toString();
  const digits = shown.replace(/0+$/, "");
  const pairs = (digits.length + 1) >> 1;
  const bytes = new Uint8Array(1 + EXPONENT_BYTES + pairs + 1 + SCALE_BYTES);
  bytes[0] = classOf(value);
  const exponent = shown.length - 1 - value.scale + EXPONENT_BIAS;
  bytes[1] = exponent >>> 16;
  bytes[2] = exponent >>> 8;
  bytes[3] = exponent;
  for (let i = 0; i < pairs; i++) {
    bytes[1 + EXPONENT_BYTES + i] = Number(digits.slice(2 * i, 2 * i + 2).padEnd(2, "0")) + 1;
  }
  if (sign < 0) {
    for (let i = 1; i < bytes.length - SCALE_BYTES; i++) bytes[i]! ^= 0xff;
  }
  writeScale(bytes, value.scale);
  return bytes;
}

/** Throws CORRUPTION for bytes that `encodeDecimal` did not make. */
export function decodeDecimal(bytes: Uint8Array): Decimal {
  if (bytes.length < 1 + SCALE_BYTES) throw corrupt();
  const scale = (bytes[bytes.length - 2]! << 8) | bytes[bytes.length - 1]!;
  switch (bytes[0]) {
    case CLASS_NEGATIVE_INFINITY:
      return Decimal.NegativeInfinity;
    case CLASS_INFINITY:
      return Decimal.Infinity;
    case CLASS_NAN:
      return Decimal.NaN;
    case CLASS_ZERO:
      return new Decimal(0n, scale);
    case CLASS_POSITIVE:
      return decodeDigits(bytes, 0, scale);
    case CLASS_NEGATIVE:
      return decodeDigits(bytes, 0xff, scale);
    default:
      throw corrupt();
  }
}

function decodeDigits(bytes: Uint8Array, mask: number, scale: number): Decimal {
  const end = bytes.length - SCALE_BYTES - 1;
  if (end <= 1 + EXPONENT_BYTES || (bytes[end]! ^ mask) !== 0) throw corrupt();
  const at = (i: number): number => bytes[i]! ^ mask;
  const exponent = ((at(1) << 16) | (at(2) << 8) | at(3)) - EXPONENT_BIAS;
  let digits = "";
  for (let i = 1 + EXPONENT_BYTES; i < end; i++) {
    const pair = at(i) - 1;
    if (pair < 0 || pair > 99) throw corrupt();
    digits += pair < 10 ? `0${pair}` : pair;
  }
  // The value is digits × 10^power; at the stored scale that may add zeros or cut added ones.
  const power = exponent - (digits.length - 1) + scale;
  const whole = BigInt(digits);
  const unit = 10n ** BigInt(Math.abs(power));
  if (power < 0 && whole % unit !== 0n) throw corrupt();
  const magnitude = power < 0 ? whole / unit : whole * unit;
  return new Decimal(mask === 0 ? magnitude : -magnitude, scale);
}

function classOf(value: Decimal): number {
  if (value.isNaN) return CLASS_NAN;
  if (!value.isFinite) return value.sign < 0 ? CLASS_NEGATIVE_INFINITY : CLASS_INFINITY;
  return value.sign < 0 ? CLASS_NEGATIVE : value.sign > 0 ? CLASS_POSITIVE : CLASS_ZERO;
}

function writeScale(bytes: Uint8Array, scale: number): void {
  assert(scale >= 0 && scale <= 0xffff, "the scale of a numeric fits two bytes");
  bytes[bytes.length - 2] = scale >>> 8;
  bytes[bytes.length - 1] = scale;
}

function corrupt(): AegisError {
  return new AegisError("CORRUPTION", "a stored numeric is malformed");
}
