import { assert } from "../../errors.js";
import { SCAN_BLOCK_ROWS } from "../../limits.js";
import type { ChunkSink } from "./chunk-sink.js";
import { laneWords, NARROW_MAX_WIDTH, packedWords, TWO_32 } from "./packed-ints.js";

/** How an array of integers will be packed; see packed-ints.ts for the layout. */
export interface PackPlan {
  readonly width: number;
  readonly base: number | bigint;
  readonly slope: number;
}

/** Within this range value - slope * i is exact for every slope between two values. */
const MAX_SLOPED = 2 ** 50;

const lowLane: Uint32Array = new Uint32Array(SCAN_BLOCK_ROWS);
const highLane: Uint32Array = new Uint32Array(SCAN_BLOCK_ROWS);

/** Bits of a non-negative integer. */
function bitWidth(value: number): number {
  if (value < TWO_32) return value === 0 ? 0 : 32 - Math.clz32(value);
  return 64 - Math.clz32(Math.floor(value / TWO_32));
}

/** Precondition: `values[0..count)` are safe integers. */
export function planNarrow(values: Float64Array, count: number): PackPlan {
  if (count === 0) return { width: 0, base: 0, slope: 0 };
  let min = values[0]!;
  let max = min;
  for (let i = 1; i < count; i++) {
    const value = values[i]!;
    if (value < min) min = value;
    else if (value > max) max = value;
  }
  const range = max - min;
  if (range > Number.MAX_SAFE_INTEGER) return { width: 64, base: 0, slope: 0 };
  const flat: PackPlan = { width: bitWidth(range), base: min, slope: 0 };
  if (flat.width === 0 || min < -MAX_SLOPED || max > MAX_SLOPED) return flat;
  return planSloped(values, count, flat);
}

/** Tries the line through the first and the last value. */
function planSloped(values: Float64Array, count: number, flat: PackPlan): PackPlan {
  const slope = Math.round((values[count - 1]! - values[0]!) / (count - 1));
  if (slope === 0) return flat;
  let min = values[0]!;
  let max = min;
  for (let i = 1; i < count; i++) {
    const residual = values[i]! - slope * i;
    if (residual < min) min = residual;
    else if (residual > max) max = residual;
  }
  const width = bitWidth(max - min);
  return width < flat.width ? { width, base: min, slope } : flat;
}

/** Precondition: `count` is not 0. */
export function planWide(values: BigInt64Array, count: number): PackPlan {
  let min = values[0]!;
  let max = min;
  for (let i = 1; i < count; i++) {
    const value = values[i]!;
    if (value < min) min = value;
    else if (value > max) max = value;
  }
  const range = max - min;
  return { width: range === 0n ? 0 : range.toString(2).length, base: min, slope: 0 };
}

export function planWords(plan: PackPlan, count: number): number {
  return packedWords(count, plan.width);
}

function packLane(lane: Uint32Array, count: number, width: number, sink: ChunkSink): void {
  const size = laneWords(count, width);
  const at = sink.take(size);
  const words = sink.words;
  words.fill(0, at, at + size);
  let word = at;
  let shift = 0;
  for (let i = 0; i < count; i++) {
    const value = lane[i]!;
    words[word] = words[word]! | (value << shift);
    shift += width;
    if (shift >= 32) {
      word++;
      shift -= 32;
      if (shift > 0) words[word] = value >>> (width - shift);
    }
  }
}

function packLanes(count: number, width: number, sink: ChunkSink): void {
  if (width === 0) return;
  packLane(lowLane, count, Math.min(width, 32), sink);
  if (width > 32) packLane(highLane, count, width - 32, sink);
}

function writeHeader(plan: PackPlan, wide: boolean, sink: ChunkSink): void {
  const base = BigInt.asUintN(64, BigInt(plan.base));
  const slope = BigInt.asUintN(64, BigInt(plan.slope));
  sink.word(plan.width | (wide ? 1 << 8 : 0));
  sink.word(Number(base & 0xffff_ffffn));
  sink.word(Number(base >> 32n));
  sink.word(Number(slope & 0xffff_ffffn));
  sink.word(Number(slope >> 32n));
}

/** Precondition: `plan` came from `planNarrow` of the same values. */
export function packNarrow(
  plan: PackPlan,
  values: Float64Array,
  count: number,
  sink: ChunkSink,
): void {
  const { width, slope } = plan;
  assert(count <= SCAN_BLOCK_ROWS, "a chunk has at most SCAN_BLOCK_ROWS values");
  assert(width <= NARROW_MAX_WIDTH || width === 64, "a narrow width is exact");
  writeHeader(plan, false, sink);
  const base = Number(plan.base);
  for (let i = 0; i < count; i++) {
    const residual = values[i]! - base - slope * i;
    lowLane[i] = residual;
    highLane[i] = Math.floor(residual / TWO_32);
  }
  packLanes(count, width, sink);
}

/** Precondition: `plan` came from `planWide` of the same values. */
export function packWide(
  plan: PackPlan,
  values: BigInt64Array,
  count: number,
  sink: ChunkSink,
): void {
  assert(count <= SCAN_BLOCK_ROWS, "a chunk has at most SCAN_BLOCK_ROWS values");
  writeHeader(plan, true, sink);
  const base = BigInt(plan.base);
  for (let i = 0; i < count; i++) {
    const residual = values[i]! - base;
    lowLane[i] = Number(residual & 0xffff_ffffn);
    highLane[i] = Number(residual >> 32n);
  }
  packLanes(count, plan.width, sink);
}
