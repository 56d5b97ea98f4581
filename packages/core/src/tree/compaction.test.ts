import { describe, expect, test } from "vitest";
import type { SectionMeta } from "../run/contract.js";
import { TreeFixture } from "../testing/tree-fixture.js";
import { createCompactionJob, type CompactionOptions } from "./compaction.js";
import { createFlushJob } from "./flush.js";
import type { Layout } from "./layout.js";

const layout: Layout = {
  key: [{ name: "id", type: { kind: "int" } }],
  value: [
    { name: "n", type: { kind: "int" } },
    { name: "pad", type: { kind: "text" } },
  ],
  access: "point",
  pointReads: true,
};
const PAD = "x".repeat(100);

/** Three overlapping sections in level 0: 3,000 keys, of which 1,000 were written three times. */
function filled(openSnapshots: readonly number[]): TreeFixture {
  const fixture = new TreeFixture(layout);
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 1000; i++) fixture.put(round + 1, [i * 3, round, PAD]);
    for (let i = 0; i < 667; i++) fixture.put(round + 1, [i * 9 + round * 3 + 1, round, PAD]);
    fixture.flush(openSnapshots);
  }
  return fixture;
}

function options(fixture: TreeFixture, openSnapshots: readonly number[]): CompactionOptions {
  return {
    ...fixture.target(),
    treeId: 1,
    layout,
    inputs: fixture.tree.levels.flat(),
    bottom: true,
    openSnapshots,
    outputBytes: 50_000,
  };
}

function keyRanges(metas: readonly SectionMeta[]): (readonly [number, number])[] {
  return metas.map(({ firstKey, lastKey }) => [firstKey as number, lastKey as number]);
}

describe("a compaction", () => {
  test("cuts its output into sorted, disjoint sections, each a file of its own", () => {
    const fixture = filled([1, 2]);
    const metas = fixture.finish(createCompactionJob(options(fixture, [1, 2])));
    expect(metas.length).toBeGreaterThan(5);
    expect(new Set(metas.map(({ fileId }) => fileId)).size).toBe(metas.length);
    const ranges = keyRanges(metas);
    for (let i = 1; i < ranges.length; i++) expect(ranges[i - 1]![1]).toBeLessThan(ranges[i]![0]);
    // Both snapshots are open, so all three versions of the thousand keys are kept.
    expect(metas.reduce((rows, meta) => rows + meta.rows, 0)).toBe(3 * 1000 + 3 * 667);
    for (const meta of metas) {
      const problems: string[] = [];
      fixture.open(meta).check((problem) => problems.push(problem));
      expect(problems).toEqual([]);
    }
  });

  test("drops versions that nobody sees", () => {
    const fixture = filled([1, 2]);
    const rows = (openSnapshots: readonly number[]): number =>
      fixture
        .finish(createCompactionJob(options(fixture, openSnapshots)))
        .reduce((sum, meta) => sum + meta.rows, 0);
    expect(rows([])).toBe(1000 + 3 * 667);
    expect(rows([2])).toBe(2 * 1000 + 3 * 667);
    expect(rows([1])).toBe(2 * 1000 + 3 * 667);
  });

  test("keeps tombstones unless it is at the bottom", () => {
    const fixture = filled([]);
    for (let i = 0; i < 1000; i++) fixture.delete(9, [i * 3]);
    fixture.flush([]);
    const tombstones = (bottom: boolean): number =>
      fixture
        .finish(createCompactionJob({ ...options(fixture, []), bottom }))
        .reduce((sum, meta) => sum + meta.tombstones, 0);
    expect(tombstones(false)).toBe(1000);
    expect(tombstones(true)).toBe(0);
  });

  test("of nothing that must be kept leaves nothing", () => {
    const fixture = new TreeFixture(layout);
    fixture.put(1, [1, 1, PAD]);
    fixture.flush([]);
    fixture.delete(2, [1]);
    fixture.flush([]);
    const before = fixture.vfs.list("runs");
    expect(fixture.finish(createCompactionJob(options(fixture, [])))).toEqual([]);
    expect(fixture.vfs.list("runs")).toEqual(before);
  });

  test("that is given up removes its files, unless the result was taken", () => {
    const fixture = filled([]);
    const before = fixture.vfs.list("runs");
    const begun = createCompactionJob(options(fixture, []));
    begun.step();
    expect(fixture.vfs.list("runs").length).toBeGreaterThan(before.length);
    begun.abandon();
    expect(fixture.vfs.list("runs")).toEqual(before);
    const taken = createCompactionJob(options(fixture, []));
    fixture.finish(taken);
    taken.abandon();
    expect(fixture.vfs.list("runs").length).toBeGreaterThan(before.length);
  });

  test("walks a level of disjoint sections as one", () => {
    const fixture = filled([]);
    const all = { inputs: fixture.tree.levels.flat(), target: 1, bottom: true, move: false };
    fixture.compact(all, [], 20_000);
    const level = fixture.tree.levels[1]!;
    expect(level.length).toBeGreaterThan(8);
    const metas = fixture.finish(
      createCompactionJob({ ...options(fixture, []), inputs: level, outputBytes: 1e9 }),
    );
    expect(metas).toHaveLength(1);
    expect(metas[0]!.rows).toBe(1000 + 3 * 667);
  });
});

describe("the steps of a job", () => {
  test("are short where the values are large", () => {
    const fixture = new TreeFixture(layout);
    const big = "x".repeat(1_000_000);
    for (let i = 0; i < 40; i++) fixture.put(1, [i, i, big]);
    fixture.tree.freeze();
    const memtable = fixture.tree.frozen[0]!;
    const parts = [{ treeId: 1, memtable }];
    const flush = createFlushJob({ ...fixture.target(), parts, openSnapshots: [] });
    let steps = 1;
    while (!flush.step()) steps++;
    expect(steps).toBeGreaterThan(4);
    fixture.tree.installFlush(memtable, fixture.open(flush.result()[0]!));
    const compaction = createCompactionJob(options(fixture, []));
    steps = 1;
    for (; !compaction.step(); steps++) {
      expect(fixture.pool.stats().bytes).toBeLessThan(20 * 1024 * 1024);
      fixture.pool.nextStep();
    }
    expect(steps).toBeGreaterThan(4);
  });
});
