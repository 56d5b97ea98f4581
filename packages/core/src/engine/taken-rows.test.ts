import type { Value } from "@aegisdb/sql/contract";
import { describe, expect, it, vi } from "vitest";
import type { KeyRange } from "../base/key.js";
import { Prng } from "../base/prng.js";
import { openTestEngine } from "../testing/simulation/engine-fixture.js";
import { TreeOracle, type OracleRow } from "../testing/tree-oracle.js";
import type { Layout } from "../tree/layout.js";
import { RowBatch } from "../tree/row-batch.js";
import type { ManualTransaction, ReadView, RowCursor, Snapshot, TreeRef } from "./contract.js";
import { checkpoint, close, compact } from "./life-cycle.js";
import type { OpenedEngine } from "./open-engine.js";

vi.mock(import("../limits.js"), async (original) => {
  const { smallLimits } = await import("../testing/simulation/small-limits.js");
  return { ...(await original()), ...smallLimits };
});

const FIRST_SEED = Number(process.env["AEGIS_TAKEN_SEED"] ?? 1);
const SEEDS = 12;
const STEPS = 250;
const KEYS = 90;
const CAPACITY = 40;

const value = [
  { name: "n", type: { kind: "int" } },
  { name: "note", type: { kind: "text" } },
] as const;
const layouts: readonly Layout[] = [
  { key: [{ name: "id", type: { kind: "int" } }], value, access: "point", pointReads: true },
  { key: [{ name: "id", type: { kind: "text" } }], value, access: "scan", pointReads: false },
];

/** A cursor with what it must give, and how far it has come. */
interface Reader {
  readonly cursor: RowCursor;
  readonly batch: RowBatch;
  readonly expected: readonly OracleRow[];
  at: number;
  /** Rows of the last take, which may be taken again from any of them on. */
  last: number;
  readonly release: () => void;
}

/** Cursors that take rows while the tree under them is written, frozen, flushed and compacted. */
class Run {
  readonly opened: OpenedEngine;
  readonly tree: TreeRef;
  taken = 0;
  private readonly oracle = new TreeOracle();
  private readonly readers: Reader[] = [];

  constructor(
    private readonly prng: Prng,
    private readonly layout: Layout,
  ) {
    const inlineBackground = prng.chance(0.5);
    this.opened = openTestEngine({ writeBufferBytes: 8 * 1024, inlineBackground });
    this.tree = this.opened.engine.autocommit((tx) => tx.createTree("t", layout)).value;
  }

  async step(): Promise<void> {
    const dice = this.prng.int(100);
    if (dice < 35) this.write();
    else if (dice < 38) this.freeze();
    else if (dice < 41) await checkpoint(this.opened);
    else if (dice < 43) await compact(this.opened, {});
    else if (dice < 55) this.read();
    else if (dice < 58) this.leave();
    else if (dice < 68) this.again();
    else this.take();
  }

  /** Reads every cursor to its end. */
  finish(): void {
    while (this.readers.length > 0) this.take();
  }

  private key(n: number): Value {
    return this.layout.key[0]!.type.kind === "int" ? n * 3 - 100 : `k${n % 10}/${n}`;
  }

  private row(n: number, mark: number): Value[] {
    return [this.key(n), mark, "x".repeat(this.prng.pick([0, 3, 60, 700]))];
  }

  private write(): void {
    const { prng, tree, oracle } = this;
    const { engine } = this.opened;
    const writes: { key: Value; row: Value[] | undefined }[] = [];
    void engine.autocommit((tx) => {
      for (let i = prng.pick([1, 1, 5, 30]); i > 0; i--) {
        const n = prng.int(KEYS);
        const row = prng.chance(0.3) ? undefined : this.row(n, engine.seq);
        if (row === undefined) tx.delete(tree, [this.key(n)]);
        else tx.put(tree, row);
        writes.push({ key: this.key(n), row });
      }
    });
    for (const { key, row } of writes) {
      const encoded = tree.codec.encode([key]);
      if (row === undefined) oracle.delete(encoded, engine.seq);
      else oracle.put(encoded, engine.seq, row);
    }
  }

  private freeze(): void {
    const { engine, maintenance } = this.opened;
    maintenance.freeze(engine.seq, engine.commitTime);
  }

  private range(): KeyRange {
    const bound = (): string | number | bigint | undefined =>
      this.prng.chance(0.5) ? undefined : this.tree.codec.encode([this.key(this.prng.int(KEYS))]);
    return { start: bound(), end: bound() };
  }

  /** Opens a cursor on the latest state, on a snapshot, or in a transaction with its own writes. */
  private read(): void {
    const { engine } = this.opened;
    const range = this.range();
    const dice = this.prng.int(3);
    if (dice === 0) {
      this.add(engine.latest(), range, this.oracle.rows(engine.seq, range), () => undefined);
    } else if (dice === 1) {
      const snapshot: Snapshot = engine.snapshot();
      this.add(snapshot, range, this.oracle.rows(snapshot.seq, range), () => snapshot.release());
    } else {
      const tx = engine.begin({ isolation: "snapshot" });
      const expected = this.writeIn(tx, this.oracle.rows(tx.seq)).filter(
        ({ key }) =>
          (range.start === undefined || key >= range.start) &&
          (range.end === undefined || key < range.end),
      );
      this.add(tx, range, expected, () => tx.rollback());
    }
  }

  private writeIn(tx: ManualTransaction, committed: readonly OracleRow[]): OracleRow[] {
    const rows = new Map(committed.map((row) => [row.key, row]));
    for (let i = this.prng.pick([0, 1, 10, 40]); i > 0; i--) {
      const n = this.prng.int(KEYS);
      const key = this.tree.codec.encode([this.key(n)]);
      if (this.prng.chance(0.4)) {
        tx.delete(this.tree, [this.key(n)]);
        rows.delete(key);
      } else {
        const values = this.row(n, -i);
        tx.put(this.tree, values);
        rows.set(key, { key, values });
      }
    }
    return [...rows.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  private add(
    view: ReadView,
    range: KeyRange,
    expected: readonly OracleRow[],
    release: () => void,
  ): void {
    const cursor = view.scan(this.tree, range);
    expect(cursor.canTake).toBe(true);
    const batch = new RowBatch(CAPACITY);
    this.readers.push({ cursor, batch, expected, at: 0, last: 0, release });
  }

  private leave(): void {
    const reader = this.readers.shift();
    reader?.cursor.close();
    reader?.release();
  }

  private again(): void {
    const reader = this.readers.find(({ last }) => last > 0);
    if (reader === undefined) return;
    const back = 1 + this.prng.int(reader.last);
    reader.at -= back;
    reader.last -= back;
    reader.cursor.takeAgainFrom(reader.expected[reader.at]!.key);
  }

  private take(): void {
    if (this.readers.length === 0) return;
    const reader = this.prng.pick(this.readers);
    const { cursor, batch, expected, at } = reader;
    const max = 1 + this.prng.int(this.prng.pick([2, 10, CAPACITY]));
    cursor.take(batch, max);
    const rows = Array.from({ length: batch.count }, (_, i) => this.rowOf(batch, i));
    batch.clear();
    expect(rows).toEqual(expected.slice(at, at + max).map(({ values }) => values));
    reader.at += rows.length;
    reader.last = rows.length;
    this.taken += rows.length;
    expect(cursor.nextKey).toEqual(expected[reader.at]?.key);
    if (rows.length > 0) return;
    this.readers.splice(this.readers.indexOf(reader), 1);
    reader.release();
  }

  private rowOf({ cells, rows }: RowBatch, i: number): Value[] {
    const row = rows[i]!;
    const from = cells[i]!;
    const key = this.layout.key[0]!.type.kind === "int" ? from.number(0, row) : from.text(0, row);
    return [key, from.number(1, row), from.text(2, row)];
  }
}

describe("rows that are taken some at a time", () => {
  it.each(layouts.map((layout) => [layout.key[0]!.type.kind, layout] as const))(
    `are those of the naive oracle, with keys of %s (seeds from ${FIRST_SEED})`,
    async (_, layout) => {
      let taken = 0;
      for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
        const run = new Run(new Prng(seed), layout);
        try {
          for (let i = 0; i < STEPS; i++) await run.step();
          run.finish();
        } catch (cause) {
          throw new Error(`seed ${seed}: ${String(cause)}`, { cause });
        }
        taken += run.taken;
        await close(run.opened);
      }
      expect(taken).toBeGreaterThan(SEEDS * 200);
    },
  );
});
