/**
 * Memory of the buffer pool. Decoded chunks come and go at a high rate; buffers left to the garbage
 * collector would keep about twice the pool's size resident. So buffers up to MAX_SLAB_BYTES are
 * slabs of a few sizes (four to each doubling, so that a quarter is wasted at most) and are used
 * again; larger ones are allocated as they are asked for and dropped.
 *
 * `bytes` counts every buffer that is alive, in use or free.
 */
export const MIN_SLAB_BYTES = 512;
export const MAX_SLAB_BYTES: number = 1024 * 1024;

const MIN_SLAB_BITS = 9;
const CLASSES = classOf(MAX_SLAB_BYTES) + 1;

export class SlabAllocator {
  bytes = 0;
  freeBytes = 0;
  readonly #free: ArrayBuffer[][] = Array.from({ length: CLASSES }, () => []);
  /** Class to take the next slab to drop from, so that all sizes give in turn. */
  #dropFrom = 0;

  /** Bytes that a buffer for `size` bytes takes. */
  sizeFor(size: number): number {
    return size > MAX_SLAB_BYTES ? size : classBytes(classOf(size));
  }

  /** A free slab for `size` bytes, or undefined. Its content is whatever it last held. */
  reuse(size: number): ArrayBuffer | undefined {
    if (size > MAX_SLAB_BYTES) return undefined;
    const slab = this.#free[classOf(size)]!.pop();
    if (slab !== undefined) this.freeBytes -= slab.byteLength;
    return slab;
  }

  create(size: number): ArrayBuffer {
    const buffer = new ArrayBuffer(this.sizeFor(size));
    this.bytes += buffer.byteLength;
    return buffer;
  }

  /** Takes a buffer back. Precondition: nobody reads it any more. */
  recycle(buffer: ArrayBuffer): void {
    if (buffer.byteLength > MAX_SLAB_BYTES) {
      this.bytes -= buffer.byteLength;
      return;
    }
    this.#free[classOf(buffer.byteLength)]!.push(buffer);
    this.freeBytes += buffer.byteLength;
  }

  /** Drops free slabs until `wanted` bytes are gone or none is left. */
  dropFree(wanted: number): void {
    let dropped = 0;
    while (dropped < wanted && this.freeBytes > 0) {
      const slab = this.#free[this.#dropFrom]!.pop();
      if (slab === undefined) {
        this.#dropFrom = (this.#dropFrom + 1) % CLASSES;
        continue;
      }
      dropped += slab.byteLength;
      this.bytes -= slab.byteLength;
      this.freeBytes -= slab.byteLength;
    }
  }
}

/** Class 0 is MIN_SLAB_BYTES; then four to a doubling. */
function classOf(size: number): number {
  if (size <= MIN_SLAB_BYTES) return 0;
  const top = 31 - Math.clz32(size - 1);
  return (top - MIN_SLAB_BITS) * 4 + ((size - 1) >>> (top - 2)) - 3;
}

function classBytes(index: number): number {
  if (index === 0) return MIN_SLAB_BYTES;
  const top = MIN_SLAB_BITS + ((index - 1) >>> 2);
  return (((index - 1) & 3) + 5) << (top - 2);
}
