/**
 * What writer and reader of the log share. docs/format/log.md draws it and says why.
 *
 * The log is one endless sequence of bytes, cut into segment files. A position is an offset in
 * that sequence, so the byte at position p of a segment that starts at `first` is at file offset
 * p - first. All integers are little-endian.
 *
 *   segment := header frame* zeros              each frame starts at a multiple of 8
 *   header  := magic:4 version:2 zeros:2 logId:8 first:8 previousEnd:8 continuedEnd:8
 *              capacity:8 zeros:8 crc32:4       (of the 60 bytes before it)
 *   frame   := crc32:4 length:4 lag:4 type:1 check:3 payload:length zeros:0..7
 *
 * The crc32 of a frame covers the frame from `length` to the end of the padding, and is combined
 * with a hash of the log's id and the frame's position: a frame that was written for another place
 * or another log is never valid here.
 */
import { crc32 } from "../base/checksum.js";
import { AegisError, assert } from "../errors.js";

const LOG_FORMAT_VERSION = 1;
export const SEGMENT_HEADER_BYTES = 64;
export const FRAME_HEADER_BYTES = 16;
export const FRAME_ALIGNMENT = 8;
/** Less than this at the end of a segment stays unused: it would hold next to no payload. */
export const MIN_FRAME_BYTES = 32;
/** Largest frame, header included. It bounds what a reader must hold to verify a checksum. */
export const MAX_FRAME_BYTES: number = 128 * 1024;
export const MAX_FRAME_PAYLOAD: number = MAX_FRAME_BYTES - FRAME_HEADER_BYTES;

/** A whole record. */
export const FRAME_FULL = 1;
/** The parts of a record that needs several frames. */
export const FRAME_FIRST = 2;
export const FRAME_MIDDLE = 3;
export const FRAME_LAST = 4;
/** The owner closed the log here, with everything before it durable. */
export const FRAME_CLOSE = 5;

/** The value of `lag` that claims nothing, for a distance that four bytes cannot hold. */
const NO_CLAIM = 0xffff_ffff;
const TWO_32 = 2 ** 32;
const MAGIC = 0x474c4741; // "AGLG"
/** Digits of the largest safe integer, so that names sort as their positions do. */
const NAME_DIGITS = 16;
const SUFFIX = ".log";
/** A segment that is being made; it gets its name when it is complete and durable. */
export const UNFINISHED_SUFFIX = ".new";

export interface SegmentHeader {
  /** Chosen when the log was created; a segment of another log has another one. */
  readonly logId: number;
  /** Position of the segment's first byte. */
  readonly first: number;
  /** Position of the last record that ended before this segment. */
  readonly previousEnd: number;
  /** Position of the record that began earlier and continues into this segment; 0 for none. */
  readonly continuedEnd: number;
  /** Bytes of the log this segment holds, its header included; the next one starts there. */
  readonly capacity: number;
}

export function segmentName(first: number): string {
  return String(first).padStart(NAME_DIGITS, "0") + SUFFIX;
}

/** The first position a segment's name gives, or -1 if it is not the name of a segment. */
export function parseSegmentName(name: string): number {
  if (!/^\d{16}\.log$/.test(name)) return -1;
  const first = Number(name.slice(0, NAME_DIGITS));
  return Number.isSafeInteger(first) ? first : -1;
}

export function writeSegmentHeader(into: Uint8Array, offset: number, header: SegmentHeader): void {
  const bytes = into.subarray(offset, offset + SEGMENT_HEADER_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  bytes.fill(0);
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, LOG_FORMAT_VERSION, true);
  setPosition(view, 8, header.logId);
  setPosition(view, 16, header.first);
  setPosition(view, 24, header.previousEnd);
  setPosition(view, 32, header.continuedEnd);
  setPosition(view, 40, header.capacity);
  view.setUint32(60, crc32(bytes, 0, 60), true);
}

/** Verifies the header of the segment file `path`, whose name says it starts at `first`. */
export function readSegmentHeader(bytes: Uint8Array, path: string, first: number): SegmentHeader {
  if (bytes.byteLength < SEGMENT_HEADER_BYTES) throw damaged(path, 0, "the header is cut short");
  const view = new DataView(bytes.buffer, bytes.byteOffset, SEGMENT_HEADER_BYTES);
  if (view.getUint32(0, true) !== MAGIC) throw damaged(path, 0, "this is not a log segment");
  if (view.getUint32(60, true) !== crc32(bytes, 0, 60)) {
    throw damaged(path, 0, "the header's checksum is wrong");
  }
  const version = view.getUint16(4, true);
  if (version > LOG_FORMAT_VERSION) {
    throw new AegisError(
      "UNSUPPORTED_FORMAT",
      `${path} has log format ${version}, this version reads up to ${LOG_FORMAT_VERSION}`,
      { hint: "open the database with the version that wrote it, or a newer one" },
    );
  }
  const header: SegmentHeader = {
    logId: getPosition(view, 8),
    first: getPosition(view, 16),
    previousEnd: getPosition(view, 24),
    continuedEnd: getPosition(view, 32),
    capacity: getPosition(view, 40),
  };
  if (header.first !== first) {
    throw damaged(path, 0, `the header says the segment starts at ${header.first}`);
  }
  assert(isCapacity(header.capacity), `capacity of ${path}`);
  return header;
}

/** Whether a segment can have this size: aligned, and with room for more than a header. */
export function isCapacity(bytes: number): boolean {
  return (
    Number.isSafeInteger(bytes) &&
    bytes % FRAME_ALIGNMENT === 0 &&
    bytes >= SEGMENT_HEADER_BYTES + MIN_FRAME_BYTES
  );
}

/** Bytes a frame with this payload takes, padding included. */
export function frameBytes(length: number): number {
  return FRAME_HEADER_BYTES + padded(length);
}

export function padded(length: number): number {
  return (length + (FRAME_ALIGNMENT - 1)) & ~(FRAME_ALIGNMENT - 1);
}

/** What a frame at `position` says of the log's durable part; -1 if it says nothing. */
export function claimedDurable(position: number, lag: number): number {
  return lag === NO_CLAIM ? -1 : position - lag;
}

/** How far behind `position` the durable part of the log ends, as a frame there records it. */
export function lagAt(position: number, durable: number): number {
  const lag = position - durable;
  return lag < NO_CLAIM ? lag : NO_CLAIM;
}

/** Seed of every frame hash of one log. */
export function logSeed(logId: number): number {
  return Math.imul(logId >>> 0, 0x9e3779b1) ^ Math.floor(logId / TWO_32);
}

/**
 * A hash of a place in a log. For one log and positions in one 4 GB window it is a bijection, so
 * two such places never share a value; further apart they do by chance, one time in 2^32.
 */
export function placeHash(seed: number, position: number): number {
  let h = Math.imul((position >>> 0) ^ seed, 0x85ebca6b);
  h ^= h >>> 15;
  h = Math.imul(h ^ Math.floor(position / TWO_32), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * Three bytes over a frame's header and place. The crc32 proves the frame; this one only lets a
 * scan through damaged bytes reject nearly every place without reading a payload.
 */
export function headerCheck(place: number, length: number, lag: number, type: number): number {
  let h = Math.imul(place ^ length, 0x9e3779b1) ^ lag;
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b) ^ type;
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) & 0xff_ffff;
}

/** The error for bytes of the log that are not what was written. */
export function damaged(path: string, offset: number, what: string): AegisError {
  return new AegisError("CORRUPTION", `${path} is damaged at offset ${offset}: ${what}`, {
    hint: "restore this file from a backup or a replica; nothing was changed",
  });
}

function setPosition(view: DataView, offset: number, value: number): void {
  assert(Number.isSafeInteger(value) && value >= 0, `log position ${value}`);
  view.setUint32(offset, value >>> 0, true);
  view.setUint32(offset + 4, Math.floor(value / TWO_32), true);
}

function getPosition(view: DataView, offset: number): number {
  return view.getUint32(offset + 4, true) * TWO_32 + view.getUint32(offset, true);
}
