import { assert } from "../errors.js";
import type { Vfs, WriteFile } from "../vfs/contract.js";
import { UNFINISHED_SUFFIX, type SegmentHeader } from "./format.js";

/**
 * A file is filled with zeros ahead of the writes by slices of this size, growing with the file.
 * A write into bytes that are there already changes no metadata, so syncing it is one disk write.
 */
const MIN_SLICE_BYTES = 256 * 1024;
const MAX_SLICE_BYTES = 4 * 1024 * 1024;

/** Never written to. */
const ZEROS = new Uint8Array(1024 * 1024);

/** The file of the segment that is being written. Offsets are offsets in the file. */
export class SegmentFile {
  readonly header: SegmentHeader;
  readonly #vfs: Vfs;
  readonly #path: string;
  readonly #plain: WriteFile;
  /** The same file, opened so that each write is durable when it returns. */
  #through: WriteFile | undefined;
  /** Every byte before this is in the file, or is about to be by a write already issued. */
  #filled: number;
  #dirty = false;
  /** Asynchronous operations under way; closing under them would hand their descriptor away. */
  #outstanding = 0;
  #released = false;

  private constructor(vfs: Vfs, path: string, header: SegmentHeader) {
    this.header = header;
    this.#vfs = vfs;
    this.#path = path;
    this.#plain = vfs.openWrite(path, { create: false });
    this.#filled = this.#plain.size();
  }

  /** Opens the existing file at `path`. */
  static open(vfs: Vfs, path: string, header: SegmentHeader): SegmentFile {
    return new SegmentFile(vfs, path, header);
  }

  /**
   * Makes the file, complete and durable, before it gets its name: a file with a segment's name
   * always has a whole header. `head` is the header's bytes.
   */
  static create(vfs: Vfs, path: string, header: SegmentHeader, head: Uint8Array): SegmentFile {
    const unfinished = path + UNFINISHED_SUFFIX;
    if (vfs.exists(unfinished)) vfs.remove(unfinished);
    const file = vfs.openWrite(unfinished, { create: true });
    try {
      const slice = new Uint8Array(Math.min(MIN_SLICE_BYTES, header.capacity));
      slice.set(head);
      file.write(slice, 0);
      file.sync();
    } finally {
      file.close();
    }
    vfs.rename(unfinished, path);
    vfs.syncDirectory(path.slice(0, path.lastIndexOf("/")));
    return new SegmentFile(vfs, path, header);
  }

  /** Whether something was written that no sync has covered. */
  get dirty(): boolean {
    return this.#dirty;
  }

  /** Writes `data`; with `through` it is durable when this returns. */
  write(data: Uint8Array, offset: number, through: boolean, fillAhead: boolean): void {
    this.#makeRoom(offset, data.length, fillAhead);
    this.#target(through).write(data, offset);
  }

  async writeAsync(
    data: Uint8Array,
    offset: number,
    through: boolean,
    fillAhead: boolean,
  ): Promise<void> {
    this.#makeRoom(offset, data.length, fillAhead);
    const file = this.#target(through);
    await this.#track(file.writeAsync(data, offset));
  }

  sync(): void {
    this.#plain.sync();
    this.#dirty = false;
  }

  async syncAsync(): Promise<void> {
    await this.#track(this.#plain.syncAsync());
    this.#dirty = false;
  }

  /**
   * Writes `[from, to)` again as it is; durable after the next sync. After a failed sync the system
   * may show bytes that are not on the disk and that it takes for clean: a sync alone would not
   * write them.
   */
  rewrite(from: number, to: number): void {
    const piece = new Uint8Array(Math.min(to - from, MAX_SLICE_BYTES));
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
    for (let at = from; at < to; at += ZEROS.length) {
      this.#plain.write(ZEROS.subarray(0, Math.min(ZEROS.length, to - at)), at);
    }
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
      this.#through ??= this.#vfs.openWrite(this.#path, { create: false, dataSync: true });
      return this.#through;
    }
    this.#dirty = true;
    return this.#plain;
  }

  /**
   * Fills zeros ahead of the file's end, unless the write is so large that one change of metadata
   * is lost in it. Only bytes past everything issued so far are touched: a write may be under way.
   */
  #makeRoom(offset: number, length: number, fillAhead: boolean): void {
    const end = offset + length;
    assert(!this.#released && end <= this.header.capacity, "a write stays in its segment");
    if (end <= this.#filled) return;
    const slice = Math.min(Math.max(this.#filled, MIN_SLICE_BYTES), MAX_SLICE_BYTES);
    if (!fillAhead || length >= slice) {
      this.#filled = end;
      return;
    }
    const to = Math.min(Math.ceil(end / slice) * slice, this.header.capacity);
    this.zero(this.#filled, to);
    this.#filled = to;
    this.sync();
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
