import { describe, expect, it, vi } from "vitest";
import { systemClock, type Clock } from "../base/clock.js";
import { appendTo, codeOf, expectRecords, readAll, recordOf } from "../testing/log-fixture.js";
import { ErrorFs } from "../vfs/error-fs.js";
import { ManualScheduler } from "../vfs/io-scheduler.js";
import { MemFs } from "../vfs/mem-fs.js";
import type { FileLogOptions } from "./file-log-options.js";
import { FileLog } from "./file-log.js";
import { segmentName } from "./format.js";

const quick: Clock = { now: () => systemClock.now(), monotonicMs: () => 0 };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function slow(): Clock {
  let ms = 0;
  return { now: () => systemClock.now(), monotonicMs: () => ms++ };
}

interface TestLog {
  readonly fs: ErrorFs;
  readonly memory: MemFs;
  readonly log: FileLog;
}

function openLog(options: Partial<FileLogOptions> = {}, memory: MemFs = new MemFs()): TestLog {
  const fs = new ErrorFs(memory, { trace: true });
  const fixed = { vfs: fs, directory: "log", clock: quick, logId: 7 };
  return { fs, memory, log: FileLog.open({ ...fixed, ...options }) };
}

/** Writes and syncs, of either kind. */
function diskWork({ fs }: TestLog): number {
  return (["write", "writeAsync", "sync", "syncAsync"] as const).reduce(
    (n, k) => n + fs.count(k),
    0,
  );
}

describe("group commit", () => {
  it("gives records that were appended together one promise and one write", async () => {
    const test = openLog({ syncMethod: "write-through" });
    const before = diskWork(test);
    const all = Array.from({ length: 50 }, (_, i) => appendTo(test.log, recordOf(i, 20)));
    expect(new Set(all.map(({ settled }) => settled)).size).toBe(1);
    await all[0]!.settled;
    expect(diskWork(test) - before).toBe(1);
    expect(test.log.durableEnd).toBe(all.at(-1)!.position);
    await test.log.close();
  });

  it("groups what different callbacks of one turn append", async () => {
    const test = openLog({ syncMethod: "write-through" });
    const before = diskWork(test);
    const callbacks = Array.from({ length: 5 }, async (_, i) => {
      await new Promise<void>((resolve) => process.nextTick(resolve));
      await appendTo(test.log, recordOf(i, 20)).settled;
    });
    await Promise.all(callbacks);
    expect(diskWork(test) - before).toBe(1);
    await test.log.close();
  });

  it("writes few bytes inline while the disk is quick, and off the thread when it is slow", async () => {
    const inline = openLog({ syncMethod: "write-through" });
    const before = inline.fs.count("writeAsync");
    for (let i = 0; i < 20; i++) await appendTo(inline.log, recordOf(i, 20)).settled;
    expect(inline.fs.count("writeAsync")).toBe(before);
    await appendTo(inline.log, recordOf(99, 20_000)).settled;
    expect(inline.fs.count("writeAsync")).toBe(before + 1);

    const away = openLog({ syncMethod: "write-through", clock: slow() });
    for (let i = 0; i < 20; i++) await appendTo(away.log, recordOf(i, 20)).settled;
    expect(away.fs.count("writeAsync")).toBe(19);
    await Promise.all([inline.log.close(), away.log.close()]);
  });

  it("collects one group while another one is written", async () => {
    const scheduler = new ManualScheduler();
    const { log, fs } = openLog({ syncMethod: "write-through" }, new MemFs({ scheduler }));
    const first = appendTo(log, recordOf(1, 20_000));
    await turn();
    const second = appendTo(log, recordOf(2, 20_000));
    await turn();
    const third = appendTo(log, recordOf(3, 10));
    expect(fs.count("writeAsync")).toBe(1);
    expect(second.settled).toBe(third.settled);
    expectRecords(readAll(log), [first, second, third]);
    while (log.durableEnd < third.position) {
      scheduler.runAll();
      await turn();
    }
    expect(fs.count("writeAsync")).toBe(2);
    expectRecords(readAll(log), [first, second, third]);
    await log.close();
  });

  it("tries both ways to sync and keeps the quicker one", async () => {
    let ms = 0;
    const clock: Clock = { now: () => 0, monotonicMs: () => ms };
    const memory = new MemFs();
    const fs = new ErrorFs(memory, {
      before: ({ kind }) => {
        // One of our two ways has this, the other one has not.
        if (kind === "sync") ms += 0.01;
        if (kind === "write") ms += 0.1;
        return undefined;
      },
    });
    const log = FileLog.open({ vfs: fs, directory: "log", clock });
    for (let i = 0; i < 40; i++) await appendTo(log, recordOf(i, 10)).settled;
    const syncs = fs.count("sync");
    for (let i = 0; i < 10; i++) await appendTo(log, recordOf(i, 10)).settled;
    expect(fs.count("sync")).toBe(syncs);
    await log.close();
  });
});

describe("a loop of awaited writes", () => {
  /** Turns of the event loop during 20 of them, with a clock that goes on by `step` when it is read. */
  async function turnsOf20(step: number): Promise<number> {
    let ms = 0;
    const { log } = openLog({ clock: { now: () => 0, monotonicMs: () => (ms += step) } });
    let turns = 0;
    const count = (): void => {
      turns++;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    for (let i = 0; i < 20; i++) await appendTo(log, recordOf(i, 10)).settled;
    clearImmediate(next);
    await log.close();
    return turns;
  }

  it("lets timers and sockets have their turn after a millisecond", async () => {
    expect(await turnsOf20(0.4)).toBeGreaterThanOrEqual(19);
    expect(await turnsOf20(0.1)).toBeGreaterThanOrEqual(5);
  });

  it("goes on in the same turn until then", async () => {
    expect(await turnsOf20(0)).toBeLessThanOrEqual(2);
  });
});

describe("too many bytes that wait for the disk", () => {
  it("are written before append returns", async () => {
    const { log, memory } = openLog({ maxUnsyncedBytes: 10_000 });
    const all = [];
    for (let i = 0; i < 100; i++) {
      all.push(appendTo(log, recordOf(i, 1000)));
      expect(log.end - log.durableEnd).toBeLessThanOrEqual(10_000);
    }
    const crashed = openLog({}, memory.crashClone({ int: () => 0 }, { style: "lost" })).log;
    const safe = all.filter(({ position }) => position <= log.durableEnd);
    expect(safe.length).toBeGreaterThan(80);
    expectRecords(readAll(crashed), safe);
    await log.close();
  });

  it("are written with the group that is on its way, whose write may still come", async () => {
    const scheduler = new ManualScheduler();
    const memory = new MemFs({ scheduler });
    const { log, fs } = openLog({ maxUnsyncedBytes: 30_000, segmentBytes: 32_768 }, memory);
    const onItsWay = appendTo(log, recordOf(1, 20_000));
    await turn();
    expect(scheduler.pending).toBe(1);
    const inline = appendTo(log, recordOf(2, 30_000));
    expect(log.durableEnd).toBe(inline.position);
    await Promise.all([onItsWay.settled, inline.settled]);
    const crashed = memory.crashClone({ int: () => 0 }, { style: "lost" });
    expectRecords(readAll(openLog({}, crashed).log), [onItsWay, inline]);
    // The write on its way still needs its bytes and its file.
    const later = [3, 4, 5].map((i) => appendTo(log, recordOf(i, 20_000)));
    const first = `log/${segmentName(0)}`;
    const kinds = (): string[] =>
      fs.trace.flatMap((e) =>
        e.kind === "done" && e.operation.path === first ? e.operation.kind : [],
      );
    expect(kinds().slice(-1)).not.toContain("close");
    while (log.durableEnd < later[2]!.position) {
      scheduler.runAll();
      await turn();
    }
    expect(kinds().slice(-3)).toEqual(["writeAsync", "close", "close"]);
    await log.close();
    expect(memory.openFiles).toBe(0);
    expectRecords(readAll(openLog({}, memory).log), [onItsWay, inline, ...later]);
  });
});

describe("sync levels", () => {
  it("interval: settles when the system has the record, and syncs by and by", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const { log, fs } = openLog({ sync: "interval", syncIntervalMs: 50 });
      const syncs = fs.count("sync") + fs.count("syncAsync");
      const { position, settled } = appendTo(log, recordOf(1, 10));
      await settled;
      expect(fs.count("sync") + fs.count("syncAsync")).toBe(syncs);
      expect(log.durableEnd).toBe(0);
      vi.advanceTimersByTime(49);
      await turn();
      expect(log.durableEnd).toBe(0);
      vi.advanceTimersByTime(1);
      await turn();
      await turn();
      expect(log.durableEnd).toBe(position);
      await log.close();
    } finally {
      vi.useRealTimers();
    }
  });

  it("none: settles when the record has its place", async () => {
    const { log, fs } = openLog({ sync: "none" });
    const [first, second] = [1, 2].map((i) => appendTo(log, recordOf(i, 10)));
    expect(first!.settled).toBe(second!.settled);
    const syncs = fs.count("sync") + fs.count("syncAsync");
    await second!.settled;
    await turn();
    expect(fs.count("sync") + fs.count("syncAsync")).toBe(syncs);
    expect(log.durableEnd).toBe(0);
    await log.sync();
    expect(log.durableEnd).toBe(second!.position);
    await log.close();
  });

  it.each(["interval", "none"] as const)("%s: close makes everything durable", async (sync) => {
    const { log, memory } = openLog({ sync });
    const all = [1, 2, 3].map((i) => appendTo(log, recordOf(i, 100)));
    await log.close();
    const crashed = openLog({}, memory.crashClone({ int: () => 0 }, { style: "lost" }));
    expect(crashed.log.recovery.cleanClose).toBe(true);
    expectRecords(readAll(crashed.log), all);
  });
});

describe("truncation", () => {
  it("deletes segments that only hold what may be forgotten", async () => {
    const { log, memory } = openLog({ segmentBytes: 1000 });
    const all = Array.from({ length: 20 }, (_, i) => appendTo(log, recordOf(i, 400)));
    await log.sync();
    const count = memory.list("log").length;
    expect(count).toBeGreaterThan(8);
    await log.truncateBefore(0);
    expect(memory.list("log")).toHaveLength(count);
    await log.truncateBefore(all[9]!.position);
    const left = memory.list("log");
    expect(left.length).toBeLessThan(count - 3);
    expectRecords(readAll(log, all[9]!.position), all.slice(10));
    expect(await codeOf(() => readAll(log))).toBe("NOT_FOUND");
    // What is beyond the end is not asked for in advance.
    await log.truncateBefore(Number.MAX_SAFE_INTEGER);
    expect(memory.list("log")).toHaveLength(1);
    const later = Array.from({ length: 10 }, (_, i) => appendTo(log, recordOf(i, 400)));
    await log.sync();
    await log.truncateBefore(0);
    expectRecords(readAll(log, all.at(-1)!.position), later);
    await log.close();
    const again = openLog({ segmentBytes: 1000 }, memory).log;
    expect(again.end).toBe(later.at(-1)!.position);
    await again.close();
  });

  it("keeps the position of a log whose records are all gone", async () => {
    const { log, memory } = openLog({ segmentBytes: 1000 });
    const { position } = [1, 2, 3, 4].map((i) => appendTo(log, recordOf(i, 884))).at(-1)!;
    await log.sync();
    await log.truncateBefore(position);
    const crashed = memory.crashClone({ int: () => 0 }, { style: "lost" });
    const again = openLog({ segmentBytes: 1000, replayFrom: position }, crashed).log;
    expect(again.end).toBe(position);
    expectRecords(readAll(again, position), []);
    await again.close();
    await log.close();
  });

  it("never deletes the newest segment of the disk, though the log has gone on in memory", async () => {
    const scheduler = new ManualScheduler();
    const memory = new MemFs({ scheduler });
    const { log } = openLog({ segmentBytes: 1000, clock: slow() }, memory);
    // Leaves 24 bytes of the first segment: the next record starts the second one.
    const first = appendTo(log, recordOf(1, 896));
    await first.settled;
    const second = appendTo(log, recordOf(2, 10));
    while (scheduler.pending === 0) await turn();
    await log.truncateBefore(first.position);
    expect(memory.list("log")).toContain(segmentName(0));
    while (log.durableEnd < second.position) {
      scheduler.runAll();
      await turn();
    }
    await log.truncateBefore(first.position);
    expect(memory.list("log")).toEqual([segmentName(1000)]);
    await log.close();
  });

  it("is told to a reader that is overtaken", async () => {
    const { log } = openLog({ segmentBytes: 400_000 });
    const all = Array.from({ length: 10 }, (_, i) => appendTo(log, recordOf(i, 200_000)));
    await log.sync();
    const reading = log.read(0)[Symbol.iterator]();
    reading.next();
    await log.truncateBefore(all[7]!.position);
    const rest = await codeOf(() => {
      while (reading.next().done !== true);
    });
    expect(rest).toBe("NOT_FOUND");
    await log.close();
  });
});

describe("padding", () => {
  it("shows nothing of earlier records", async () => {
    const { log, memory } = openLog();
    await appendTo(log, new Uint8Array(500).fill(0xff)).settled;
    for (let i = 0; i < 3; i++) {
      const { position, settled } = appendTo(log, Uint8Array.of(0xff));
      await settled;
      const bytes = memory.readFile(`log/${segmentName(0)}`).slice(position - 8, position);
      expect([...bytes]).toEqual([0xff, 0, 0, 0, 0, 0, 0, 0]);
    }
    await log.close();
  });
});

describe("opening", () => {
  it("reads only what comes after the position it is given", async () => {
    const { log, memory } = openLog({ segmentBytes: 100_000 });
    const all = Array.from({ length: 50 }, (_, i) => appendTo(log, recordOf(i, 10_000)));
    await log.close();
    const replayFrom = all[47]!.position;
    const fs = new ErrorFs(memory, { trace: true });
    const again = FileLog.open({ vfs: fs, directory: "log", clock: quick, replayFrom });
    expect(again.recovery).toEqual({ cleanClose: true, tornBytes: 0, missingBytes: 0, records: 2 });
    const bytes = fs.trace.reduce(
      (sum, event) =>
        event.kind === "done" && event.operation.kind === "read" && event.operation.offset !== 0
          ? sum + (event.operation.length ?? 0)
          : sum,
      0,
    );
    expect(bytes).toBeLessThan(300_000);
    await again.close();
  });

  it("removes a segment that was never finished", async () => {
    const { log, memory } = openLog();
    const { settled } = appendTo(log, recordOf(1, 10));
    await settled;
    memory.openWrite(`log/${segmentName(64)}.new`, { create: true }).write(recordOf(1, 9), 0);
    const again = openLog({}, memory).log;
    expect(memory.list("log")).toEqual([segmentName(0)]);
    expect(readAll(again)).toHaveLength(1);
  });

  it("refuses a segment size that cannot be", () => {
    expect(() => openLog({ segmentBytes: 1001 })).toThrow("segmentBytes cannot be 1001");
  });

  it("records a close once", async () => {
    const { log, memory } = openLog();
    await log.close();
    const content = memory.readFile(`log/${segmentName(0)}`);
    const again = openLog({}, memory).log;
    expect(again.recovery.cleanClose).toBe(true);
    await again.close();
    expect(Buffer.compare(memory.readFile(`log/${segmentName(0)}`), content)).toBe(0);
  });

  it("continues a log with segments of another size", async () => {
    const { log, memory } = openLog({ segmentBytes: 1000 });
    const first = [1, 2, 3].map((i) => appendTo(log, recordOf(i, 500)));
    await log.close();
    const again = openLog({ segmentBytes: 5000 }, memory).log;
    const second = [4, 5, 6, 7].map((i) => appendTo(again, recordOf(i, 2000)));
    await again.close();
    const last = openLog({ segmentBytes: 1000 }, memory).log;
    expectRecords(readAll(last), [...first, ...second]);
    await last.close();
  });
});
