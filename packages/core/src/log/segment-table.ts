import type { AegisError } from "../errors.js";
import { SEGMENT_HEADER_BYTES, damaged, segmentName, type SegmentHeader } from "./format.js";

/** The segments of a log in order, without gaps; each one's header, as it is or will be on disk. */
export class SegmentTable {
  readonly directory: string;
  readonly #headers: SegmentHeader[];

  /** Precondition: at least one header; each one starts where the one before it ends. */
  constructor(directory: string, headers: readonly SegmentHeader[]) {
    this.directory = directory;
    this.#headers = [...headers];
  }

  get length(): number {
    return this.#headers.length;
  }

  get oldest(): SegmentHeader {
    return this.#headers[0]!;
  }

  get newest(): SegmentHeader {
    return this.#headers[this.#headers.length - 1]!;
  }

  add(header: SegmentHeader): void {
    this.#headers.push(header);
  }

  removeOldest(): void {
    this.#headers.shift();
  }

  removeNewest(): void {
    this.#headers.pop();
  }

  /** The segment that holds the byte at `position`. */
  at(position: number): SegmentHeader | undefined {
    const i = this.#indexOf(position);
    const header = this.#headers[i];
    return header !== undefined && position < endOf(header) ? header : undefined;
  }

  /** The segment that starts at `position`. */
  startingAt(position: number): SegmentHeader | undefined {
    const header = this.at(position);
    return header?.first === position ? header : undefined;
  }

  /**
   * Records up to here are not in the log any more, or never were: the oldest one that can be read
   * whole comes after.
   */
  get availableFrom(): number {
    return this.oldest.continuedEnd === 0 ? this.oldest.previousEnd : this.oldest.continuedEnd;
  }

  /**
   * The records that touch the oldest segment end at or before this position; undefined for the
   * newest segment, which may still get more.
   */
  get oldestNeededUntil(): number | undefined {
    const second = this.#headers[1];
    if (second === undefined) return undefined;
    return second.continuedEnd === 0 ? second.previousEnd : second.continuedEnd;
  }

  /**
   * A place where a record is known to begin, at or before the one that follows `from`, and the
   * position of the record before that place. Precondition: `from` is not before `availableFrom`.
   */
  safeStart(from: number): { readonly start: number; readonly previous: number } {
    for (let i = Math.max(this.#indexOf(from), 0); i > 0; i--) {
      const header = this.#headers[i]!;
      const start = firstRecordOf(header);
      if (start <= from) return { start, previous: precedingEnd(header) };
    }
    return { start: firstRecordOf(this.oldest), previous: precedingEnd(this.oldest) };
  }

  path(header: SegmentHeader): string {
    return `${this.directory}/${segmentName(header.first)}`;
  }

  /** The error for damage at a position, naming the file and the offset in it. */
  damage(position: number, what: string): AegisError {
    const header = this.#headers[Math.max(this.#indexOf(position), 0)]!;
    return damaged(this.path(header), position - header.first, what);
  }

  /** Index of the last segment that starts at or before `position`; -1 if none does. */
  #indexOf(position: number): number {
    let low = 0;
    let high = this.#headers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#headers[middle]!.first <= position) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** Position of the first byte after the segment. */
export function endOf(header: SegmentHeader): number {
  return header.first + header.capacity;
}

/** Where the first record that does not come from an earlier segment begins, or would begin. */
function firstRecordOf(header: SegmentHeader): number {
  return header.continuedEnd === 0 ? header.first + SEGMENT_HEADER_BYTES : header.continuedEnd;
}

function precedingEnd(header: SegmentHeader): number {
  return header.continuedEnd === 0 ? header.previousEnd : header.continuedEnd;
}
