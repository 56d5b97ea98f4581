import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Value } from "@aegisdb/sql/contract";
import type { Key, KeyRange } from "../base/key.js";
import { TreeFixture } from "../testing/tree-fixture.js";
import { TreeOracle, type OracleRow } from "../testing/tree-oracle.js";
import { pickCompaction, type PickedCompaction } from "./compaction-picker.js";
import type { Layout } from "./layout.js";
import { RowBatch } from "./row-batch.js";

/** Rows of so many bytes, so that a block of 16 KB holds many, a dozen or one. */
const PADS = [0, 1200, 17_000];
const OUTPUT_BYTES = 60_000;

const layouts: Record<string, Layout> = {
  "number keys": {
    key: [{ name: "id", type: { kind: "int" } }],
    value: [
      { name: "n", type: { kind: "int" } },
      { name: "pad", type: { kind: "text" } },
    ],
    access: "point",
    pointReads: true,
  },
  "text keys": {
    key: [{ name: "id", type: { kind: "text" } }],
    value: [
      { name: "n", type: { kind: "int" } },
      { name: "pad", type: { kind: "text" } },
    ],
    access: "point",
    pointReads: false,
  },
  "composite keys": {
    key: [
      { name: "a", type: { kind: "text" } },
      { name: "b", type: { kind: "int" }, descending: true },
    ],
    value: [
      { name: "n", type: { kind: "int" } },
      { name: "pad", type: { kind: "text" } },
    ],
    access: "point",
    pointReads: true,
  },
};

/** Key columns of number `n`, in an order of its own per layout. */
function keyValues(name: string, n: number): Value[] {
  if (name === "number keys") return [n === 0 ? 2n ** 60n : n * 3];
  const text = `key ${String((n * 7) % 100).padStart(3, "0")}`;
  return name === "text keys" ? [text] : [text.slice(0, 6), n];
}

type Step =
  | {
      readonly do: "put" | "delete";
      readonly key: number;
      readonly sameSeq: boolean;
      readonly pad: number;
    }
  | { readonly do: "snapshot" | "release" | "freeze" | "flush" | "compact" | "read" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({
      do: fc.constantFrom("put" as const, "put" as const, "delete" as const),
      key: fc.integer({ min: 0, max: 60 }),
      sameSeq: fc.boolean(),
      pad: fc.constantFrom(...PADS),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("snapshot" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("release" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("freeze" as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("flush" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("compact" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("read" as const) }) },
);

/** Runs steps against a tree and the oracle, and compares every read at every open snapshot. */
class Run {
  readonly fixture: TreeFixture;
  readonly oracle = new TreeOracle();
  seq = 0;
  snapshots: number[] = [];
  private readonly name: string;

  constructor(name: string) {
    this.name = name;
    this.fixture = new TreeFixture(layouts[name]!, 200_000);
  }

  take(step: Step): void {
    switch (step.do) {
      case "put":
      case "delete":
        if (!step.sameSeq || this.seq === this.snapshots.at(-1) || this.seq === 0) this.seq++;
        this.write(step.do, step.key, step.pad);
        break;
      case "snapshot":
        if (this.snapshots.at(-1) !== this.seq) this.snapshots.push(this.seq);
        break;
      case "release":
        this.snapshots.shift();
        break;
      case "freeze":
        this.fixture.tree.freeze();
        break;
      case "flush":
        this.fixture.flush(this.snapshots);
        break;
      case "compact":
        this.compact();
        break;
      case "read":
        this.compareAll();
    }
  }

  compareAll(): void {
    for (const atSeq of [...this.snapshots, this.seq]) this.compareAt(atSeq);
  }

  private write(kind: "put" | "delete", n: number, pad: number): void {
    const key = keyValues(this.name, n);
    if (kind === "delete") {
      this.oracle.delete(this.fixture.delete(this.seq, key), this.seq);
      return;
    }
    const values = [...key, this.seq * 1000 + n, "x".repeat(pad)];
    this.oracle.put(this.fixture.put(this.seq, values), this.seq, values);
  }

  /** What the picker would, or everything into the last level, or one level into the next. */
  private compact(): void {
    const { levels } = this.fixture.tree;
    const picked = pickCompaction(levels) ?? this.pickByTurns();
    if (picked !== null) this.fixture.compact(picked, this.snapshots, OUTPUT_BYTES);
  }

  private pickByTurns(): PickedCompaction | null {
    const { levels } = this.fixture.tree;
    if (this.seq % 2 === 0 && levels.length > 1 && levels[1]!.length > 0) {
      const upper = levels[1]![this.seq % levels[1]!.length]!;
      const below = (levels[2] ?? []).filter(
        ({ meta }) => meta.firstKey <= upper.meta.lastKey && upper.meta.firstKey <= meta.lastKey,
      );
      return { inputs: [upper, ...below], target: 2, bottom: true, move: false };
    }
    const inputs = levels.flat();
    if (inputs.length === 0) return null;
    return { inputs, target: Math.max(1, levels.length - 1), bottom: true, move: false };
  }

  private compareAt(atSeq: number): void {
    const expected = this.oracle.rows(atSeq);
    this.compareGets(atSeq);
    this.compareWalks(atSeq, expected);
    this.compareBatches(atSeq, {}, expected);
    const keys = this.oracle.keys();
    for (const [from, to] of [
      [0.2, 0.3],
      [0.1, 0.9],
      [0.5, 2],
      [-1, 0.6],
    ] as const) {
      const range: KeyRange = {
        start: keys[Math.floor(keys.length * from)],
        end: keys[Math.floor(keys.length * to)],
      };
      this.compareBatches(atSeq, range, this.oracle.rows(atSeq, range));
    }
  }

  private compareGets(atSeq: number): void {
    const { tree } = this.fixture;
    for (const key of this.oracle.keys()) {
      const row = tree.get(key, atSeq);
      expect(row === null ? null : this.fixture.values(row)).toEqual(this.oracle.get(key, atSeq));
      expect(tree.has(key, atSeq)).toBe(row !== null);
      if (typeof key !== "string") continue;
      const concat = tree.getConcat(key.slice(0, 3), key.slice(3), atSeq);
      expect(concat === null ? null : this.fixture.values(concat)).toEqual(
        this.oracle.get(key, atSeq),
      );
    }
  }

  /** The `n` of all rows, taken some at a time, with the pool going on in between. */
  private takenNumbers(atSeq: number): Value[] {
    const cursor = this.fixture.tree.cursor(atSeq);
    const column = this.fixture.layout.key.length;
    const batch = new RowBatch(9);
    const numbers: Value[] = [];
    cursor.seekFirst();
    for (let max = 1; cursor.valid; max = (max % 9) + 1) {
      cursor.take(batch, max, undefined);
      expect(batch.count).toBe(cursor.valid ? max : batch.count);
      for (let i = 0; i < batch.count; i++) {
        const cells = batch.cells[i]!;
        const row = batch.rows[i]!;
        const padBytes = cells.size(column + 1, row);
        expect(cells.isNull(column, row)).toBe(false);
        expect(cells.text(column + 1, row)).toHaveLength(padBytes);
        numbers.push(cells.number(column, row));
      }
      batch.clear();
      this.fixture.pool.nextStep();
    }
    return numbers;
  }

  private compareWalks(atSeq: number, expected: readonly OracleRow[]): void {
    const cursor = this.fixture.tree.cursor(atSeq);
    const keys = expected.map((row) => row.key);
    const forward: Key[] = [];
    for (cursor.seekFirst(); cursor.valid; cursor.next()) forward.push(cursor.key);
    expect(forward).toEqual(keys);
    const backward: Key[] = [];
    for (cursor.seekLast(); cursor.valid; cursor.previous()) backward.push(cursor.key);
    expect(backward).toEqual([...keys].reverse());
    expect(this.takenNumbers(atSeq)).toEqual(expected.map(({ values }) => values.at(-2)));
    for (const key of this.oracle.keys()) {
      const at = keys.findIndex((other) => other >= key);
      const next = at < 0 ? keys.length : at;
      cursor.seek(key);
      expect(cursor.valid ? cursor.key : undefined).toEqual(keys[next]);
      if (cursor.valid) {
        expect(this.fixture.values(cursor.row)).toEqual(this.oracle.get(cursor.key, atSeq));
        cursor.previous();
        expect(cursor.valid ? cursor.key : undefined).toEqual(keys[next - 1]);
        if (cursor.valid) cursor.next();
        if (cursor.valid) expect(cursor.key).toEqual(keys[next]);
      }
      cursor.seekBefore(key);
      expect(cursor.valid ? cursor.key : undefined).toEqual(keys[next - 1]);
    }
  }

  private compareBatches(
    atSeq: number,
    range: KeyRange,
    expected: readonly { key: Key; values: readonly Value[] }[],
  ): void {
    const columns = this.fixture.layout.key.map((_, i) => i);
    columns.push(columns.length, columns.length + 1);
    const batches = this.fixture.tree.scanBatches({ ...range, atSeq, columns });
    const found = this.fixture.batchRows(batches).map((values) => ({
      key: this.fixture.codec.encode(values),
      values,
    }));
    found.sort((a, b) => (a.key < b.key ? -1 : 1));
    expect(found).toEqual(expected);
  }
}

describe.each(Object.keys(layouts))("a tree with %s", (name) => {
  test("shows every snapshot what the naive oracle shows", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120, size: "max" }), (steps) => {
        const run = new Run(name);
        for (const each of steps) run.take(each);
        run.compareAll();
      }),
      { numRuns: 15 },
    );
  });
});
