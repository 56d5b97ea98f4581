import { describe, expect, test } from "vitest";
import { createKeyCodec } from "../base/keycode.js";
import { openSection } from "../run/reader.js";
import { TreeFixture } from "../testing/tree-fixture.js";
import { createFlushJob } from "./flush.js";
import type { Layout } from "./layout.js";
import { Memtable } from "./memtable.js";
import { SectionCursor } from "./section-cursor.js";

const numbers: Layout = {
  key: [{ name: "id", type: { kind: "int" } }],
  value: [{ name: "n", type: { kind: "int" } }],
  access: "scan",
  pointReads: true,
};
const texts: Layout = {
  key: [{ name: "id", type: { kind: "text" } }],
  value: [{ name: "n", type: { kind: "int" } }],
  access: "point",
  pointReads: false,
};

function memtableOf(layout: Layout, fill: (memtable: Memtable) => void): Memtable {
  const memtable = new Memtable(layout, createKeyCodec(layout.key));
  fill(memtable);
  return memtable;
}

describe("a flush", () => {
  test("writes the memtables of several trees into one file", () => {
    const first = new TreeFixture(numbers);
    const second = new TreeFixture(texts);
    const parts = [
      {
        treeId: 4,
        memtable: memtableOf(numbers, (memtable) => {
          for (let i = 0; i < 5000; i++) first.put(i + 1, [(i * 7919) % 5000, i], memtable);
        }),
      },
      {
        treeId: 9,
        memtable: memtableOf(texts, (memtable) => {
          for (let i = 0; i < 300; i++) second.put(i + 1, [`key ${i}`, i], memtable);
        }),
      },
    ];
    const job = createFlushJob({ ...first.target(), parts, openSnapshots: [] });
    let steps = 1;
    while (!job.step()) steps++;
    expect(steps).toBeGreaterThan(2);
    const metas = job.result();
    expect(metas.map(({ treeId, rows }) => [treeId, rows])).toEqual([
      [4, 5000],
      [9, 300],
    ]);
    expect(new Set(metas.map(({ fileId }) => fileId)).size).toBe(1);
    const cursor = new SectionCursor(first.open(metas[0]!), 5000);
    let key = 0;
    for (cursor.seekFirst(); cursor.valid; cursor.next()) expect(cursor.key).toBe(key++);
    expect(key).toBe(5000);
    const file = first.vfs.openRead("runs/00000001.run");
    const section = openSection(metas[1]!, texts, second.codec, file, first.pool);
    expect(section.find("key 77")).toBeGreaterThanOrEqual(0);
    const problems: string[] = [];
    section.check((problem) => problems.push(problem));
    expect(problems).toEqual([]);
  });

  test("leaves out trees, and the file, of which nothing must be kept", () => {
    const fixture = new TreeFixture(numbers);
    const dead = memtableOf(numbers, (memtable) => {
      fixture.put(1, [1, 1], memtable);
      fixture.delete(2, [1], memtable);
    });
    const live = memtableOf(numbers, (memtable) => {
      fixture.put(3, [2, 2], memtable);
    });
    const flush = (parts: { treeId: number; memtable: Memtable; bottom: boolean }[]): number[] =>
      fixture
        .finish(createFlushJob({ ...fixture.target(), parts, openSnapshots: [] }))
        .map(({ treeId }) => treeId);
    expect(flush([{ treeId: 1, memtable: dead, bottom: true }])).toEqual([]);
    expect(fixture.vfs.list("runs")).toEqual([]);
    const both = [
      { treeId: 1, memtable: dead, bottom: true },
      { treeId: 2, memtable: live, bottom: true },
      { treeId: 3, memtable: dead, bottom: true },
    ];
    expect(flush(both)).toEqual([2]);
    expect(flush([{ treeId: 1, memtable: dead, bottom: false }])).toEqual([1]);
  });

  test("that is given up removes its file, unless the result was taken", () => {
    const fixture = new TreeFixture(numbers);
    const memtable = memtableOf(numbers, (memtable) => {
      for (let i = 0; i < 10_000; i++) fixture.put(i + 1, [i, i], memtable);
    });
    const options = { ...fixture.target(), parts: [{ treeId: 1, memtable }], openSnapshots: [] };
    const begun = createFlushJob(options);
    begun.abandon();
    begun.step();
    begun.abandon();
    expect(fixture.vfs.list("runs")).toEqual([]);
    const finished = createFlushJob(options);
    while (!finished.step());
    finished.abandon();
    expect(fixture.vfs.list("runs")).toEqual([]);
    const taken = createFlushJob(options);
    fixture.finish(taken);
    taken.abandon();
    expect(fixture.vfs.list("runs")).toHaveLength(1);
  });

  test("is refused out of the order of freezing", () => {
    const fixture = new TreeFixture(numbers);
    fixture.put(1, [1, 1]);
    fixture.tree.freeze();
    fixture.put(2, [1, 2]);
    const newer = fixture.tree.freeze()!;
    expect(fixture.tree.freeze()).toBeNull();
    expect(() => fixture.tree.installFlush(newer, null)).toThrow(/oldest first/);
  });
});
