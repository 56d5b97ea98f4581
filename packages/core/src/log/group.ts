import { assert } from "../errors.js";
import { Wave } from "./waking.js";

const INITIAL_BYTES = 64 * 1024;
/** A buffer larger than this is not kept for the next group. */
const MAX_KEPT_BYTES = 4 * 1024 * 1024;
/** So many records share a promise: those who wait for them are woken together. */
const WAVE_SHIFT = 6;

/**
 * Bytes of the log that go to disk together, and the promises of those who wait for them. The bytes
 * are a piece of the endless log, segment headers and padding included.
 */
export class Group {
  /** Position of the first byte. */
  readonly start: number;
  bytes: Uint8Array;
  view: DataView;
  length = 0;
  /** Bytes from the start that are known to be in the file. */
  written = 0;
  records = 0;
  /** Position of the last record when this group is in the log. */
  lastRecord: number;
  /** Whether the promises wait for the disk, not only for the operating system. */
  mustSync: boolean;
  settled = false;
  readonly #waves: Wave[] = [];
  /** Which wave of the group's records the last of them is. */
  #waveNumber = -1;

  constructor(start: number, lastRecord: number, mustSync: boolean, buffer: GroupBuffer) {
    this.start = start;
    this.lastRecord = lastRecord;
    this.mustSync = mustSync;
    this.bytes = buffer.bytes;
    this.view = buffer.view;
  }

  /** Settles once all records that were added so far are durable. */
  get promise(): Promise<void> {
    const number = Math.max(this.records - 1, 0) >>> WAVE_SHIFT;
    if (number !== this.#waveNumber) {
      this.#waveNumber = number;
      this.#waves.push(new Wave());
    }
    return this.#waves.at(-1)!.promise;
  }

  /** Position after the last byte. */
  get end(): number {
    return this.start + this.length;
  }

  /** Makes room for `count` more bytes and returns their offset; what they hold is undefined. */
  reserve(count: number): number {
    this.ensure(count);
    const offset = this.length;
    this.length = offset + count;
    return offset;
  }

  /** Makes sure that the next `count` bytes can be reserved without memory. */
  ensure(count: number): void {
    const length = this.length + count;
    if (length > this.bytes.length) this.#grow(length);
  }

  /** It is durable; gives those who are to be told, in order. */
  settle(): readonly Wave[] {
    assert(!this.settled, "a group of log records settles once");
    this.settled = true;
    return this.#waves;
  }

  reject(reason: Error): void {
    for (const { promise, reject } of this.settle()) {
      // Whoever waits gets the rejection through their own promise. Those who do not wait must not
      // bring the process down: the log's owner is told of the failure in any case.
      promise.catch(() => undefined);
      reject(reason);
    }
  }

  /** The part of the range `[position, position + into.length)` that is here, from its start on. */
  copy(into: Uint8Array, position: number): number {
    const from = position - this.start;
    const count = Math.min(into.length, this.length - from);
    into.set(this.bytes.subarray(from, from + count));
    return count;
  }

  #grow(length: number): void {
    const grown = new Uint8Array(Math.max(length, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

/** Memory with a view of it, which costs as much to make as a short record to write. */
export interface GroupBuffer {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** Buffers of groups that are done: one group collects while another one is written. */
export class GroupBuffers {
  readonly #free: GroupBuffer[] = [];

  take(): GroupBuffer {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const bytes = new Uint8Array(INITIAL_BYTES);
    return { bytes, view: new DataView(bytes.buffer) };
  }

  /** Precondition: nothing reads or writes the group's buffer any more. */
  give({ bytes, view }: Group): void {
    if (bytes.length <= MAX_KEPT_BYTES && this.#free.length < 2) this.#free.push({ bytes, view });
  }
}
