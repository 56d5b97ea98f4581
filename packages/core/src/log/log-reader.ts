import { AegisError } from "../errors.js";
import type { LogRecord } from "./contract.js";
import { FrameWindow, type LogBytes } from "./frame-window.js";
import type { FileBytes } from "./log-bytes.js";
import { CLOSED, DAMAGE, RECORD } from "./record-walker.js";
import { startAfter } from "./recovery.js";
import type { SegmentTable } from "./segment-table.js";

/** The records after `from` up to `end`, which the log must hold. Closes `files` when it is done. */
export function* readRecords(
  bytes: LogBytes,
  files: FileBytes,
  table: SegmentTable,
  from: number,
  end: number,
): Generator<LogRecord, void, undefined> {
  if (from >= end) return;
  if (from < table.availableFrom) throw truncated(from, table);
  try {
    const window = new FrameWindow(bytes, table.oldest.logId, end - from);
    const walker = startAfter(window, table, from);
    while (walker.recordPosition < end) {
      const state = walker.step();
      if (state === RECORD) {
        if (walker.recordPosition <= from) continue;
        yield { position: walker.recordPosition, payload: walker.payload };
      } else if (state !== CLOSED) {
        if (walker.position < table.oldest.first) throw truncated(walker.recordPosition, table);
        const what = state === DAMAGE ? "a frame's checksum is wrong" : "a frame is missing";
        throw table.damage(walker.position, what);
      }
    }
  } finally {
    files.close();
  }
}

function truncated(from: number, table: SegmentTable): AegisError {
  return new AegisError(
    "NOT_FOUND",
    `the log has no records after ${from} any more, only after ${table.availableFrom}`,
    { hint: "start again from a snapshot of the database" },
  );
}
