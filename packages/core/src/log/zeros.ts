import type { WriteFile } from "../vfs/contract.js";

/**
 * A file is filled with zeros ahead of the writes by slices of this size, growing with the file.
 * That is how room is taken: a write into bytes that are there needs none. It changes no metadata
 * either, so syncing it is one disk write.
 */
const MIN_SLICE_BYTES = 256 * 1024;
const MAX_SLICE_BYTES = 4 * 1024 * 1024;

/** Never written to. */
const ZEROS = new Uint8Array(1024 * 1024);

/** Size of the next slice of a file of `filled` bytes: a whole number of the smallest slices. */
export function sliceBytes(filled: number): number {
  const whole = Math.ceil(filled / MIN_SLICE_BYTES) * MIN_SLICE_BYTES;
  return Math.min(Math.max(whole, MIN_SLICE_BYTES), MAX_SLICE_BYTES);
}

/** How many bytes a file of whole slices has lost at least, if it is `size` bytes long now. */
export function bytesMissing(size: number, capacity: number): number {
  const whole = Math.max(Math.ceil(size / MIN_SLICE_BYTES), 1) * MIN_SLICE_BYTES;
  return Math.min(whole, capacity) - size;
}

/** Where whole slices end that take a file from `filled` bytes to `to` at least. */
export function sliceEnd(filled: number, to: number, capacity: number): number {
  const slice = sliceBytes(filled);
  return Math.min(Math.ceil(to / slice) * slice, capacity);
}

export function fillWithZeros(file: WriteFile, from: number, to: number): void {
  for (let at = from; at < to; at += ZEROS.length) {
    file.write(ZEROS.subarray(0, Math.min(ZEROS.length, to - at)), at);
  }
}
