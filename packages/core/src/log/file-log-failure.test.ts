import { describe, expect, it } from "vitest";
import { systemClock, type Clock } from "../base/clock.js";
import type { AegisError } from "../errors.js";
import { appendTo, codeOf, expectRecords, readAll, recordOf } from "../testing/log-fixture.js";
import { ErrorFs } from "../vfs/error-fs.js";
import type { OperationKind } from "../vfs/faults.js";
import { ManualScheduler } from "../vfs/io-scheduler.js";
import { MemFs } from "../vfs/mem-fs.js";
import type { FileLogOptions } from "./file-log-options.js";
import { FileLog } from "./file-log.js";
import { segmentName } from "./format.js";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const quick: Clock = { now: () => systemClock.now(), monotonicMs: () => 0 };

interface FailingLog {
  readonly fs: ErrorFs;
  readonly log: FileLog;
  readonly failures: AegisError[];
}

function failing(options: Partial<FileLogOptions> = {}, memory: MemFs = new MemFs()): FailingLog {
  const fs = new ErrorFs(memory);
  const failures: AegisError[] = [];
  const log = FileLog.open({
    vfs: fs,
    directory: "log",
    clock: quick,
    onFailure: (failure) => failures.push(failure),
    ...options,
  });
  return { fs, log, failures };
}

/** The ways a group gets to the disk, and the operation of each that can fail. */
const PATHS: readonly [string, Partial<FileLogOptions>, number, OperationKind][] = [
  ["an inline write", { syncMethod: "write-through" }, 10, "write"],
  ["an inline sync", { syncMethod: "fdatasync" }, 10, "sync"],
  ["an asynchronous write", { syncMethod: "write-through" }, 20_000, "writeAsync"],
  ["an asynchronous sync", { syncMethod: "fdatasync" }, 20_000, "syncAsync"],
  ["a new segment", { segmentBytes: 4096 }, 20_000, "create"],
  ["a new segment's directory sync", { segmentBytes: 4096 }, 20_000, "syncDirectory"],
  ["a write inside append", { maxUnsyncedBytes: 1 }, 10, "write"],
];

describe.each(PATHS)("when %s fails", (_, options, length, kind) => {
  it("rejects what waits and all that comes, and tries nothing again", async () => {
    const { fs, log, failures } = failing(options);
    const before = appendTo(log, recordOf(0, 10));
    await before.settled;
    fs.inject({ kind, fault: { kind: "fail" } });
    const waiting = [appendTo(log, recordOf(1, length)), appendTo(log, recordOf(2, 10))];
    for (const { settled } of waiting) expect(await codeOf(() => settled)).toBe("DURABILITY_LOST");
    const [failure] = failures;
    expect(failures).toHaveLength(1);
    expect(failure).toMatchObject({ code: "DURABILITY_LOST", cause: { code: "IO_ERROR" } });
    expect(log.durableEnd).toBe(before.position);

    const operations = fs.count();
    const closes = fs.count("close");
    let ordered = 0;
    const later = log.append(recordOf(3, 10), log.end, () => ordered++);
    expect(await codeOf(() => later)).toBe("DURABILITY_LOST");
    expect(ordered).toBe(0);
    expect(await codeOf(() => log.sync())).toBe("DURABILITY_LOST");
    expect(await codeOf(() => log.truncateBefore(0))).toBe("DURABILITY_LOST");
    expect(await codeOf(() => readAll(log))).toBe("DURABILITY_LOST");
    expect(fs.count()).toBe(operations);
    expect(await codeOf(() => log.close())).toBe("DURABILITY_LOST");
    expect(fs.count() - operations).toBe(fs.count("close") - closes);
  });
});

describe("after a failure", () => {
  it("rejects a group that was collecting while another was written", async () => {
    const scheduler = new ManualScheduler();
    const { fs, log } = failing({ syncMethod: "write-through" }, new MemFs({ scheduler }));
    fs.inject({ kind: "writeAsync", fault: { kind: "late" } });
    const written = appendTo(log, recordOf(1, 20_000));
    await turn();
    const collecting = appendTo(log, recordOf(2, 10));
    while (scheduler.step()) await turn();
    const codes = await Promise.all([written, collecting].map((r) => codeOf(() => r.settled)));
    expect(codes).toEqual(["DURABILITY_LOST", "DURABILITY_LOST"]);
  });

  it("stops a group that is on its way over several segments", async () => {
    const scheduler = new ManualScheduler();
    const options = { segmentBytes: 8192, maxUnsyncedBytes: 30_000 };
    const { fs, log } = failing(options, new MemFs({ scheduler }));
    const onItsWay = appendTo(log, recordOf(1, 25_000));
    await turn();
    fs.inject({ kind: "write", fault: { kind: "fail" } });
    const inline = appendTo(log, recordOf(2, 10_000));
    const operations = fs.count();
    while (scheduler.step()) await turn();
    expect(fs.count()).toBe(operations);
    for (const { settled } of [onItsWay, inline]) {
      expect(await codeOf(() => settled)).toBe("DURABILITY_LOST");
    }
  });

  it("does not bring the process down when nobody waits", async () => {
    const { fs, log, failures } = failing({ sync: "none" });
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): void => void unhandled.push(reason);
    process.on("unhandledRejection", listener);
    fs.inject({ kind: "write", fault: { kind: "fail" } });
    await appendTo(log, recordOf(1, 10)).settled;
    await turn();
    expect(failures).toHaveLength(1);
    void log.append(recordOf(2, 10), log.end, () => undefined);
    void log.sync();
    for (let i = 0; i < 3; i++) await turn();
    process.off("unhandledRejection", listener);
    expect(unhandled).toEqual([]);
    await expect(log.close()).rejects.toMatchObject({ code: "DURABILITY_LOST" });
  });

  it("does not trust what the system shows but has not on the disk", async () => {
    // After a failed sync the system takes the bytes for written: it shows them, and no later sync
    // brings them to the disk. The next process finds a record that a power cut would take.
    const memory = new MemFs();
    const { fs, log } = failing({ syncMethod: "fdatasync" }, memory);
    const first = appendTo(log, recordOf(1, 100));
    await first.settled;
    fs.inject({ kind: "sync", fault: { kind: "fail" } });
    const shown = appendTo(log, recordOf(2, 100));
    expect(await codeOf(() => shown.settled)).toBe("DURABILITY_LOST");
    memory.loseUnsynced(`log/${segmentName(0)}`);
    const options = { vfs: memory, directory: "log", clock: quick };
    const next = FileLog.open({ ...options, syncMethod: "write-through" });
    const last = appendTo(next, recordOf(3, 100));
    await last.settled;
    const found = readAll(next);
    expectRecords(found, [first, shown, last]);
    const crashed = memory.crashClone({ int: () => 0 }, { style: "lost" });
    expectRecords(readAll(FileLog.open({ ...options, vfs: crashed })), found);
  });

  it("can be opened again, with everything acknowledged", async () => {
    const memory = new MemFs();
    const fs = new ErrorFs(memory);
    const log = FileLog.open({ vfs: fs, directory: "log", clock: quick });
    const kept = appendTo(log, recordOf(1, 10));
    await kept.settled;
    fs.inject({ kind: "write", fault: { kind: "short", bytes: 5 } });
    await expect(appendTo(log, recordOf(2, 100)).settled).rejects.toThrow("writing the log failed");
    await log.close().catch(() => undefined);
    const again = FileLog.open({ vfs: memory, directory: "log", clock: quick });
    expect(readAll(again).map(({ position }) => position)).toEqual([kept.position]);
    expect(again.recovery.tornBytes).toBeGreaterThan(0);
    await again.close();
    expect(memory.openFiles).toBe(0);
  });
});

describe("when the removal of a segment is said to have failed", () => {
  it.each(["late", "fail"] as const)("the log is whole without it (%s)", async (kind) => {
    const memory = new MemFs();
    const { fs, log } = failing({ segmentBytes: 1000 }, memory);
    const all = [1, 2, 3, 4].map((i) => appendTo(log, recordOf(i, 884)));
    await log.sync();
    fs.inject({ kind: "remove", fault: { kind } });
    expect(await codeOf(() => log.truncateBefore(all[2]!.position))).toBe("IO_ERROR");
    const damages: AegisError[] = [];
    await log.verify((damage) => damages.push(damage));
    expect(damages).toEqual([]);
    expectRecords(readAll(log, all[1]!.position), all.slice(2));
    await log.close();
    const again = failing({ segmentBytes: 1000, replayFrom: all[2]!.position }, memory).log;
    expectRecords(readAll(again, all[2]!.position), all.slice(3));
    await again.close();
  });
});
