import { describe, expect, it } from "vitest";
import { systemClock, type Clock } from "../base/clock.js";
import {
  appendTo,
  codeOf,
  expectRecords,
  readAll,
  recordOf,
  type Appended,
} from "../testing/log-fixture.js";
import { ErrorFs } from "../vfs/error-fs.js";
import type { Fault, Operation } from "../vfs/faults.js";
import { MemFs } from "../vfs/mem-fs.js";
import type { FileLogOptions } from "./file-log-options.js";
import { FileLog } from "./file-log.js";

const DIRECTORY = "log";
const quick: Clock = { now: () => systemClock.now(), monotonicMs: () => 0 };
const slow = (): Clock => {
  let ms = 0;
  return { now: () => systemClock.now(), monotonicMs: () => ms++ };
};
/** Some fit a segment of 1000 bytes, some go on in the next one, some need many. */
const LENGTHS = [10, 300, 300, 2500, 40, 900, 150, 6000, 8, 700, 300];

type Variant = Partial<FileLogOptions>;
const VARIANTS: readonly [string, () => Variant][] = [
  ["inline", () => ({ clock: quick, syncMethod: "write-through", segmentBytes: 1000 })],
  ["off the thread", () => ({ clock: slow(), syncMethod: "fdatasync", segmentBytes: 1000 })],
  ["inside append", () => ({ clock: quick, maxUnsyncedBytes: 1, segmentBytes: 4096 })],
  ["at level none", () => ({ clock: quick, sync: "none", segmentBytes: 1000 })],
];

function open(vfs: ErrorFs | MemFs, variant: Variant): FileLog {
  return FileLog.open({ vfs, directory: DIRECTORY, clock: quick, ...variant });
}

/** A disk on which every operation that takes room fails while `full()` says so. */
function fillingDisk(full: (growth: number) => boolean): { memory: MemFs; fs: ErrorFs } {
  const memory = new MemFs();
  let growths = 0;
  const before = ({ kind, path, offset, length }: Operation): Fault | undefined => {
    const grows =
      kind === "create" ||
      ((kind === "write" || kind === "writeAsync") && offset! + length! > memory.size(path));
    if (!grows || !full(growths++)) return undefined;
    if (kind === "create") return { kind: "fail", code: "ENOSPC" };
    const bytes = growths % 2 === 0 ? 0 : Math.floor(length! / 2);
    return { kind: "short", bytes, code: "ENOSPC" };
  };
  return { memory, fs: new ErrorFs(memory, { before }) };
}

function bytesOn(memory: MemFs): number {
  return memory.list(DIRECTORY).reduce((sum, name) => sum + memory.size(`${DIRECTORY}/${name}`), 0);
}

/** Appends until it is done; returns what has a place, and how many records were refused. */
async function work(
  log: FileLog,
  memory: MemFs,
): Promise<{ kept: Appended[]; refused: number; promises: Promise<void>[] }> {
  const kept: Appended[] = [];
  const promises: Promise<void>[] = [];
  let refused = 0;
  for (const [i, length] of LENGTHS.entries()) {
    const { end } = log;
    const bytes = bytesOn(memory);
    try {
      const appended = appendTo(log, recordOf(i, length));
      kept.push(appended);
      promises.push(appended.settled);
      if (i % 3 === 0) await appended.settled;
    } catch (error) {
      expect(error).toMatchObject({ code: "DISK_FULL" });
      refused++;
      // Nothing is ordered, nothing is left of the attempt, and what was ordered can be read.
      expect(log.end).toBe(end);
      expect(bytesOn(memory)).toBe(bytes);
      expectRecords(readAll(log), kept);
    }
  }
  return { kept, refused, promises };
}

describe.each(VARIANTS)("a full disk, with records written %s", (_, variant) => {
  it.each([true, false])(
    "refuses a record before it has a place, wherever it strikes (lasting: %s)",
    async (lasting) => {
      let refusals = 0;
      for (let nth = 1; ; nth++) {
        // The first file is made by open.
        const { memory, fs } = fillingDisk((n) => n > 1 && (lasting ? n > nth : n === nth + 1));
        const log = open(fs, variant());
        const { kept, refused, promises } = await work(log, memory);
        refusals += refused;
        // Whoever got a place is told that it is safe, full disk or not.
        await Promise.all(promises);
        await log.sync();
        expect(log.durableEnd).toBe(log.end);
        fs.heal();
        await log.close();
        const again = open(memory, variant());
        expectRecords(readAll(again), kept);
        await again.close();
        expect(memory.openFiles).toBe(0);
        if (refused === 0) break;
      }
      expect(refusals).toBeGreaterThan(3);
    },
  );

  it("takes records again once there is room", async () => {
    let full = false;
    const { memory, fs } = fillingDisk(() => full);
    const log = open(fs, variant());
    const kept = [appendTo(log, recordOf(0, 100))];
    for (let round = 1; round < 4; round++) {
      full = true;
      let code = "";
      for (let i = 0; code === ""; i++) {
        code = await codeOf(() => {
          const appended = appendTo(log, recordOf(round * 100 + i, 400));
          kept.push(appended);
          return appended.settled;
        });
      }
      expect(code).toBe("DISK_FULL");
      full = false;
      const appended = appendTo(log, recordOf(round * 1000, 5000));
      kept.push(appended);
      await appended.settled;
    }
    expectRecords(readAll(log), kept);
    await log.close();
    const again = open(memory, variant());
    expect(again.recovery.cleanClose).toBe(true);
    expectRecords(readAll(again), kept);
    await again.close();
  });
});

describe("a log on a full disk", () => {
  it("closes without its last frame if there is no room for one", async () => {
    let full = false;
    const { memory, fs } = fillingDisk(() => full);
    const log = open(fs, { segmentBytes: 1000 });
    // The header, a frame of 912 bytes, 24 bytes left: less than a frame.
    const only = appendTo(log, recordOf(1, 1000 - 64 - 24 - 16));
    full = true;
    await log.close();
    await only.settled;
    expect(memory.list(DIRECTORY)).toHaveLength(1);
    const again = open(memory, { segmentBytes: 1000 });
    expect(again.recovery).toEqual({
      cleanClose: false,
      tornBytes: 0,
      missingBytes: 0,
      records: 1,
    });
    expectRecords(readAll(again), [only]);
    await again.close();
  });

  it("is dead if a write that needs no room is refused: it may be there in part", async () => {
    const fs = new ErrorFs(new MemFs());
    const log = open(fs, { syncMethod: "write-through" });
    await appendTo(log, recordOf(0, 10)).settled;
    fs.inject({ kind: "write", fault: { kind: "fail", code: "ENOSPC" } });
    await expect(appendTo(log, recordOf(1, 10)).settled).rejects.toMatchObject({
      code: "DURABILITY_LOST",
      cause: { code: "DISK_FULL" },
    });
    await expect(log.close()).rejects.toMatchObject({ code: "DURABILITY_LOST" });
  });

  it("does not make a file of what is only reserved", async () => {
    let left = 3;
    const { memory, fs } = fillingDisk(() => left-- <= 0);
    const log = open(fs, { segmentBytes: 1000 });
    expect(() => appendTo(log, recordOf(0, 9000))).toThrow(
      expect.objectContaining({ code: "DISK_FULL" }) as Error,
    );
    expect(memory.list(DIRECTORY)).toHaveLength(1);
    fs.heal();
    left = Infinity;
    await appendTo(log, recordOf(0, 9000)).settled;
    expect(memory.list(DIRECTORY).every((name) => name.endsWith(".log"))).toBe(true);
    await log.close();
  });
});
