import type { Value } from "@aegisdb/sql/contract";
import { describe, expect, test } from "vitest";
import type { KeyRange } from "../base/key.js";
import { Prng } from "../base/prng.js";
import { MEMTABLE_CHUNK_ROWS } from "../limits.js";
import { TreeFixture } from "../testing/tree-fixture.js";
import { TreeOracle } from "../testing/tree-oracle.js";
import type { Layout } from "./layout.js";
import { Memtable } from "./memtable.js";

function layoutOf(kind: "int" | "text"): Layout {
  return {
    key: [{ name: "id", type: { kind } }],
    value: [{ name: "n", type: { kind: "int" } }],
    access: "scan",
    pointReads: true,
  };
}

/** Thousands of rows, so that narrow ranges and dense updates take their own ways. */
class Filled {
  readonly fixture: TreeFixture;
  readonly oracle = new TreeOracle();
  seq = 0;

  constructor(
    readonly kind: "int" | "text",
    readonly random: Prng,
  ) {
    this.fixture = new TreeFixture(layoutOf(kind));
  }

  key(n: number): Value {
    return this.kind === "int" ? n : `key ${String(n).padStart(6, "0")}`;
  }

  write(count: number): void {
    for (let i = 0; i < count; i++) {
      this.seq++;
      const n = this.random.int(8000);
      const values = [this.key(n), this.seq];
      if (this.random.chance(0.1)) {
        this.oracle.delete(this.fixture.delete(this.seq, [this.key(n)]), this.seq);
      } else {
        this.oracle.put(this.fixture.put(this.seq, values), this.seq, values);
      }
    }
  }

  compare(atSeq: number, range: KeyRange = {}): void {
    const batches = this.fixture.tree.scanBatches({ ...range, atSeq, columns: [0, 1] });
    const line = (values: readonly Value[]): string => JSON.stringify(values);
    const found = this.fixture.batchRows(batches).map(line).sort();
    const expected = this.oracle.rows(atSeq, range).map(({ values }) => line(values));
    expect(found.join("\n")).toBe(expected.sort().join("\n"));
  }

  range(from: number, to: number): KeyRange {
    const { codec } = this.fixture;
    return { start: codec.encode([this.key(from)]), end: codec.encode([this.key(to)]) };
  }
}

describe.each(["int", "text"] as const)("batches of a tree with %s keys", (kind) => {
  test.each([1, 2])("are the oracle's rows, whatever is where (seed %d)", (seed) => {
    const filled = new Filled(kind, new Prng(seed));
    const { fixture, random } = filled;
    const snapshots: number[] = [];
    const compareAll = (): void => {
      const from = random.int(8000);
      for (const atSeq of [...snapshots, filled.seq]) {
        filled.compare(atSeq, filled.range(from, from + 100));
        filled.compare(atSeq, filled.range(from - 3000, from));
        filled.compare(atSeq);
      }
    };
    filled.write(6000);
    compareAll();
    for (let round = 0; round < 4; round++) {
      snapshots.push(filled.seq);
      fixture.flush(snapshots);
      filled.write(random.pick([50, 1500, 4000]));
      compareAll();
      fixture.tree.freeze();
      filled.write(700);
      compareAll();
      if (round === 1) snapshots.shift();
      if (round !== 2) continue;
      const inputs = fixture.tree.levels.flat();
      fixture.compact({ inputs, target: 1, bottom: true, move: false }, snapshots, 100_000);
      compareAll();
    }
  });
});

describe("batches", () => {
  function filledTo(rows: number): TreeFixture {
    const fixture = new TreeFixture(layoutOf("int"));
    for (let i = 0; i < rows; i++) fixture.put(i + 1, [i, i * 10]);
    return fixture;
  }

  test("are the memtable's own vectors, chunk by chunk, and whole where nothing is hidden", () => {
    const fixture = filledTo(10_000);
    const { active } = fixture.tree;
    const batches = [...fixture.tree.scanBatches({ columns: [1, 0], atSeq: 10_000 })];
    expect(batches.map(({ length, selected }) => [length, selected])).toEqual([
      [MEMTABLE_CHUNK_ROWS, MEMTABLE_CHUNK_ROWS],
      [MEMTABLE_CHUNK_ROWS, MEMTABLE_CHUNK_ROWS],
      [1808, 1808],
    ]);
    batches.forEach(({ columns, selection }, chunk) => {
      expect(selection).toBeNull();
      expect(columns).toEqual([active.chunk(chunk)[1], active.chunk(chunk)[0]]);
      expect(columns[0]).toBe(active.chunk(chunk)[1]);
    });
  });

  test("leave out blocks that the zone predicate refuses, and never rows in memory", () => {
    const fixture = filledTo(10_000);
    fixture.flush([]);
    for (let i = 0; i < 10; i++) fixture.put(20_000, [i, -1]);
    const asked: unknown[] = [];
    const batches = fixture.tree.scanBatches({
      columns: [1],
      atSeq: 20_000,
      zonePredicate: (zone) => {
        const { min, max } = zone(1);
        asked.push([min, max]);
        return (min as number) <= 50_000 && 50_000 <= (max as number);
      },
    });
    const values = fixture.batchRows(batches).map(([n]) => n as number);
    expect(asked).toEqual([
      [0, 40_950],
      [40_960, 81_910],
      [81_920, 99_990],
    ]);
    expect(values.filter((n) => n === -1)).toHaveLength(10);
    expect(values.filter((n) => n >= 0)).toEqual(
      Array.from({ length: MEMTABLE_CHUNK_ROWS }, (_, i) => 40_960 + i * 10),
    );
  });

  test("show an overlay's rows as the newest, at the overlay's own sequence", () => {
    const fixture = filledTo(5000);
    fixture.flush([]);
    fixture.put(5001, [1, 11]);
    const overlay = new Memtable(fixture.layout, fixture.codec);
    fixture.put(1, [1, 111], overlay);
    fixture.delete(2, [2], overlay);
    fixture.put(3, [9999, 999], overlay);
    fixture.put(4, [1, 1111], overlay);
    const rows = (atSeq: number): Map<Value, Value> =>
      new Map(
        fixture
          .batchRows(
            fixture.tree.scanBatches({
              columns: [0, 1],
              atSeq: 5001,
              overlay: { memtable: overlay, atSeq },
            }),
          )
          .map(([id, n]) => [id!, n!]),
      );
    expect(rows(0).get(1)).toBe(11);
    expect(rows(1).get(1)).toBe(111);
    expect(rows(1).get(2)).toBe(20);
    expect(rows(2).has(2)).toBe(false);
    expect(rows(3).size).toBe(5000);
    expect(rows(4).get(1)).toBe(1111);
    expect(rows(4).get(9999)).toBe(999);
  });

  test.each(["in memory", "in runs"])(
    "hide what an overlay replaces, whatever was committed meanwhile (%s)",
    (where) => {
      const fixture = filledTo(3000);
      const overlay = new Memtable(fixture.layout, fixture.codec);
      for (let i = 0; i < 3000; i += 3) fixture.put(3001, [i, -1]);
      for (let i = 0; i < 3000; i += 2) fixture.put(1, [i, -2], overlay);
      if (where === "in runs") fixture.flush([3000]);
      const batches = fixture.tree.scanBatches({
        columns: [0, 1],
        atSeq: 3000,
        overlay: { memtable: overlay, atSeq: 1 },
      });
      const rows = fixture.batchRows(batches).sort((a, b) => Number(a[0]) - Number(b[0]));
      expect(rows).toEqual(Array.from({ length: 3000 }, (_, i) => [i, i % 2 === 0 ? -2 : i * 10]));
    },
  );

  test("of an empty tree are none", () => {
    const fixture = new TreeFixture(layoutOf("int"));
    expect([...fixture.tree.scanBatches({ columns: [0], atSeq: 9 })]).toEqual([]);
  });
});
