/**
 * Memory for the small typed arrays of small batches. A typed array with a buffer of its own costs
 * 400 ns and more once it is larger than 64 bytes; a view of a shared buffer costs 15. Slabs are
 * never used twice, so the views are zero, and the last of them keeps its slab alive.
 */
const SLAB_BYTES = 64 * 1024;
/** Larger ones are better off with their own. */
const MAX_SHARED_BYTES = 4096;
const ALIGNMENT = 8;

let slab = new ArrayBuffer(SLAB_BYTES);
let used = 0;

/** Where `bytes` bytes begin in `slab`. */
function take(bytes: number): number {
  const size = (bytes + ALIGNMENT - 1) & -ALIGNMENT;
  if (used + size > SLAB_BYTES) {
    slab = new ArrayBuffer(SLAB_BYTES);
    used = 0;
  }
  const start = used;
  used += size;
  return start;
}

export function newFloats(length: number): Float64Array {
  if (length * 8 > MAX_SHARED_BYTES) return new Float64Array(length);
  const start = take(length * 8);
  return new Float64Array(slab, start, length);
}

export function newBigInts(length: number): BigInt64Array {
  if (length * 8 > MAX_SHARED_BYTES) return new BigInt64Array(length);
  const start = take(length * 8);
  return new BigInt64Array(slab, start, length);
}

export function newInts(length: number): Int32Array {
  if (length * 4 > MAX_SHARED_BYTES) return new Int32Array(length);
  const start = take(length * 4);
  return new Int32Array(slab, start, length);
}

export function newUints(length: number): Uint32Array {
  if (length * 4 > MAX_SHARED_BYTES) return new Uint32Array(length);
  const start = take(length * 4);
  return new Uint32Array(slab, start, length);
}

export function newBytes(length: number): Uint8Array {
  if (length > MAX_SHARED_BYTES) return new Uint8Array(length);
  const start = take(length);
  return new Uint8Array(slab, start, length);
}
