import v8 from "node:v8";
import vm from "node:vm";
import { describe, expect, it, vi } from "vitest";
import { yieldToEventLoop } from "../base/clock.js";
import { AegisError } from "../errors.js";
import {
  createTree,
  mapLayout,
  openTestEngine,
  rowsOf,
} from "../testing/simulation/engine-fixture.js";
import { ErrorFs } from "../vfs/error-fs.js";
import { MemFs } from "../vfs/mem-fs.js";
import { check } from "./check.js";
import type { ReadView, TreeRef } from "./contract.js";
import { checkpoint, close, compact } from "./life-cycle.js";
import type { OpenedEngine } from "./open-engine.js";

vi.mock(import("../limits.js"), async (original) => {
  const { smallLimits } = await import("../testing/simulation/small-limits.js");
  // Only compactions that a test asks for.
  return {
    ...(await original()),
    ...smallLimits,
    LEVEL_ZERO_SECTIONS: 1000,
    LEVEL_BASE_BYTES: 2 ** 40,
  };
});

const TEXT = mapLayout({ kind: "text" });
const WRITE_BUFFER = 16 * 1024;

interface Running {
  readonly disk: MemFs;
  readonly fs: ErrorFs;
  readonly opened: OpenedEngine;
  readonly tree: TreeRef;
}

function start(inlineBackground = true): Running {
  const disk = new MemFs();
  const fs = new ErrorFs(disk);
  const opened = openTestEngine({ vfs: fs, writeBufferBytes: WRITE_BUFFER, inlineBackground });
  return { disk, fs, opened, tree: createTree(opened, "t", TEXT) };
}

/** Writes keys [from, to) in commits of one row. */
function fill({ opened, tree }: Running, from: number, to: number, text = "x"): void {
  for (let key = from; key < to; key++) {
    opened.engine.autocommit((tx) => tx.put(tree, [key, text.repeat(50)]));
  }
}

function keysOf(view: ReadView, tree: TreeRef): number[] {
  return rowsOf(view, tree).map(([key]) => Number(key));
}

function upTo(end: number): number[] {
  return Array.from({ length: end }, (_, key) => key);
}

describe("when there is no room for a flush", () => {
  it.each([true, false])(
    "writes go on in memory, then are refused (inline: %s)",
    async (inline) => {
      const running = start(inline);
      const { fs, opened, tree } = running;
      fill(running, 0, 10);
      await checkpoint(opened);
      fs.inject({
        kind: ["create", "write"],
        path: "db/runs",
        lasting: true,
        fault: { kind: "fail", code: "ENOSPC" },
      });
      let next = 10;
      let refusal: unknown;
      const promises: Promise<void>[] = [];
      while (refusal === undefined) {
        const row = [next, "y".repeat(50)];
        try {
          promises.push(opened.engine.autocommit((tx) => tx.put(tree, row)).durable);
          next++;
        } catch (error) {
          refusal = error;
        }
        if (next % 20 === 0) await yieldToEventLoop();
      }
      expect(refusal).toMatchObject({ code: "DISK_FULL" });
      expect(opened.maintenance.frozenSets).toBe(2);
      // At least the memory that it may use was used.
      expect(next * 50).toBeGreaterThan(WRITE_BUFFER);
      expect(keysOf(opened.engine.latest(), tree)).toEqual(upTo(next));
      await Promise.all(promises);
      await expect(checkpoint(opened)).rejects.toMatchObject({ code: "DISK_FULL" });
      expect(() => opened.engine.autocommit((tx) => tx.put(tree, [-1, null]))).toThrow(AegisError);

      fs.heal();
      fill(running, next, next + 10);
      expect(opened.background.lastError).toBeUndefined();
      await checkpoint(opened);
      expect(opened.maintenance.frozenSets).toBe(0);
      expect(keysOf(opened.engine.latest(), tree)).toEqual(upTo(next + 10));
      expect((await check(opened, {})).problems).toEqual([]);
      await close(opened);
      const again = openTestEngine({ vfs: fs });
      const view = again.engine.latest();
      expect(keysOf(view, view.tree("t")!)).toEqual(upTo(next + 10));
      await close(again);
    },
  );

  it("a database can still be closed, and finds everything in its log", async () => {
    const running = start();
    fill(running, 0, 500);
    running.fs.inject({
      kind: "create",
      path: "db/runs",
      lasting: true,
      fault: { kind: "fail", code: "ENOSPC" },
    });
    fill(running, 500, 520);
    await close(running.opened);
    running.fs.heal();
    const again = openTestEngine({ vfs: running.fs });
    expect(again.log.recovery.cleanClose).toBe(true);
    expect(again.log.recovery.records).toBeGreaterThan(0);
    const view = again.engine.latest();
    expect(keysOf(view, view.tree("t")!)).toEqual(upTo(520));
    await close(again);
  });

  it("a compaction that fails keeps nobody from writing, and leaves no file", async () => {
    const running = start();
    const { fs, opened, disk } = running;
    fill(running, 0, 100);
    await checkpoint(opened);
    fill(running, 0, 100, "z");
    await checkpoint(opened);
    const files = disk.list("db/runs");
    for (const kind of ["write", "sync", "create"] as const) {
      const fault = { kind: "fail", code: "ENOSPC" } as const;
      fs.inject({ kind, path: "db/runs", lasting: true, fault });
      await expect(compact(opened, {})).rejects.toMatchObject({ code: "DISK_FULL" });
      expect(disk.list("db/runs")).toEqual(files);
      fs.heal();
    }
    fill(running, 100, 101);
    await compact(opened, {});
    expect(keysOf(opened.engine.latest(), running.tree)).toEqual(upTo(101));
    await close(opened);
    expect(disk.openFiles).toBe(0);
  });
});

describe("files of runs", () => {
  it("vanish when a compaction has replaced them", async () => {
    const running = start();
    const { opened, disk } = running;
    for (let round = 0; round < 4; round++) {
      fill(running, 0, 20);
      await checkpoint(opened);
    }
    const before = disk.list("db/runs");
    expect(before).toHaveLength(4);
    await compact(opened, {});
    const after = disk.list("db/runs");
    expect(before.filter((name) => after.includes(name))).toEqual([]);
    const named = new Set(opened.manifest.sections().map(({ meta }) => meta.fileId));
    expect(new Set(after.map((name) => Number.parseInt(name, 10)))).toEqual(named);
    await close(opened);
  });

  it("stay while a snapshot may read them, and vanish when it is released", async () => {
    const running = start();
    const { opened, disk, tree } = running;
    fill(running, 0, 20);
    await checkpoint(opened);
    const old = opened.engine.snapshot();
    const cursor = old.scan(tree);
    expect(cursor.next()).toBe(true);
    fill(running, 0, 20, "z");
    await checkpoint(opened);
    await compact(opened, {});
    fill(running, 0, 20, "y");
    await compact(opened, {});
    for (let key = 1; key < 20; key++) {
      expect(cursor.next()).toBe(true);
      expect([cursor.key, cursor.row.text(1)]).toEqual([key, "x".repeat(50)]);
    }
    const held = disk.list("db/runs").length;
    old.release();
    expect(disk.list("db/runs").length).toBeLessThan(held);
    expect(() => old.get(tree, 1)).toThrow(AegisError);
    await compact(opened, {});
    expect(rowsOf(opened.engine.latest(), tree)[3]).toEqual([3, "y".repeat(50)]);
    await close(opened);
    expect(disk.openFiles).toBe(0);
  });

  it("of a dropped tree vanish, but not before the snapshots that see it", async () => {
    const running = start();
    const { opened, disk, tree } = running;
    const other = createTree(opened, "other", TEXT);
    await checkpoint(opened);
    fill(running, 0, 20);
    await checkpoint(opened);
    const files = disk.list("db/runs");
    const snapshot = opened.engine.snapshot();
    opened.engine.autocommit((tx) => tx.dropTree(tree));
    await checkpoint(opened);
    expect(keysOf(snapshot, snapshot.tree("t")!)).toEqual(upTo(20));
    expect(opened.engine.latest().tree("t")).toBeUndefined();
    expect(disk.list("db/runs")).toEqual(expect.arrayContaining(files));
    snapshot.release();
    opened.engine.autocommit((tx) => tx.put(other, [1, null]));
    await checkpoint(opened);
    expect(disk.list("db/runs")).not.toContain(files.at(-1));
    expect(opened.manifest.sections().some(({ meta }) => meta.treeId === tree.id)).toBe(false);
    await close(opened);
    expect(disk.openFiles).toBe(0);
  });
});

describe("old versions", () => {
  it("are dropped by the first compaction after their snapshot is released", async () => {
    const running = start();
    const { opened, tree } = running;
    const rows = (): number =>
      opened.manifest
        .sections()
        .filter(({ meta }) => meta.treeId === tree.id)
        .reduce((sum, { meta }) => sum + meta.rows, 0);
    fill(running, 0, 10);
    const snapshot = opened.engine.snapshot();
    fill(running, 0, 10, "z");
    fill(running, 0, 10, "y");
    await compact(opened, {});
    expect(rows()).toBe(20);
    snapshot.release();
    fill(running, 0, 1, "y");
    await compact(opened, {});
    expect(rows()).toBe(10);
    await close(opened);
  });

  it("of a forgotten snapshot too, once the garbage collector has found it", async () => {
    const running = start();
    const { opened } = running;
    v8.setFlagsFromString("--expose-gc");
    const collect = vm.runInNewContext("gc") as () => void;
    ((): void => {
      opened.engine.snapshot();
      opened.engine.latest();
    })();
    expect(opened.engine.parts.snapshots.size).toBe(1);
    for (let i = 0; i < 100 && opened.engine.parts.snapshots.size > 0; i++) {
      await yieldToEventLoop();
      collect();
    }
    expect(opened.engine.parts.snapshots.size).toBe(0);
    await close(opened);
  });
});

describe("a cursor on the latest view", () => {
  it("sees the sequence of its creation, whatever is written, flushed and compacted", async () => {
    const running = start();
    const { opened, tree } = running;
    fill(running, 0, 40);
    await checkpoint(opened);
    fill(running, 0, 20);
    for (const reverse of [false, true]) {
      const before = rowsOf(opened.engine.latest(), tree);
      const expected = reverse ? before.toReversed() : before;
      const cursor = opened.engine.latest().scan(tree, { reverse });
      for (let i = 0; i < 40; i++) {
        expect(cursor.next(), `row ${i}`).toBe(true);
        expect([cursor.key, cursor.row.text(1)]).toEqual(expected[i]);
        if (i === 5) fill(running, 0, 40, reverse ? "b" : "a");
        if (i === 10) opened.engine.autocommit((tx) => tx.delete(tree, [20]));
        if (i === 12) await checkpoint(opened);
        if (i === 14) await compact(opened, {});
      }
      expect(cursor.next()).toBe(false);
      fill(running, 0, 40);
    }
    await close(opened);
  });
});
