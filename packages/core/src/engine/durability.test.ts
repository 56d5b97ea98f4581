import { describe, expect, it, vi } from "vitest";
import { yieldToEventLoop } from "../base/clock.js";
import { Prng } from "../base/prng.js";
import { AegisError } from "../errors.js";
import type { SyncLevel } from "../log/contract.js";
import {
  createTree,
  mapLayout,
  openTestEngine,
  rowsOf,
} from "../testing/simulation/engine-fixture.js";
import { SimulatedClock, SimulatedHost } from "../testing/simulation/simulated-host.js";
import { ErrorFs } from "../vfs/error-fs.js";
import type { OperationKind } from "../vfs/faults.js";
import { MemFs } from "../vfs/mem-fs.js";
import type { ChangeEvent, TreeRef } from "./contract.js";
import { checkpoint, close } from "./life-cycle.js";
import type { OpenedEngine } from "./open-engine.js";

vi.mock(import("../limits.js"), async (original) => {
  const { smallLimits } = await import("../testing/simulation/small-limits.js");
  return { ...(await original()), ...smallLimits };
});

const BYTES = mapLayout({ kind: "bytes" });
const SEEDS = 12;
const FIRST_SEED = Number(process.env["AEGIS_DURABILITY_SEED"] ?? 1);

/** Keys that a database would show if its computer lost its power, or only its process, now. */
function keysAfterCrash(disk: MemFs, power: boolean): Set<number> {
  const left = power ? disk.crashClone(new Prng(1), { style: "lost" }) : disk.clone();
  const opened = openTestEngine({ vfs: left, host: new SimulatedHost(2) });
  const view = opened.engine.latest();
  return new Set(rowsOf(view, view.tree("t")!).map(([key]) => Number(key)));
}

interface Running {
  readonly disk: MemFs;
  readonly opened: OpenedEngine;
  readonly tree: TreeRef;
}

async function start(prng: Prng, sync: SyncLevel): Promise<Running> {
  const disk = new MemFs();
  const opened = openTestEngine({
    vfs: disk,
    sync,
    // A slow disk makes the log write in groups, off the main thread.
    clock: new SimulatedClock(prng.pick([0, 1])),
    writeBufferBytes: prng.pick([16 * 1024, 1024 * 1024]),
    inlineBackground: prng.chance(0.5),
  });
  const tree = createTree(opened, "t", BYTES);
  await checkpoint(opened);
  return { disk, opened, tree };
}

/** Small records, some that need many frames, some that need several segments. */
function recordSize(prng: Prng): number {
  return prng.pick([10, 100, 100, 1000, 5000, 40_000]);
}

describe("a write's promise", () => {
  it.each(["commit", "interval"] as const)(
    `settles when the write is safe at level "%s" (seeds ${FIRST_SEED} to ${FIRST_SEED + SEEDS - 1})`,
    async (sync) => {
      let checked = 0;
      for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
        const prng = new Prng(seed);
        const { disk, opened, tree } = await start(prng, sync);
        const failures: string[] = [];
        const promises: Promise<void>[] = [];
        const write = (key: number): void => {
          const row = [key, prng.bytes(recordSize(prng))];
          const promise = opened.engine.autocommit((tx) => tx.put(tree, row)).durable;
          const whenSettled = (): void => {
            checked++;
            if (!keysAfterCrash(disk, sync === "commit").has(key)) failures.push(`key ${key}`);
          };
          promises.push(promise.then(whenSettled));
        };
        for (let key = 0; key < 20; key++) {
          write(key);
          if (prng.chance(0.4)) await yieldToEventLoop();
          if (prng.chance(0.2)) await Promise.resolve();
        }
        await Promise.all(promises);
        expect(failures, `seed ${seed}`).toEqual([]);
        await close(opened);
      }
      expect(checked).toBe(SEEDS * 20);
    },
    60_000,
  );

  it("does not wait for the disk at level none, and durable() does", async () => {
    const { disk, opened, tree } = await start(new Prng(1), "none");
    await opened.engine.autocommit((tx) => tx.put(tree, [1, new Uint8Array(9)])).durable;
    expect(keysAfterCrash(disk, true).has(1)).toBe(false);
    await opened.engine.durable();
    expect(keysAfterCrash(disk, true).has(1)).toBe(true);
    await close(opened);
  });

  it("is one object for all writes of a group", async () => {
    const { opened, tree } = await start(new Prng(1), "commit");
    const promises = Array.from(
      { length: 50 },
      (_, key) => opened.engine.autocommit((tx) => tx.put(tree, [key, null])).durable,
    );
    expect(new Set(promises).size).toBe(1);
    await close(opened);
  });
});

describe("a change feed", () => {
  it("tells nothing that a power cut could take back", async () => {
    const { disk, opened, tree } = await start(new Prng(1), "commit");
    const missing: number[] = [];
    const told: number[] = [];
    const listener = ({ key, kind }: ChangeEvent): void => {
      expect(kind).toBe("put");
      told.push(Number(key));
      if (!keysAfterCrash(disk, true).has(Number(key))) missing.push(Number(key));
    };
    const subscription = opened.engine.subscribe(tree, listener, () => undefined);
    for (let key = 0; key < 12; key++) {
      opened.engine.autocommit((tx) => tx.put(tree, [key, new Uint8Array(key * 500)]));
      if (key % 3 === 0) await yieldToEventLoop();
    }
    await opened.engine.durable();
    await yieldToEventLoop();
    subscription.close();
    expect(told).toEqual(Array.from({ length: 12 }, (_, key) => key));
    expect(missing).toEqual([]);
    await close(opened);
  });
});

describe("after a failure of the log's disk", () => {
  const cases: readonly [OperationKind, number][] = [
    ["write", 0],
    ["sync", 0],
    ["writeAsync", 1],
    ["syncAsync", 1],
    ["create", 0],
    ["rename", 0],
    ["syncDirectory", 0],
  ];

  it.each(cases)("%s: every promise rejects and nothing goes on", async (kind, tickMs) => {
    const memory = new MemFs();
    const fs = new ErrorFs(memory);
    const opened = openTestEngine({ vfs: fs, clock: new SimulatedClock(tickMs) });
    const tree = createTree(opened, "t", BYTES);
    for (let key = 0; key < 6; key++) {
      await opened.engine.autocommit((tx) => tx.put(tree, [key, new Uint8Array(10)])).durable;
    }
    const ended: unknown[] = [];
    opened.engine.subscribe(
      tree,
      () => undefined,
      (error) => ended.push(error),
    );
    const held = opened.engine.snapshot();
    const open = opened.engine.begin();
    fs.inject({ kind, path: "db/log", fault: { kind: "fail" } });
    const outcomes: string[] = [];
    // Groups of several records, large enough to need new segments.
    for (let key = 100; key < 140; key++) {
      try {
        const row = [key, new Uint8Array(3000)];
        opened.engine
          .autocommit((tx) => tx.put(tree, row))
          .durable.then(
            () => outcomes.push(`settled ${key}`),
            (error: AegisError) => outcomes.push(error.code),
          );
      } catch (error) {
        outcomes.push((error as AegisError).code);
      }
      if (key % 3 === 0) await yieldToEventLoop();
    }
    for (let turn = 0; turn < 20; turn++) await yieldToEventLoop();
    expect(outcomes).toHaveLength(40);
    expect(outcomes.filter((outcome) => outcome === "DURABILITY_LOST").length).toBeGreaterThan(0);
    const settled = outcomes.filter((outcome) => outcome.startsWith("settled"));
    expect(settled.length + outcomes.filter((o) => o === "DURABILITY_LOST").length).toBe(40);

    const lost = expect.objectContaining({ code: "DURABILITY_LOST" }) as unknown;
    expect(() => opened.engine.latest().get(tree, 1)).toThrow(AegisError);
    expect(() => held.scan(tree)).toThrow(AegisError);
    expect(() => open.get(tree, 1)).toThrow(AegisError);
    expect(() => opened.engine.autocommit(() => undefined)).toThrow(AegisError);
    await expect(opened.engine.transaction(() => 1)).rejects.toEqual(lost);
    await expect(opened.engine.durable()).rejects.toEqual(lost);
    await expect(checkpoint(opened)).rejects.toEqual(lost);
    expect(ended).toEqual([lost]);

    await close(opened);
    fs.heal();
    const again = openTestEngine({ vfs: fs });
    const view = again.engine.latest();
    const keys = rowsOf(view, view.tree("t")!).map(([key]) => Number(key));
    expect(keys.slice(0, 6)).toEqual(Array.from({ length: 6 }, (_, key) => key));
    for (const outcome of settled) expect(keys).toContain(Number(outcome.split(" ")[1]));
    await close(again);
  });
});
