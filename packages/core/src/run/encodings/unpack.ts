import { SCAN_BLOCK_ROWS } from "../../limits.js";
import { TWO_32, type PackedInts } from "./packed-ints.js";

/**
 * Decodes whole packed arrays. Residuals go through one scratch lane, so that the loop over bits
 * exists once and each output type has a loop of its own over a single array shape.
 */
const LANE_VALUES: number = SCAN_BLOCK_ROWS + 32;
const lowLane: Uint32Array = new Uint32Array(LANE_VALUES);
const highLane: Uint32Array = new Uint32Array(LANE_VALUES);

/** Precondition: `width` is in 1..32 and `out` has room for `count` values. */
function unpackLane(
  words: Uint32Array,
  at: number,
  width: number,
  count: number,
  out: Uint32Array,
): void {
  if (width === 32) {
    for (let i = 0; i < count; i++) out[i] = words[at + i]!;
    return;
  }
  const mask = (1 << width) - 1;
  if (32 % width === 0) {
    unpackAligned(words, at, width, count, out);
    return;
  }
  let word = at;
  let shift = 0;
  for (let i = 0; i < count; i++) {
    let value = words[word]! >>> shift;
    shift += width;
    if (shift >= 32) {
      word++;
      shift -= 32;
      // With `shift` 0 the value ended at the word's border and nothing is missing.
      if (shift > 0) value |= words[word]! << (width - shift);
    }
    out[i] = value & mask;
  }
}

/** The same for widths of which no value crosses a word's border. */
function unpackAligned(
  words: Uint32Array,
  at: number,
  width: number,
  count: number,
  out: Uint32Array,
): void {
  const mask = (1 << width) - 1;
  let i = 0;
  for (let word = at; i < count; word++) {
    let bits = words[word]!;
    // Past `count` the scratch lane takes the padding; it is as long as whole words need.
    for (let shift = 0; shift < 32; shift += width) {
      out[i++] = bits & mask;
      bits >>>= width;
    }
  }
}

/** Fills the scratch lanes with the residuals. Precondition: `packed.width` is not 0. */
function unpackResiduals(packed: PackedInts): void {
  const { words, width, count } = packed;
  if (width <= 32) {
    unpackLane(words, packed.low, width, count, lowLane);
    return;
  }
  unpackLane(words, packed.low, 32, count, lowLane);
  unpackLane(words, packed.high, width - 32, count, highLane);
}

/** Narrow values into doubles. */
export function unpackNumbers(packed: PackedInts, out: Float64Array): void {
  const { count, base, slope, width } = packed;
  if (width === 0) {
    for (let i = 0; i < count; i++) out[i] = base + slope * i;
    return;
  }
  unpackResiduals(packed);
  if (width <= 32) {
    for (let i = 0; i < count; i++) out[i] = base + slope * i + lowLane[i]!;
  } else if (width === 64) {
    for (let i = 0; i < count; i++) out[i] = (highLane[i]! | 0) * TWO_32 + lowLane[i]!;
  } else {
    for (let i = 0; i < count; i++) {
      out[i] = base + slope * i + highLane[i]! * TWO_32 + lowLane[i]!;
    }
  }
}

/** Narrow values of a kind with 32 bits; false if one does not fit. */
export function unpackInt32(packed: PackedInts, out: Int32Array): boolean {
  const { count, base, slope, width } = packed;
  const last = base + slope * (count - 1);
  const top = Math.max(base, last) + 2 ** width - 1;
  if (width === 0) {
    for (let i = 0; i < count; i++) out[i] = base + slope * i;
    return fitsInt32(Math.min(base, last)) && fitsInt32(top);
  }
  if (width > 32) return false;
  unpackResiduals(packed);
  if (fitsInt32(Math.min(base, last)) && fitsInt32(top)) {
    for (let i = 0; i < count; i++) out[i] = (base + Math.imul(slope, i) + lowLane[i]!) | 0;
    return true;
  }
  // The line and the largest residual together may leave the range where no value does.
  let misfits = 0;
  for (let i = 0; i < count; i++) {
    const value = base + slope * i + lowLane[i]!;
    out[i] = value;
    if (value !== out[i]) misfits++;
  }
  return misfits === 0;
}

function fitsInt32(value: number): boolean {
  return value === (value | 0);
}

/** Values 0 and 1; false if there is another. */
export function unpackBools(packed: PackedInts, out: Uint8Array): boolean {
  const { count, base, slope, width } = packed;
  if (width > 32) return false;
  if (width > 0) unpackResiduals(packed);
  else lowLane.fill(0, 0, count);
  if (base === 0 && slope === 0 && width <= 1) {
    for (let i = 0; i < count; i++) out[i] = lowLane[i]!;
    return true;
  }
  let misfits = 0;
  for (let i = 0; i < count; i++) {
    const value = base + slope * i + lowLane[i]!;
    out[i] = value;
    if (value !== 0 && value !== 1) misfits++;
  }
  return misfits === 0;
}

/**
 * Ends of consecutive byte ranges into `offsets[1..count]`, `offsets[0]` being 0. False if they
 * do not ascend to `total`, so that no range taken from them leaves the bytes.
 */
export function unpackOffsets(packed: PackedInts, offsets: Uint32Array, total: number): boolean {
  const { count, base, slope, width } = packed;
  if (width > 32) return false;
  if (width > 0) unpackResiduals(packed);
  else lowLane.fill(0, 0, count);
  let before = 0;
  let ascending = true;
  offsets[0] = 0;
  for (let i = 0; i < count; i++) {
    const end = base + slope * i + lowLane[i]!;
    if (end < before) ascending = false;
    offsets[i + 1] = end;
    before = end;
  }
  return ascending && before === total;
}

/** Wide values; `halves` is the output's memory as pairs of 32-bit words. */
export function unpackWide(packed: PackedInts, halves: Uint32Array): void {
  const { count, baseLow, baseHigh, width } = packed;
  if (width > 0) unpackResiduals(packed);
  else lowLane.fill(0, 0, count);
  if (width <= 32) highLane.fill(0, 0, count);
  for (let i = 0; i < count; i++) {
    const low = baseLow + lowLane[i]!;
    halves[2 * i] = low;
    halves[2 * i + 1] = baseHigh + highLane[i]! + (low >= TWO_32 ? 1 : 0);
  }
}
