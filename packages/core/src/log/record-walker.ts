import {
  FRAME_CLOSE,
  FRAME_FIRST,
  FRAME_FULL,
  FRAME_LAST,
  FRAME_MIDDLE,
  MIN_FRAME_BYTES,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
} from "./format.js";
import { EMPTY, VALID, type FrameWindow } from "./frame-window.js";
import { endOf, type SegmentTable } from "./segment-table.js";

/** A whole record was read. */
export const RECORD = 0;
/** A frame that records a clean close was read. */
export const CLOSED = 1;
/** There is no frame at `position`: zeros, or the log has no segment there yet. */
const END = 2;
/** The bytes at `position` are not what the log would have written there. */
export const DAMAGE = 3;

/**
 * Walks the records of the log in order, over frames and segments. What a crash can explain is
 * reported as END or DAMAGE for the caller to judge; frames that are valid but contradict each
 * other are thrown as CORRUPTION.
 */
export class RecordWalker {
  /** Where the next frame begins; after END or DAMAGE, where it was looked for. */
  position: number;
  /** The end of the last whole record or close frame: what comes after can be cut off. */
  tail: number;
  /** Position of the last whole record. */
  recordPosition: number;
  /** The record's bytes, until the next step. */
  payload: Uint8Array = new Uint8Array(0);

  readonly #window: FrameWindow;
  readonly #table: SegmentTable;
  /** The parts of a record so far; kept for the next record that needs one. */
  #assembled = new Uint8Array(0);
  #length = 0;
  #inRecord = false;
  /** Where the segment just entered says the record ends; 0 when none is continued. */
  #promisedEnd = 0;

  /** Precondition: a record begins at `start`, and the one before it has position `previous`. */
  constructor(window: FrameWindow, table: SegmentTable, start: number, previous: number) {
    this.#window = window;
    this.#table = table;
    this.position = start;
    this.tail = start;
    this.recordPosition = previous;
  }

  /** Reads up to the end of the next record and says what was found. */
  step(): number {
    this.#length = 0;
    this.#inRecord = false;
    this.#promisedEnd = 0;
    for (;;) {
      const segment = this.#table.at(this.position);
      if (segment === undefined) return END;
      const limit = endOf(segment);
      if (this.position === segment.first) {
        this.#enter(segment);
      } else if (limit - this.position < MIN_FRAME_BYTES) {
        if (this.#window.nextNonZero(this.position, limit) !== -1) return DAMAGE;
        if (this.#table.startingAt(limit) === undefined) return END;
        this.position = limit;
      } else {
        const state = this.#window.frame(this.position, limit);
        if (state !== VALID) return state === EMPTY ? END : DAMAGE;
        if (this.#take()) return this.#window.type === FRAME_CLOSE ? CLOSED : RECORD;
      }
    }
  }

  #enter(segment: SegmentHeader): void {
    if (segment.previousEnd !== this.recordPosition) {
      throw this.#table.damage(
        segment.first,
        `the log before it ends at ${this.recordPosition}, not at ${segment.previousEnd}`,
      );
    }
    if ((segment.continuedEnd !== 0) !== this.#inRecord) {
      throw this.#table.damage(segment.first, "it does not continue the segment before it");
    }
    this.#promisedEnd = segment.continuedEnd;
    this.position = segment.first + SEGMENT_HEADER_BYTES;
    if (!this.#inRecord) this.tail = this.position;
  }

  /** Takes the frame in the window; true when a record or a close frame is complete. */
  #take(): boolean {
    const window = this.#window;
    const { type, next } = window;
    const continues = type === FRAME_MIDDLE || type === FRAME_LAST;
    if (continues !== this.#inRecord) {
      throw this.#table.damage(this.position, "a frame is out of order");
    }
    const payload = window.bytes.subarray(window.payloadStart, window.payloadEnd);
    this.position = next;
    if (type === FRAME_FIRST || type === FRAME_MIDDLE) {
      this.#inRecord = true;
      this.#assemble(payload);
      return false;
    }
    this.tail = next;
    if (type === FRAME_FULL) {
      this.payload = payload;
    } else if (type === FRAME_LAST) {
      this.#assemble(payload);
      this.payload = this.#assembled.subarray(0, this.#length);
    } else {
      return true;
    }
    if (this.#promisedEnd !== 0 && this.#promisedEnd !== next) {
      throw this.#table.damage(next, `a record ends here, not at ${this.#promisedEnd}`);
    }
    this.recordPosition = next;
    return true;
  }

  #assemble(part: Uint8Array): void {
    const length = this.#length + part.length;
    if (length > this.#assembled.length) {
      const grown = new Uint8Array(Math.max(length, this.#assembled.length * 2));
      grown.set(this.#assembled.subarray(0, this.#length));
      this.#assembled = grown;
    }
    this.#assembled.set(part, this.#length);
    this.#length = length;
  }
}
