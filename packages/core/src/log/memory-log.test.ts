import { describe, expect, it } from "vitest";
import {
  MAX_RECORD_BYTES,
  appendTo,
  codeOf,
  expectRecords,
  readAll,
  recordOf,
} from "../testing/log-fixture.js";
import { describeLogContract } from "../testing/log-suite.js";
import { MemoryLog } from "./memory-log.js";

describeLogContract("MemoryLog", () => ({
  open: () => new MemoryLog({ maxRecordBytes: MAX_RECORD_BYTES }),
  kept: false,
  dispose: () => undefined,
}));

describe("MemoryLog", () => {
  it("forgets what it is told to", async () => {
    const log = new MemoryLog();
    const all = Array.from({ length: 10 }, (_, i) => appendTo(log, recordOf(i, 100_000)));
    await log.truncateBefore(all[5]!.position);
    expect(await codeOf(() => readAll(log))).toBe("NOT_FOUND");
    expect(await codeOf(() => readAll(log, all[0]!.position))).toBe("NOT_FOUND");
    expectRecords(readAll(log, all[5]!.position), all.slice(6));
  });

  it("settles every record with one promise", () => {
    const log = new MemoryLog();
    expect(appendTo(log, recordOf(1, 1)).settled).toBe(appendTo(log, recordOf(2, 1)).settled);
  });
});
