import { crc32 } from "../base/checksum.js";
import { assert } from "../errors.js";
import {
  FRAME_CLOSE,
  FRAME_FIRST,
  FRAME_FULL,
  FRAME_HEADER_BYTES,
  FRAME_LAST,
  FRAME_MIDDLE,
  MAX_FRAME_PAYLOAD,
  MIN_FRAME_BYTES,
  SEGMENT_HEADER_BYTES,
  frameBytes,
  headerCheck,
  lagAt,
  logSeed,
  padded,
  placeHash,
  writeSegmentHeader,
  type SegmentHeader,
} from "./format.js";
import type { Group } from "./group.js";
import { endOf, type SegmentTable } from "./segment-table.js";

const NO_PAYLOAD = new Uint8Array(0);

/** Lays records out as frames and segments, at the end of the log. */
export class LogEncoder {
  /** Where the next frame goes. */
  tail: number;
  /** Position of the last record. */
  end: number;

  readonly #table: SegmentTable;
  readonly #logId: number;
  readonly #seed: number;
  /** Size of the segments to come. */
  readonly #capacity: number;
  /** Where the segment of `tail` ends. */
  #limit: number;

  constructor(table: SegmentTable, tail: number, end: number, capacity: number) {
    this.#table = table;
    this.#logId = table.newest.logId;
    this.#seed = logSeed(this.#logId);
    this.#capacity = capacity;
    this.#limit = endOf(table.newest);
    this.tail = tail;
    this.end = end;
  }

  /** Where a close frame would end. */
  get endOfClose(): number {
    const fits = this.#limit - this.tail >= MIN_FRAME_BYTES;
    return (fits ? this.tail : this.#limit + SEGMENT_HEADER_BYTES) + FRAME_HEADER_BYTES;
  }

  /** Where a record of this length would end: the same steps as laying it out. */
  endOfRecord(length: number): number {
    let at = this.tail;
    let limit = this.#limit;
    let left = length;
    do {
      if (limit - at < MIN_FRAME_BYTES) {
        at = limit + SEGMENT_HEADER_BYTES;
        limit += this.#capacity;
      }
      const taken = partLength(left, limit - at);
      at += frameBytes(taken);
      left -= taken;
    } while (left > 0);
    return at;
  }

  /**
   * Adds a record to the group, which must end at `tail`. `durable` is how far the log is durable
   * now. Returns the record's position.
   */
  add(group: Group, record: Uint8Array, durable: number): number {
    const length = record.length;
    const size = frameBytes(length);
    const room = this.#limit - this.tail;
    if (length <= MAX_FRAME_PAYLOAD && size <= room && room >= MIN_FRAME_BYTES) {
      this.#frame(group, FRAME_FULL, record, 0, length, durable);
    } else {
      this.#addInParts(group, record, durable);
    }
    this.end = this.tail;
    group.records++;
    group.lastRecord = this.end;
    return this.end;
  }

  addClose(group: Group, durable: number): void {
    if (this.#limit - this.tail < MIN_FRAME_BYTES) this.#startSegment(group, 0);
    this.#frame(group, FRAME_CLOSE, NO_PAYLOAD, 0, 0, durable);
  }

  #addInParts(group: Group, record: Uint8Array, durable: number): void {
    const recordEnd = this.endOfRecord(record.length);
    // All of it at once: running out of memory half way would leave half a record.
    group.ensure(recordEnd - this.tail);
    let done = 0;
    do {
      if (this.#limit - this.tail < MIN_FRAME_BYTES) {
        this.#startSegment(group, done === 0 ? 0 : recordEnd);
      }
      const left = record.length - done;
      const taken = partLength(left, this.#limit - this.tail);
      const last = taken === left;
      const first = done === 0;
      const type = first ? (last ? FRAME_FULL : FRAME_FIRST) : last ? FRAME_LAST : FRAME_MIDDLE;
      this.#frame(group, type, record, done, taken, durable);
      done += taken;
    } while (done < record.length);
    assert(this.tail === recordEnd, "a record ends where its segments say");
  }

  /** Fills the rest of the segment and begins the next one. */
  #startSegment(group: Group, continuedEnd: number): void {
    const rest = this.#limit - this.tail;
    const offset = group.reserve(rest + SEGMENT_HEADER_BYTES);
    group.bytes.fill(0, offset, offset + rest);
    const header: SegmentHeader = {
      logId: this.#logId,
      first: this.#limit,
      previousEnd: this.end,
      continuedEnd,
      capacity: this.#capacity,
    };
    writeSegmentHeader(group.bytes, offset + rest, header);
    this.#table.add(header);
    this.tail = header.first + SEGMENT_HEADER_BYTES;
    this.#limit = endOf(header);
  }

  /** Writes one frame at the tail, with bytes [from, from + length) of `source` as its payload. */
  #frame(
    group: Group,
    type: number,
    source: Uint8Array,
    from: number,
    length: number,
    durable: number,
  ): void {
    const position = this.tail;
    const paddedLength = padded(length);
    const size = FRAME_HEADER_BYTES + paddedLength;
    const offset = group.reserve(size);
    assert(position === group.start + offset, "frames are contiguous");
    assert(durable <= position, "nothing is durable before it is written");
    const { bytes, view } = group;
    const place = placeHash(this.#seed, position);
    const lag = lagAt(position, durable);
    const payload = offset + FRAME_HEADER_BYTES;
    view.setUint32(offset + 4, length, true);
    view.setUint32(offset + 8, lag, true);
    view.setUint32(offset + 12, (headerCheck(place, length, lag, type) << 8) | type, true);
    bytes.set(length === source.length ? source : source.subarray(from, from + length), payload);
    for (let i = length; i < paddedLength; i++) bytes[payload + i] = 0;
    view.setUint32(offset, crc32(bytes, offset + 4, offset + size) ^ place, true);
    this.tail = position + size;
  }
}

/** How much of `left` bytes goes into one frame where the segment has `room` bytes left. */
function partLength(left: number, room: number): number {
  return Math.min(left, MAX_FRAME_PAYLOAD, room - FRAME_HEADER_BYTES);
}
