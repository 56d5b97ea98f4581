/**
 * Memory of memtables. It is shared with the thread that flushes, and the garbage collector does not
 * count shared memory, so that dead memtables would pile up between its rounds. So each memtable
 * gives its buffers back when nobody reads it any more, and the next ones use them again.
 *
 * Buffers come in sizes of eight steps between two powers of two, so that an eighth at most is lost.
 */
import { POISON_RECYCLED_MEMORY } from "../limits.js";

const MIN_BUFFER_BYTES = 64;
const STEPS = 8;

/** Buffers that wait to be used again: up to so many bytes, the others are left to the collector. */
export class SharedMemory {
  private readonly free = new Map<number, SharedArrayBuffer[]>();
  private freeBytes = 0;

  constructor(private readonly maxFreeBytes: number) {}

  /** At least `bytes` bytes, which are all zero as far as that. */
  take(bytes: number): SharedArrayBuffer {
    const size = stepAbove(bytes);
    const buffer = this.free.get(size)?.pop();
    if (buffer === undefined) return new SharedArrayBuffer(size);
    this.freeBytes -= size;
    new Uint8Array(buffer, 0, bytes).fill(0);
    return buffer;
  }

  /** Precondition: nobody reads or writes it any more. */
  give(buffer: SharedArrayBuffer): void {
    if (this.freeBytes + buffer.byteLength > this.maxFreeBytes) return;
    if (POISON_RECYCLED_MEMORY) new Uint8Array(buffer).fill(0xa5);
    this.freeBytes += buffer.byteLength;
    const list = this.free.get(buffer.byteLength);
    if (list === undefined) this.free.set(buffer.byteLength, [buffer]);
    else list.push(buffer);
  }
}

/** What one memtable holds of it. */
export class MemtableMemory {
  /** Bytes in use, counted where they are allocated. */
  bytes = 0;
  private readonly taken: SharedArrayBuffer[] = [];

  /** Without a source, buffers are made anew and left to the collector. */
  constructor(private readonly source: SharedMemory | undefined) {}

  /** At least `bytes` bytes, which are all zero as far as that. */
  take(bytes: number): SharedArrayBuffer {
    if (this.source === undefined) return new SharedArrayBuffer(bytes);
    const buffer = this.source.take(bytes);
    this.taken.push(buffer);
    return buffer;
  }

  /** Gives everything back. Precondition: nobody reads the memtable any more. */
  release(): void {
    for (const buffer of this.taken.splice(0)) this.source!.give(buffer);
  }
}

function stepAbove(bytes: number): number {
  if (bytes <= MIN_BUFFER_BYTES) return MIN_BUFFER_BYTES;
  const power = 2 ** Math.floor(Math.log2(bytes));
  const step = power / STEPS;
  return Math.ceil(bytes / step) * step;
}
