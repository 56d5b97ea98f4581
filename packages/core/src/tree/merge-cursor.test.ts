import type { Value } from "@aegisdb/sql/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TreeFixture } from "../testing/tree-fixture.js";
import { TreeOracle, type OracleRow } from "../testing/tree-oracle.js";
import type { VersionCursor } from "./contract.js";
import type { Layout } from "./layout.js";
import { Memtable } from "./memtable.js";
import { MemtableCursor } from "./memtable-cursor.js";
import { MergeCursor } from "./merge-cursor.js";
import { RowBatch } from "./row-batch.js";

const layout: Layout = {
  key: [{ name: "id", type: { kind: "int" } }],
  value: [{ name: "n", type: { kind: "int" } }],
  access: "point",
  pointReads: true,
};

type Op =
  | { readonly put: number }
  | { readonly seek: number; readonly before: boolean }
  | { readonly seekEnd: "first" | "last" }
  | { readonly move: 1 | -1 }
  | { readonly take: number; readonly end: number | undefined }
  | { readonly change: "freeze" | "flush" | "compact"; readonly thenLook: boolean };

const op: fc.Arbitrary<Op> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ put: fc.integer({ min: 0, max: 40 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ seek: fc.integer({ min: 0, max: 41 }), before: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ seekEnd: fc.constantFrom("first" as const, "last" as const) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ move: fc.constantFrom(1 as const, 1 as const, -1 as const) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      take: fc.integer({ min: 1, max: 10 }),
      end: fc.option(fc.integer({ min: 0, max: 41 }), { nil: undefined }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      change: fc.constantFrom("freeze" as const, "flush" as const, "compact" as const),
      thenLook: fc.boolean(),
    }),
  },
);

/** Both columns of the rows of a batch. */
function rowsOf(batch: RowBatch): Value[][] {
  return Array.from({ length: batch.count }, (_, i) =>
    [0, 1].map((column) => batch.cells[i]!.number(column, batch.rows[i]!)),
  );
}

/** A cursor at one sequence, driven while the tree is written and its sources change. */
class Drive {
  readonly fixture = new TreeFixture(layout, 100_000);
  readonly oracle = new TreeOracle();
  private seq = 0;
  private snapshot = 0;
  private cursor: VersionCursor = this.fixture.tree.cursor(0);
  private rows: readonly OracleRow[] = [];
  private at = -1;

  take(op: Op): void {
    if ("put" in op) {
      this.put(op.put);
    } else if ("change" in op) {
      this.change(op.change);
      // Whoever looks makes the cursor find its place; otherwise its next move must.
      if (!op.thenLook) return;
    } else if ("move" in op) {
      this.move(op.move);
    } else if ("take" in op) {
      this.takeRows(op.take, op.end);
    } else {
      this.seek(op);
    }
    this.compare();
  }

  private put(key: number): void {
    this.seq++;
    const values: Value[] = [key, this.seq];
    if (key % 5 === 0) this.oracle.delete(this.fixture.delete(this.seq, [key]), this.seq);
    else this.oracle.put(this.fixture.put(this.seq, values), this.seq, values);
  }

  private change(what: "freeze" | "flush" | "compact"): void {
    const { tree } = this.fixture;
    if (what === "freeze") tree.freeze();
    if (what === "flush") this.fixture.flush([this.snapshot]);
    if (what !== "compact" || tree.levels.flat().length === 0) return;
    const picked = { inputs: tree.levels.flat(), target: 1, bottom: true, move: false };
    this.fixture.compact(picked, [this.snapshot], 1000);
  }

  private move(by: 1 | -1): void {
    if (!this.cursor.valid) return;
    if (by > 0) this.cursor.next();
    else this.cursor.previous();
    this.at += by;
  }

  private takeRows(max: number, end: number | undefined): void {
    if (!this.cursor.valid) return;
    const batch = new RowBatch(10);
    this.cursor.take(batch, max, end);
    const before = end ?? Infinity;
    const left = this.rows.slice(this.at).filter(({ key }) => (key as number) < before);
    const expected = left.slice(0, max).map(({ values }) => values);
    expect(rowsOf(batch)).toEqual(expected);
    this.at += expected.length;
  }

  private seek(op: Op): void {
    this.snapshot = this.seq;
    this.cursor = this.fixture.tree.cursor(this.seq);
    this.rows = this.oracle.rows(this.seq);
    if ("seekEnd" in op) {
      if (op.seekEnd === "first") this.cursor.seekFirst();
      else this.cursor.seekLast();
      this.at = op.seekEnd === "first" ? 0 : this.rows.length - 1;
    } else if ("seek" in op) {
      const found = this.rows.findIndex(({ key }) => (key as number) >= op.seek);
      this.at = found < 0 ? this.rows.length : found;
      if (op.before) {
        this.cursor.seekBefore(op.seek);
        this.at--;
      } else {
        this.cursor.seek(op.seek);
      }
    }
  }

  private compare(): void {
    const expected = this.rows[this.at];
    expect(this.cursor.valid ? this.cursor.key : undefined).toBe(expected?.key);
    if (!this.cursor.valid) return;
    expect(this.fixture.values(this.cursor.row)).toEqual(expected!.values);
    expect(this.cursor.tombstone).toBe(false);
  }
}

describe("a tree's cursor", () => {
  test("keeps its place and its row while the tree is written, flushed and compacted", () => {
    fc.assert(
      fc.property(fc.array(op, { maxLength: 150, size: "max" }), (ops) => {
        const drive = new Drive();
        for (const each of ops) drive.take(each);
      }),
      { numRuns: 60 },
    );
  });
});

describe("a merge", () => {
  /** Sources, newest first, of which each holds every key divisible by its number. */
  function sourcesOf(count: number, fixture: TreeFixture): VersionCursor[] {
    return Array.from({ length: count }, (_, i) => {
      const memtable = new Memtable(fixture.layout, fixture.codec);
      for (let key = 0; key < 200; key += i + 1) {
        if (key % 7 === i) fixture.delete(1, [key], memtable);
        else fixture.put(1, [key, i], memtable);
      }
      return new MemtableCursor(memtable, 1);
    });
  }

  test.each([1, 2, 3, 9, 20])("of %d sources takes each key from the newest", (count) => {
    const fixture = new TreeFixture(layout);
    const sources = sourcesOf(count, fixture).reverse();
    // Reversed, the newest source holds the fewest keys.
    const newestOf = (key: number): number => {
      for (let i = count - 1; i > 0; i--) if (key % (i + 1) === 0) return i;
      return 0;
    };
    const kept = new MergeCursor({ epoch: 0, open: () => sources }, false);
    let key = 0;
    for (kept.seekFirst(); kept.valid; kept.next(), key++) {
      expect(kept.key).toBe(key);
      const newest = newestOf(key);
      expect(kept.tombstone).toBe(key % 7 === newest);
      if (!kept.tombstone) expect(kept.row.number(1)).toBe(newest);
    }
    expect(key).toBe(200);
    const batch = new RowBatch(200);
    const taken = new MergeCursor({ epoch: 0, open: () => sources }, true);
    taken.seekFirst();
    for (let max = 7; taken.valid && (taken.key as number) < 190; max += 7)
      taken.take(batch, max, 190);
    const before = Array.from({ length: 190 }, (_, i) => i);
    const alive = before.filter((each) => each % 7 !== newestOf(each));
    expect(rowsOf(batch)).toEqual(alive.map((each) => [each, newestOf(each)]));
    const hidden = new MergeCursor({ epoch: 0, open: () => sources }, true);
    const live: number[] = [];
    for (hidden.seekLast(); hidden.valid; hidden.previous()) live.push(hidden.key as number);
    const expected = Array.from({ length: 200 }, (_, i) => 199 - i);
    expect(live).toEqual(expected.filter((each) => each % 7 !== newestOf(each)));
  });

  test("of nothing is at its end", () => {
    const merge = new MergeCursor({ epoch: 0, open: () => [] }, true);
    merge.seekFirst();
    expect(merge.valid).toBe(false);
    merge.seekBefore(7);
    expect(merge.valid).toBe(false);
  });
});
