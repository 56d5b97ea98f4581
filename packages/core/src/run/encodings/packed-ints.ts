import { corrupt, type Place } from "../corruption.js";

/**
 * Integers as small distances from a straight line, each in the same number of bits, so that any
 * one of them is read in constant time:
 *
 *     value[i] = base + slope * i + residual[i]
 *
 * A slope of 0 is plain frame of reference. Ascending numbers, timestamps at an interval and
 * offsets of equally long values have residuals of few bits or none.
 *
 *     word 0      width in bits (0..64), form in bits 8.. (0 narrow, 1 wide)
 *     words 1, 2  base, int64          words 3, 4  slope, int64
 *     low lane    min(width, 32) bits a value, first value in the lowest bits
 *     high lane   width - 32 bits a value, present where width > 32
 *
 * Narrow values are safe integers. Up to width 53 their sum is exact in doubles; past it width is
 * 64 and the residual is the value itself in two's complement. Wide values are 64-bit integers;
 * base and residual are added modulo 2^64 and the slope is 0.
 */
export const PACKED_HEADER_WORDS = 5;
export const NARROW_MAX_WIDTH = 53;
export const TWO_32: number = 2 ** 32;

export function laneWords(count: number, width: number): number {
  return Math.ceil((count * width) / 32);
}

/** Words of a packed array, header included. */
export function packedWords(count: number, width: number): number {
  if (width <= 32) return PACKED_HEADER_WORDS + laneWords(count, width);
  return PACKED_HEADER_WORDS + count + laneWords(count, width - 32);
}

/** Value `i` of a lane of `width` bits (1..32) that starts at word `at`. */
function laneAt(words: Uint32Array, at: number, width: number, i: number): number {
  const bit = i * width;
  const word = at + (bit >>> 5);
  const shift = bit & 31;
  let value = words[word]! >>> shift;
  if (shift + width > 32) value |= words[word + 1]! << (32 - shift);
  return (value & (width === 32 ? -1 : (1 << width) - 1)) >>> 0;
}

/** A packed array in place, parsed and bounds-checked. */
export class PackedInts {
  readonly words: Uint32Array;
  readonly count: number;
  readonly width: number;
  readonly wide: boolean;
  /** Exact for narrow arrays. */
  readonly base: number;
  readonly slope: number;
  readonly baseLow: number;
  readonly baseHigh: number;
  /** First word of each lane, and the word after the array. */
  readonly low: number;
  readonly high: number;
  readonly end: number;

  /** Parses the array of `count` values at word `at`; it must end at or before word `limit`. */
  constructor(words: Uint32Array, at: number, limit: number, count: number, place: Place) {
    if (at + PACKED_HEADER_WORDS > limit) corrupt(place, "packed integers are cut off");
    const width = words[at]! & 0xff;
    const form = words[at]! >>> 8;
    if (width > 64 || form > 1) corrupt(place, "packed integers have an unknown form");
    this.words = words;
    this.count = count;
    this.width = width;
    this.wide = form === 1;
    this.baseLow = words[at + 1]!;
    this.baseHigh = words[at + 2]!;
    this.base = (this.baseHigh | 0) * TWO_32 + this.baseLow;
    this.slope = (words[at + 4]! | 0) * TWO_32 + words[at + 3]!;
    this.low = at + PACKED_HEADER_WORDS;
    this.high = this.low + count;
    this.end = at + packedWords(count, width);
    if (this.end > limit) corrupt(place, "packed integers are cut off");
    if (this.wide ? this.slope !== 0 : !this.#isExact()) {
      corrupt(place, "packed integers leave their range");
    }
  }

  /** Whether no sum of a narrow array can lose bits. */
  #isExact(): boolean {
    if (this.width > NARROW_MAX_WIDTH) {
      return this.width === 64 && this.base === 0 && this.slope === 0;
    }
    return (
      Number.isSafeInteger(this.base) && Number.isSafeInteger(this.base + this.slope * this.count)
    );
  }

  /** Value `i` of a narrow array. Precondition: `i` is in [0, count). */
  at(i: number): number {
    const width = this.width;
    if (width === 0) return this.base + this.slope * i;
    if (width <= 32) return this.base + this.slope * i + laneAt(this.words, this.low, width, i);
    const low = this.words[this.low + i]!;
    const high = laneAt(this.words, this.high, width - 32, i);
    if (width === 64) return (high | 0) * TWO_32 + low;
    return this.base + this.slope * i + high * TWO_32 + low;
  }

  /** Value `i` of a wide array. Precondition: `i` is in [0, count). */
  wideAt(i: number): bigint {
    let low = 0;
    let high = 0;
    if (this.width > 32) {
      low = this.words[this.low + i]!;
      high = laneAt(this.words, this.high, this.width - 32, i);
    } else if (this.width > 0) {
      low = laneAt(this.words, this.low, this.width, i);
    }
    const base = (BigInt(this.baseHigh) << 32n) | BigInt(this.baseLow);
    return BigInt.asIntN(64, base + ((BigInt(high) << 32n) | BigInt(low)));
  }

  /** Value `i` of either form: a number where it is safe, else a bigint. */
  intAt(i: number): number | bigint {
    if (!this.wide) return this.at(i);
    const value = this.wideAt(i);
    const asNumber = Number(value);
    return Number.isSafeInteger(asNumber) ? asNumber : value;
  }
}
