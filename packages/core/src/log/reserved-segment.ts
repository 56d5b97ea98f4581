import { AegisError, assert } from "../errors.js";
import type { Vfs, WriteFile } from "../vfs/contract.js";
import { UNFINISHED_SUFFIX, type SegmentHeader } from "./format.js";
import { SegmentFile } from "./segment-file.js";
import { fillWithZeros, sliceEnd } from "./zeros.js";

/**
 * A segment that has its place on the disk and not yet its name: records may be ordered into it
 * while the segment before it is still being written.
 */
export class ReservedSegment {
  readonly first: number;
  readonly capacity: number;
  readonly #vfs: Vfs;
  /** The name it will get. */
  readonly #path: string;
  readonly #file: WriteFile;
  #filled = 0;

  private constructor(vfs: Vfs, path: string, first: number, capacity: number) {
    const unfinished = path + UNFINISHED_SUFFIX;
    if (vfs.exists(unfinished)) vfs.remove(unfinished);
    this.#vfs = vfs;
    this.#path = path;
    this.#file = vfs.openWrite(unfinished, { create: true });
    this.first = first;
    this.capacity = capacity;
  }

  /** Makes the file, empty. `first` and `capacity` are those of the segment's header to come. */
  static create(vfs: Vfs, path: string, first: number, capacity: number): ReservedSegment {
    return new ReservedSegment(vfs, path, first, capacity);
  }

  /** Bytes that have their place on the disk. */
  get filled(): number {
    return this.#filled;
  }

  /** Takes room up to `to` at least. After a failure `shrink` gives back what was taken. */
  grow(to: number): void {
    const end = sliceEnd(this.#filled, to, this.capacity);
    fillWithZeros(this.#file, this.#filled, end);
    this.#filled = end;
  }

  shrink(to: number): void {
    this.#filled = to;
    this.#file.truncate(to);
  }

  /**
   * Writes the header's bytes and gives the file its name. All of it is durable before that: a file
   * with a segment's name always has a whole header.
   */
  begin(header: SegmentHeader, head: Uint8Array): SegmentFile {
    assert(header.first === this.first, "a segment begins where its place was taken");
    assert(header.capacity === this.capacity, "a segment is as long as was said");
    assert(head.length <= this.#filled, "a segment's header has its place");
    try {
      this.#file.write(head, 0);
      this.#file.sync();
    } finally {
      this.#file.close();
    }
    this.#vfs.rename(this.#path + UNFINISHED_SUFFIX, this.#path);
    this.#vfs.syncDirectory(this.#path.slice(0, this.#path.lastIndexOf("/")));
    return SegmentFile.open(this.#vfs, this.#path, header);
  }

  close(): void {
    this.#file.close();
  }

  /** Gives the place back. A file that cannot be removed is removed by the next open. */
  discard(): void {
    try {
      this.#file.close();
      this.#vfs.remove(this.#path + UNFINISHED_SUFFIX);
    } catch (error) {
      if (!(error instanceof AegisError)) throw error;
    }
  }
}
