import { AegisError, assert } from "../errors.js";
import type { Vfs } from "../vfs/contract.js";
import { segmentName } from "./format.js";
import { ReservedSegment } from "./reserved-segment.js";
import type { SegmentFile } from "./segment-file.js";

/**
 * The log's place on the disk. A record is ordered only when every byte of it has its place, so that
 * a full disk refuses the record and does not strike one that is visible already:
 *
 *     first                filled   first               filled     end
 *     ├── being written ───────┤    ├── reserved ───────────┤
 *     └── …0064.log                 └── …0128.log.new (its name comes when it is begun)
 */
export class LogSpace {
  /** Every byte of the log before this has its place. */
  end: number;

  readonly #vfs: Vfs;
  readonly #directory: string;
  /** Size of the segments to come. */
  readonly #capacity: number;
  /** The newest segment that was begun. */
  #begun: SegmentFile;
  /** Those that were not, oldest first. */
  readonly #reserved: ReservedSegment[] = [];

  constructor(vfs: Vfs, directory: string, capacity: number, newest: SegmentFile) {
    this.#vfs = vfs;
    this.#directory = directory;
    this.#capacity = capacity;
    this.#begun = newest;
    this.end = newest.first + newest.filled;
  }

  /**
   * Takes room up to position `to` at least. When that fails (DISK_FULL, IO_ERROR) everything it
   * took is given back: others, a flush that lets the log be cut above all, may need it.
   */
  reserve(to: number): void {
    const last = this.#last;
    const { filled } = last;
    const { length } = this.#reserved;
    try {
      while (this.end < to) this.#extend(to);
    } catch (error) {
      for (const added of this.#reserved.splice(length)) added.discard();
      this.end = last.first + filled;
      giveBack(last, filled);
      throw error;
    }
  }

  /** Hands over the segment that begins at `first`, to be begun. */
  take(first: number): ReservedSegment {
    const segment = this.#reserved.shift();
    assert(segment?.first === first, "a segment has its place before it is begun");
    return segment;
  }

  /** `file` is what became of the segment taken last. */
  begun(file: SegmentFile): void {
    this.#begun = file;
  }

  /** What was reserved and not begun is removed by the next open. */
  release(): void {
    for (const segment of this.#reserved) segment.close();
  }

  get #last(): SegmentFile | ReservedSegment {
    return this.#reserved.at(-1) ?? this.#begun;
  }

  #extend(to: number): void {
    const last = this.#last;
    if (last.filled < last.capacity) {
      last.grow(Math.min(to - last.first, last.capacity));
      this.end = last.first + last.filled;
      return;
    }
    const first = last.first + last.capacity;
    const path = `${this.#directory}/${segmentName(first)}`;
    this.#reserved.push(ReservedSegment.create(this.#vfs, path, first, this.#capacity));
  }
}

/** What cannot be given back is used by the next record: the caller has a failure to tell of. */
function giveBack(file: SegmentFile | ReservedSegment, filled: number): void {
  try {
    file.shrink(filled);
  } catch (error) {
    if (!(error instanceof AegisError)) throw error;
  }
}
