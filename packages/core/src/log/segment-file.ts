import { assert } from "../errors.js";
import type { Vfs, WriteFile } from "../vfs/contract.js";
import type { SegmentHeader } from "./format.js";
import { fillWithZeros, sliceBytes, sliceEnd } from "./zeros.js";

/** Bytes that are read at once to be written again. */
const REWRITE_BYTES = 4 * 1024 * 1024;

/** The file of the segment that is being written. Offsets are offsets in the file. */
export class SegmentFile {
  readonly header: SegmentHeader;
  readonly #vfs: Vfs;
  readonly #plain: WriteFile;
  /** The same file, opened so that each write is durable when it returns. */
  #through: WriteFile | undefined;
  /** Every byte before this is in the file. */
  #filled: number;
  /** The same, and a sync has covered that they are there. */
  #settled: number;
  #dirty = false;
  /** Asynchronous operations under way; closing under them would hand their descriptor away. */
  #outstanding = 0;
  #released = false;

  private constructor(vfs: Vfs, file: WriteFile, header: SegmentHeader) {
    this.header = header;
    this.#vfs = vfs;
    this.#plain = file;
    this.#filled = file.size();
    this.#settled = this.#filled;
  }

  /** Opens the existing file at `path`. */
  static open(vfs: Vfs, path: string, header: SegmentHeader): SegmentFile {
    const file = vfs.openWrite(path, { create: false });
    try {
      return new SegmentFile(vfs, file, header);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  get first(): number {
    return this.header.first;
  }

  get capacity(): number {
    return this.header.capacity;
  }

  /** Bytes that have their place on the disk: writes stay within them. */
  get filled(): number {
    return this.#filled;
  }

  /** Whether something was written that no sync has covered. */
  get dirty(): boolean {
    return this.#dirty;
  }

  /** Takes room up to `to` at least. Only bytes past all writes are touched: one may be under way. */
  grow(to: number): void {
    const end = sliceEnd(this.#filled, to, this.capacity);
    fillWithZeros(this.#plain, this.#filled, end);
    this.#filled = end;
  }

  /** Gives room back. Precondition: nothing was written past `to` but zeros. */
  shrink(to: number): void {
    this.#filled = to;
    this.#plain.truncate(to);
  }

  /**
   * Whether to sync, before so many bytes are written there, that the slice they go to is in the
   * file: so once a slice, unless the write is so large that one change of metadata is lost in it.
   */
  isUnsettled(offset: number, length: number): boolean {
    return offset + length > this.#settled && length < sliceBytes(this.#settled);
  }

  /** Writes `data`; with `through` it is durable when this returns. */
  write(data: Uint8Array, offset: number, through: boolean): void {
    this.#assertPlace(offset, data.length);
    this.#target(through).write(data, offset);
  }

  async writeAsync(data: Uint8Array, offset: number, through: boolean): Promise<void> {
    this.#assertPlace(offset, data.length);
    await this.#track(this.#target(through).writeAsync(data, offset));
  }

  sync(): void {
    this.#plain.sync();
    this.#dirty = false;
    this.#settled = this.#filled;
  }

  async syncAsync(): Promise<void> {
    const filled = this.#filled;
    await this.#track(this.#plain.syncAsync());
    this.#dirty = false;
    this.#settled = Math.max(this.#settled, filled);
  }

  /**
   * Writes `[from, to)` again as it is; durable after the next sync. After a failed sync the system
   * may show bytes that are not on the disk and that it takes for clean: a sync alone would not
   * write them.
   */
  rewrite(from: number, to: number): void {
    const piece = new Uint8Array(Math.min(to - from, REWRITE_BYTES));
    for (let at = from; at < to; at += piece.length) {
      const part = piece.subarray(0, Math.min(piece.length, to - at));
      assert(this.#plain.read(part, at) === part.length, "what recovery has read is still there");
      this.#dirty = true;
      this.#plain.write(part, at);
    }
  }

  /** Overwrites `[from, to)` with zeros; durable after the next sync. */
  zero(from: number, to: number): void {
    this.#dirty = true;
    fillWithZeros(this.#plain, from, to);
  }

  /** Closes the file as soon as nothing uses it. Precondition: nothing new is started. */
  release(): void {
    this.#released = true;
    if (this.#outstanding > 0) return;
    this.#plain.close();
    this.#through?.close();
  }

  #target(through: boolean): WriteFile {
    if (through) {
      this.#through ??= this.#vfs.openWrite(this.#plain.path, { create: false, dataSync: true });
      return this.#through;
    }
    this.#dirty = true;
    return this.#plain;
  }

  #assertPlace(offset: number, length: number): void {
    const isThere = !this.#released && offset + length <= this.#filled;
    assert(isThere, "a write goes where the log has its place");
  }

  async #track(operation: Promise<void>): Promise<void> {
    this.#outstanding++;
    try {
      await operation;
    } finally {
      this.#outstanding--;
      if (this.#released) this.release();
    }
  }
}
