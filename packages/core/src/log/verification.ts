import type { Vfs } from "../vfs/contract.js";
import { MIN_FRAME_BYTES, SEGMENT_HEADER_BYTES, type SegmentHeader } from "./format.js";
import { FrameWindow, VALID } from "./frame-window.js";
import { FileBytes } from "./log-bytes.js";
import { checkSize, readHeader } from "./recovery.js";
import { endOf, type SegmentTable } from "./segment-table.js";

/**
 * Reads a segment frame by frame, whether or not its records are still needed, and the zeros behind
 * them. Throws CORRUPTION. Precondition: everything before `tail`, the end of the log, is in the
 * files.
 */
export function verifySegment(
  vfs: Vfs,
  table: SegmentTable,
  segment: SegmentHeader,
  tail: number,
): void {
  const path = table.path(segment);
  const { first, capacity } = readHeader(vfs, path, segment.first);
  if (capacity !== segment.capacity) throw table.damage(first, "the header has changed");
  checkSize(path, segment, vfs.size(path), segment === table.newest);
  const files = new FileBytes(vfs, table);
  try {
    const window = new FrameWindow(files, segment.logId, capacity);
    const limit = endOf(segment);
    const end = Math.min(tail, limit);
    let position = first + SEGMENT_HEADER_BYTES;
    while (position < end && limit - position >= MIN_FRAME_BYTES) {
      if (window.frame(position, limit) !== VALID) {
        throw table.damage(position, "a frame's checksum is wrong");
      }
      position = window.next;
    }
    const stray = window.nextNonZero(position, limit);
    if (stray !== -1) throw table.damage(stray, "there are bytes behind the last frame");
  } finally {
    files.close();
  }
}
