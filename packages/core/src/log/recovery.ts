import type { Vfs } from "../vfs/contract.js";
import type { LogRecovery } from "./contract.js";
import {
  FRAME_ALIGNMENT,
  SEGMENT_HEADER_BYTES,
  UNFINISHED_SUFFIX,
  damaged,
  parseSegmentName,
  readSegmentHeader,
  segmentName,
  writeSegmentHeader,
  type SegmentHeader,
} from "./format.js";
import { FrameWindow, VALID } from "./frame-window.js";
import { FileBytes } from "./log-bytes.js";
import { CLOSED, DAMAGE, RECORD, RecordWalker } from "./record-walker.js";
import { ReservedSegment } from "./reserved-segment.js";
import { SegmentFile } from "./segment-file.js";
import { SegmentTable, endOf } from "./segment-table.js";
import { bytesMissing } from "./zeros.js";

/** A log that is ready for its next record: durable up to `tail`, with zeros after it. */
export interface RecoveredLog {
  readonly table: SegmentTable;
  /** The newest segment. */
  readonly file: SegmentFile;
  readonly tail: number;
  readonly end: number;
  /** `tail` if the last frame is a close frame, else -1. */
  readonly closedTail: number;
  readonly recovery: LogRecovery;
}

/**
 * Opens the log in `directory`, which holds all records after `replayFrom` (unless given, from the
 * oldest segment on), and verifies those. What a crash left behind the last whole record is cut.
 */
export function recoverLog(
  vfs: Vfs,
  directory: string,
  replayFrom: number | undefined,
): RecoveredLog {
  // A process that ended between a rename or a removal and its sync left them to us.
  vfs.syncDirectory(directory);
  const table = readTable(vfs, directory);
  const from = replayFrom ?? table.availableFrom;
  if (from < table.availableFrom) {
    throw table.damage(
      table.oldest.first,
      `the log must be replayed from ${from}, but its oldest segment begins here`,
    );
  }
  const files = new FileBytes(vfs, table);
  try {
    const window = new FrameWindow(files, table.oldest.logId, endOf(table.newest) - from);
    const walk = walkFrom(window, table, from);
    const { tail, recordPosition: end } = walk.walker;
    const tornEnd = examineTail(window, table, walk.walker);
    files.close();
    const { newest } = table;
    const missingBytes = bytesMissing(vfs.size(table.path(newest)), newest.capacity);
    const file = cutTail(vfs, table, tail, tornEnd, walk.durable);
    const tornBytes = tornEnd - tail;
    const closed = walk.closedAt === tail;
    const recovery = {
      cleanClose: closed && tornBytes === 0,
      tornBytes,
      missingBytes,
      records: walk.records,
    };
    return { table, file, tail, end, closedTail: closed ? tail : -1, recovery };
  } finally {
    files.close();
  }
}

/** Makes an empty log in `directory`. */
export function createLog(
  vfs: Vfs,
  directory: string,
  logId: number,
  capacity: number,
): RecoveredLog {
  const header: SegmentHeader = { logId, first: 0, previousEnd: 0, continuedEnd: 0, capacity };
  const table = new SegmentTable(directory, [header]);
  const head = new Uint8Array(SEGMENT_HEADER_BYTES);
  writeSegmentHeader(head, 0, header);
  const segment = ReservedSegment.create(vfs, table.path(header), 0, capacity);
  let file: SegmentFile;
  try {
    segment.grow(head.length);
    file = segment.begin(header, head);
  } catch (error) {
    segment.discard();
    throw error;
  }
  const recovery: LogRecovery = { cleanClose: true, tornBytes: 0, missingBytes: 0, records: 0 };
  return { table, file, tail: SEGMENT_HEADER_BYTES, end: 0, closedTail: -1, recovery };
}

/** First positions of the segments in `directory`, after removing what was never finished. */
export function listSegments(vfs: Vfs, directory: string): number[] {
  const firsts: number[] = [];
  for (const name of vfs.list(directory)) {
    if (name.endsWith(UNFINISHED_SUFFIX)) vfs.remove(`${directory}/${name}`);
    const first = parseSegmentName(name);
    if (first !== -1) firsts.push(first);
  }
  return firsts.sort((a, b) => a - b);
}

function readTable(vfs: Vfs, directory: string): SegmentTable {
  const headers: SegmentHeader[] = [];
  const firsts = listSegments(vfs, directory);
  for (const first of firsts) {
    const path = `${directory}/${segmentName(first)}`;
    const header = readHeader(vfs, path, first);
    checkSize(path, header, vfs.size(path), first === firsts.at(-1));
    const before = headers.at(-1);
    if (before !== undefined && first !== endOf(before)) {
      const missing = `${directory}/${segmentName(endOf(before))}`;
      throw damaged(missing, 0, `the segment is missing, the next one found is ${path}`);
    }
    if (before !== undefined && header.logId !== before.logId) {
      throw damaged(path, 0, "the segment belongs to another log");
    }
    headers.push(header);
  }
  return new SegmentTable(directory, headers);
}

export function readHeader(vfs: Vfs, path: string, first: number): SegmentHeader {
  const file = vfs.openRead(path);
  try {
    const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
    return readSegmentHeader(bytes.subarray(0, file.read(bytes, 0)), path, first);
  } finally {
    file.close();
  }
}

/** A segment was durable to its last byte before the next one was made. */
export function checkSize(
  path: string,
  header: SegmentHeader,
  size: number,
  newest: boolean,
): void {
  if (size > header.capacity) {
    throw damaged(path, header.capacity, `the segment goes on to byte ${size}`);
  }
  if (!newest && size < header.capacity) {
    throw damaged(path, size, `the segment ends before byte ${header.capacity}`);
  }
}

interface Walk {
  readonly walker: RecordWalker;
  readonly records: number;
  /** Where the last close frame ends; -1 if there is none. */
  readonly closedAt: number;
  /** Everything before this was durable when the last frame was written. */
  readonly durable: number;
}

/** Walks every record after `from`, to where the log stops. */
function walkFrom(window: FrameWindow, table: SegmentTable, from: number): Walk {
  const walker = startAfter(window, table, from);
  let records = 0;
  let closedAt = -1;
  // What was checkpointed was durable before; what comes after, as far as a later frame says so.
  let durable = from;
  let reached = walker.recordPosition;
  let state = walker.step();
  while (state === RECORD || state === CLOSED) {
    durable = Math.max(durable, window.durable);
    if (state === CLOSED) closedAt = walker.tail;
    else if (walker.recordPosition > from) records++;
    else reached = walker.recordPosition;
    state = walker.step();
  }
  if (reached !== from) {
    throw table.damage(
      Math.min(from, walker.position),
      `position ${from} was checkpointed, but no record of the log ends there`,
    );
  }
  const segment = table.at(walker.position);
  const stoppedInside = segment !== undefined && segment !== table.newest;
  if (stoppedInside) {
    const what = state === DAMAGE ? "a frame's checksum is wrong" : "a frame is missing";
    throw table.damage(walker.position, what);
  }
  return { walker, records, closedAt, durable };
}

/**
 * A walker for the records after `from`. It starts right there if a frame does; else at the last
 * place where a record is known to begin, and then the first records may be ones up to `from`.
 */
export function startAfter(window: FrameWindow, table: SegmentTable, from: number): RecordWalker {
  const segment = table.at(from);
  if (segment !== undefined && from >= segment.first + SEGMENT_HEADER_BYTES) {
    if (window.frame(from, endOf(segment)) === VALID) {
      return new RecordWalker(window, table, from, from);
    }
  }
  const { start, previous } = table.safeStart(from);
  return new RecordWalker(window, table, start, previous);
}

/**
 * Judges what lies behind the place where the walk stopped, in the newest segment. Returns the
 * position up to which there are bytes to cut; `tail` if there are none.
 *
 * A frame says how far the log was durable when it was written. One that is behind the bad place
 * and says that the log was durable past it proves damage: the bytes there had been complete.
 */
function examineTail(window: FrameWindow, table: SegmentTable, walker: RecordWalker): number {
  const limit = endOf(table.newest);
  const bad = walker.position;
  // Frames of a record that has no last frame are whole, but they are cut with the rest.
  let tornEnd = Math.max(walker.tail, bad);
  let position = window.nextNonZero(bad, limit);
  while (position !== -1) {
    if (window.frame(position, limit) === VALID) {
      if (window.durable > bad) {
        throw table.damage(bad, `a frame at position ${position} proves that it was durable`);
      }
      tornEnd = window.next;
    } else {
      tornEnd = Math.min(position + FRAME_ALIGNMENT, limit);
    }
    position = window.nextNonZero(tornEnd, limit);
  }
  return tornEnd;
}

/**
 * Removes everything from `tail` on, and makes what is before it durable: from `durable` on it may
 * have been read from the operating system's memory only. Segments go newest first, each removal
 * durable before the next, so that a crash in between leaves the same torn tail to the next
 * recovery.
 */
function cutTail(
  vfs: Vfs,
  table: SegmentTable,
  tail: number,
  tornEnd: number,
  durable: number,
): SegmentFile {
  while (table.newest.first > tail) {
    vfs.remove(table.path(table.newest));
    vfs.syncDirectory(table.directory);
    table.removeNewest();
  }
  const header = table.newest;
  const file = SegmentFile.open(vfs, table.path(header), header);
  const from = tail - header.first;
  const to = Math.min(tornEnd - header.first, header.capacity);
  try {
    file.rewrite(Math.min(Math.max(durable - header.first, 0), from), from);
    if (to > from) file.zero(from, to);
    file.sync();
  } catch (error) {
    file.release();
    throw error;
  }
  return file;
}
