/**
 * Order-preserving codes of single values, each a string of one-byte units (U+0000..U+00FF) that
 * says itself where it ends. For every pair of values of a kind, the order of the codes is the
 * order of the values, and no code is a prefix of another.
 *
 *     int     0..16,383              80..BF, then the low byte: two units
 *             16,384..2^63-1         C0 + n, then n bytes, highest first (n = 2..8)
 *             below 0                the complement of the code of -1 - value
 *     float   eight bytes: IEEE 754, highest first, sign flipped; all bits flipped if negative;
 *             -0 as 0; one NaN, above infinity
 *     bool    01 false, 02 true
 *     bytes   the bytes, 00 as 01 01 and 01 as 01 02, then 00
 *     uuid    sixteen bytes
 *
 * A descending column holds the complement (255 - unit) of every unit.
 */

/** Reads codes one after the other from a key. */
export class KeyReader {
  key = "";
  at = 0;

  unit(): number {
    return this.key.charCodeAt(this.at++);
  }
}

const TWO_UNIT_LIMIT = 16_384;
const NON_NEGATIVE = 0x80;
const LENGTH_HEADER = 0xc0;
const TWO_32 = 2 ** 32;
const LOW_32 = 0xffff_ffffn;
/** High words from here on are beyond the safe integers. */
const UNSAFE_HIGH = 2 ** 21;

/** Code of an integer; `value` is a number where safe, else a bigint of 64 bits. */
export function intUnits(value: number | bigint): string {
  if (typeof value === "number") {
    if (value >= 0) {
      if (value < TWO_UNIT_LIMIT) {
        return String.fromCharCode(NON_NEGATIVE + (value >>> 8), value & 0xff);
      }
      return magnitudeUnits(Math.floor(value / TWO_32), value >>> 0, 0);
    }
    const inverse = -1 - value;
    if (inverse < TWO_UNIT_LIMIT) {
      return String.fromCharCode(NON_NEGATIVE - 1 - (inverse >>> 8), (inverse & 0xff) ^ 0xff);
    }
    return magnitudeUnits(Math.floor(inverse / TWO_32), inverse >>> 0, 0xff);
  }
  const mask = value < 0n ? 0xff : 0;
  const magnitude = value < 0n ? -1n - value : value;
  return magnitudeUnits(Number(magnitude >> 32n), Number(magnitude & LOW_32), mask);
}

function magnitudeUnits(high: number, low: number, m: number): string {
  const a = (low >>> 24) ^ m;
  const b = ((low >>> 16) & 0xff) ^ m;
  const c = ((low >>> 8) & 0xff) ^ m;
  const d = (low & 0xff) ^ m;
  if (high === 0) {
    if (low < 0x1_0000) return String.fromCharCode((LENGTH_HEADER + 2) ^ m, c, d);
    if (low < 0x100_0000) return String.fromCharCode((LENGTH_HEADER + 3) ^ m, b, c, d);
    return String.fromCharCode((LENGTH_HEADER + 4) ^ m, a, b, c, d);
  }
  const w = (high >>> 24) ^ m;
  const x = ((high >>> 16) & 0xff) ^ m;
  const y = ((high >>> 8) & 0xff) ^ m;
  const z = (high & 0xff) ^ m;
  if (high < 0x100) return String.fromCharCode((LENGTH_HEADER + 5) ^ m, z, a, b, c, d);
  if (high < 0x1_0000) return String.fromCharCode((LENGTH_HEADER + 6) ^ m, y, z, a, b, c, d);
  if (high < 0x100_0000) return String.fromCharCode((LENGTH_HEADER + 7) ^ m, x, y, z, a, b, c, d);
  return String.fromCharCode((LENGTH_HEADER + 8) ^ m, w, x, y, z, a, b, c, d);
}

export function readInt(reader: KeyReader): number | bigint {
  const first = reader.unit();
  const mask = first >= NON_NEGATIVE ? 0 : 0xff;
  const header = first ^ mask;
  if (header < LENGTH_HEADER) {
    const value = ((header - NON_NEGATIVE) << 8) | (reader.unit() ^ mask);
    return mask === 0 ? value : -1 - value;
  }
  let high = 0;
  let low = 0;
  let left = header - LENGTH_HEADER;
  for (; left > 4; left--) high = high * 256 + (reader.unit() ^ mask);
  for (; left > 0; left--) low = low * 256 + (reader.unit() ^ mask);
  if (high < UNSAFE_HIGH) return safeInt(high * TWO_32 + low, mask);
  const magnitude = (BigInt(high) << 32n) | BigInt(low);
  return mask === 0 ? magnitude : -1n - magnitude;
}

/** -2^53 is one magnitude further than a safe number reaches. */
function safeInt(magnitude: number, mask: number): number | bigint {
  if (mask === 0) return magnitude;
  return magnitude < Number.MAX_SAFE_INTEGER ? -1 - magnitude : -1n - BigInt(magnitude);
}

const floatScratch = new Float64Array(1);
const floatWords = new Uint32Array(floatScratch.buffer);
/** Index of the word that holds the sign, by the machine's byte order. */
const HIGH_WORD = (() => {
  floatScratch[0] = -1;
  return floatWords[1] === 0 ? 0 : 1;
})();
const SIGN = 0x8000_0000;

/** Code of a float, every unit complemented when `mask` is 255. */
export function floatUnits(value: number, mask: number): string {
  // Adding zero makes -0 the 0 it is equal to; every NaN becomes the one JavaScript writes.
  floatScratch[0] = value !== value ? NaN : value + 0;
  let high = floatWords[HIGH_WORD]!;
  let low = floatWords[1 - HIGH_WORD]!;
  if (high >= SIGN) {
    high = ~high;
    low = ~low;
  } else {
    high ^= SIGN;
  }
  return String.fromCharCode(
    (high >>> 24) ^ mask,
    ((high >>> 16) & 0xff) ^ mask,
    ((high >>> 8) & 0xff) ^ mask,
    (high & 0xff) ^ mask,
    (low >>> 24) ^ mask,
    ((low >>> 16) & 0xff) ^ mask,
    ((low >>> 8) & 0xff) ^ mask,
    (low & 0xff) ^ mask,
  );
}

export function readFloat(reader: KeyReader, mask: number): number {
  let high = readWord(reader, mask);
  let low = readWord(reader, mask);
  if (high >= SIGN) {
    high ^= SIGN;
  } else {
    high = ~high;
    low = ~low;
  }
  floatWords[HIGH_WORD] = high;
  floatWords[1 - HIGH_WORD] = low;
  return floatScratch[0]!;
}

function readWord(reader: KeyReader, mask: number): number {
  let word = 0;
  for (let i = 0; i < 4; i++) word = (word << 8) | (reader.unit() ^ mask);
  return word >>> 0;
}

/** Every unit of a one-byte string complemented. */
export function complement(units: string): string {
  let out = "";
  for (let i = 0; i < units.length; i++) out += String.fromCharCode(units.charCodeAt(i) ^ 0xff);
  return out;
}
