import fc from "fast-check";
import { Variant, type ColumnType, type Value } from "@aegisdb/sql/contract";
import { describe, expect, test } from "vitest";
import { createKeyCodec } from "../base/keycode.js";
import { compareValues } from "../base/compare.js";
import {
  columnOf,
  RUN_DIRECTORY,
  sortVersions,
  writeRun,
  type FixtureRow,
  type FixtureVersion,
  type RunFixture,
} from "../testing/run-fixture.js";
import { valueOf } from "../testing/values.js";
import type { Layout, LayoutColumn } from "../tree/layout.js";
import { BufferPool } from "./buffer-pool.js";
import type { SectionReader } from "./contract.js";
import { readRunFile } from "./run-file.js";
import { RunFileWriter } from "./writer.js";
import { MemFs } from "../vfs/mem-fs.js";

const KINDS: readonly ColumnType[] = [
  { kind: "int" },
  { kind: "float" },
  { kind: "bool" },
  { kind: "text" },
  { kind: "bytes" },
  { kind: "timestamp" },
  { kind: "decimal", precision: 12, scale: 2 },
  { kind: "numeric" },
  { kind: "date" },
  { kind: "time" },
  { kind: "interval" },
  { kind: "uuid" },
];

function anyValue(type: ColumnType): fc.Arbitrary<Value> {
  if (type.kind === "variant")
    return fc.jsonValue({ maxDepth: 2 }).map((json) => new Variant(json));
  return valueOf(type);
}

const anyLayout: fc.Arbitrary<Layout> = fc.record({
  key: fc.array(
    fc.record({
      name: fc.constant("k"),
      type: fc.constantFrom(...KINDS),
      descending: fc.boolean(),
      nullable: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  value: fc.array(
    fc.record({
      name: fc.constant("v"),
      type: fc.constantFrom<ColumnType>(...KINDS, { kind: "variant" }),
    }),
    { maxLength: 4 },
  ),
  access: fc.constantFrom("point", "scan"),
  pointReads: fc.boolean(),
});

function anyRow(layout: Layout): fc.Arbitrary<FixtureRow> {
  const cell = ({ type, nullable }: LayoutColumn): fc.Arbitrary<Value> =>
    nullable === true ? fc.option(anyValue(type), { freq: 5 }) : anyValue(type);
  const values = fc.tuple(
    ...layout.key.map(cell),
    ...layout.value.map(({ type }) => fc.option(anyValue(type), { freq: 4 })),
  );
  return fc.record({
    values,
    seq: fc.integer({ min: 1, max: 1000 }),
    tombstone: fc.boolean(),
  });
}

const anyRun = anyLayout.chain((layout) =>
  fc.record({
    layout: fc.constant(layout),
    rows: fc.array(anyRow(layout), { minLength: 1, maxLength: 60 }),
    compression: fc.constantFrom<"none" | "lz4">("none", "lz4"),
    visibleSeq: fc.constantFrom(0, 500, 1000),
    repeats: fc.nat(3),
  }),
);

/** Each key once or several times, with distinct sequences, in order. */
function versionsOf(
  layout: Layout,
  rows: readonly FixtureRow[],
  repeats: number,
): FixtureVersion[] {
  const again = rows.slice(0, repeats).map((row, i) => ({ ...row, seq: 2000 + i }));
  const all = sortVersions(createKeyCodec(layout.key), [...rows, ...again]);
  return all.filter((v, i) => i === 0 || all[i - 1]!.key !== v.key || all[i - 1]!.seq !== v.seq);
}

function stored(row: FixtureVersion, column: number, keyColumns: number): Value {
  return row.tombstone === true && column >= keyColumns ? null : row.values[column]!;
}

/** Reads everything by every way there is and compares it with the rows. */
function expectRun(reader: SectionReader, run: RunFixture, rows: readonly FixtureVersion[]): void {
  const keyColumns = run.layout.key.length;
  const columns = keyColumns + run.layout.value.length;
  let at = 0;
  for (let block = 0; block < reader.blockCount; block++) {
    const view = reader.block(block);
    expect(view.rows).toBe(reader.blockRows(block));
    expect(reader.blockStart(block)).toBe(at);
    expect(reader.firstKey(block)).toBe(rows[at]!.key);
    expect(reader.lastKey(block)).toBe(rows[at + view.rows - 1]!.key);
    for (let row = 0; row < view.rows; row++) {
      const expected = rows[at + row]!;
      for (let column = 0; column < columns; column++) {
        const value = stored(expected, column, keyColumns);
        expect(view.value(column, row)).toEqual(value);
        expect(view.isNull(column, row)).toBe(value === null);
      }
      expect(view.key(row)).toBe(expected.key);
      expect(view.tombstone(row)).toBe(expected.tombstone);
      expect(view.seq(row)).toBe(reader.hasVersions(block) ? expected.seq : 0);
      expect(reader.locate(at + row)).toEqual({ block, row });
      const newest = rows.findIndex((r) => r.key === expected.key);
      expect(reader.find(expected.key)).toBe(newest);
    }
    at += view.rows;
  }
  expect(at).toBe(rows.length);
}

describe("a section gives back what was written", () => {
  test("any layout, values, versions and tombstones", () => {
    fc.assert(
      fc.property(anyRun, ({ layout, rows, compression, visibleSeq, repeats }) => {
        const versions = versionsOf(layout, rows, repeats);
        const run = writeRun(layout, versions, { compression, visibleSeq });
        const reader = run.open();
        expectRun(reader, run, versions);
        const problems: string[] = [];
        reader.check((problem) => problems.push(problem));
        expect(problems).toEqual([]);
        reader.close();
      }),
      { numRuns: 60 },
    );
  });

  test("through a pool too small for anything", () => {
    fc.assert(
      fc.property(anyRun, ({ layout, rows, repeats }) => {
        const versions = versionsOf(layout, rows, repeats);
        const run = writeRun(layout, versions);
        const pool = new BufferPool(0);
        const reader = run.open(pool);
        expectRun(reader, run, versions);
        pool.nextStep();
        expectRun(reader, run, versions);
        reader.close();
        pool.nextStep();
        expect(pool.stats()).toMatchObject({ bytes: 0, entries: 0 });
      }),
      { numRuns: 20 },
    );
  });

  test("bounds of zone maps hold for every value", () => {
    fc.assert(
      fc.property(anyRun, ({ layout, rows }) => {
        const versions = versionsOf(layout, rows, 0);
        const run = writeRun(layout, versions);
        const reader = run.open();
        [...layout.key, ...layout.value].forEach(({ type }, column) => {
          const zone = reader.zone(0, column);
          const values = versions.map((row) => stored(row, column, layout.key.length));
          expect(zone.nullCount).toBe(values.filter((v) => v === null).length);
          for (const value of values) {
            if (value === null) continue;
            if (zone.min !== null) expect(compareValues(type, zone.min, value)).toBeLessThan(1);
            if (zone.max !== null) expect(compareValues(type, zone.max, value)).toBeGreaterThan(-1);
          }
        });
      }),
      { numRuns: 40 },
    );
  });
});

const table: Layout = {
  key: [{ name: "id", type: { kind: "int" } }],
  value: [
    { name: "name", type: { kind: "text" } },
    { name: "price", type: { kind: "float" } },
  ],
  access: "scan",
  pointReads: true,
};

const store: Layout = {
  key: [
    { name: "ns", type: { kind: "int" } },
    { name: "key", type: { kind: "text" } },
  ],
  value: [{ name: "value", type: { kind: "variant" } }],
  access: "point",
  pointReads: true,
};

function tableRows(count: number, layout = table): FixtureVersion[] {
  const rows = Array.from({ length: count }, (_, i) => ({
    seq: 0,
    tombstone: false,
    values: [i * 3, `name ${String(i % 50)}`, i / 7],
  }));
  return sortVersions(createKeyCodec(layout.key), rows);
}

function storeRows(count: number): FixtureVersion[] {
  const rows = Array.from({ length: count }, (_, i) => ({
    seq: 0,
    tombstone: false,
    values: [i % 3, `key:${String(i)}`, new Variant({ i, text: "x".repeat(i % 90) })],
  }));
  return sortVersions(createKeyCodec(store.key), rows);
}

describe("many blocks", () => {
  test("scan layouts have blocks of 4,096 rows", () => {
    const rows = tableRows(10_000);
    const reader = writeRun(table, rows).open();
    expect(reader.blockCount).toBe(3);
    expect([0, 1, 2].map((b) => reader.blockRows(b))).toEqual([4096, 4096, 1808]);
    expect(reader.zone(1, 0)).toEqual({ min: 4096 * 3, max: 8191 * 3, nullCount: 0 });
    const ids = reader.block(1).column(0).values!;
    expect([ids[0], ids[4095]]).toEqual([12_288, 24_573]);
  });

  test("point layouts have blocks of about 16 KB, in many index pages", () => {
    const rows = storeRows(20_000);
    const run = writeRun(store, rows);
    const reader = run.open();
    expect(reader.blockCount).toBeGreaterThan(80);
    for (let i = 0; i < rows.length; i += 37) {
      const found = reader.find(rows[i]!.key);
      expect(found).toBe(i);
      const { block, row } = reader.locate(found);
      expect(reader.block(block).json(2, row)).toEqual((rows[i]!.values[2] as Variant).json);
    }
    for (let i = 0; i < 2000; i++) {
      expect(reader.find(run.codec.encode([i % 4, `absent:${String(i)}`]))).toBe(-1);
    }
  });

  test("seeks find the first block and row at or after a key", () => {
    for (const layout of [table, { ...table, access: "point" as const, pointReads: false }]) {
      const rows = tableRows(9000, layout);
      const reader = writeRun(layout, rows).open();
      for (const key of [
        -5,
        0,
        1,
        3,
        4096 * 3 - 1,
        4096 * 3,
        20_000,
        26_997,
        26_998,
        1e9,
        2n ** 60n,
      ]) {
        const block = reader.seekBlock(key);
        const expected = rows.findIndex((row) => (row.key as number | bigint) >= key);
        if (expected < 0) {
          expect(block).toBe(reader.blockCount);
          continue;
        }
        const found = reader.blockStart(block) + reader.block(block).lowerBound(key);
        expect(found).toBe(expected);
        expect(reader.find(key)).toBe(rows[expected]!.key === key ? expected : -1);
      }
    }
  });

  test("versions of a key may fill several blocks", () => {
    const rows: FixtureVersion[] = [];
    for (const [key, versions] of [
      [1, 3],
      [5, 9000],
      [6, 2],
      [9, 5000],
    ] as const) {
      for (let v = 0; v < versions; v++) {
        rows.push({ key, seq: 20_000 - v, tombstone: v % 2 === 1, values: [key, "n", v] });
      }
    }
    const reader = writeRun(table, rows).open();
    expect(reader.find(1)).toBe(0);
    expect(reader.find(5)).toBe(3);
    expect(reader.find(6)).toBe(9003);
    expect(reader.find(9)).toBe(9005);
    expect(reader.seekBlock(5)).toBe(0);
    expect(reader.seekBlock(6)).toBe(2);
    expect(reader.blockMaxSeq(1)).toBe(20_000 - 4093);
    const problems: string[] = [];
    reader.check((problem) => problems.push(problem));
    expect(problems).toEqual([]);
  });

  test("blocks visible to all keep no sequences, unless a key repeats", () => {
    const rows = tableRows(9000).map((row, i) => ({ ...row, seq: i + 1 }));
    const reader = writeRun(table, rows, { visibleSeq: 5000 }).open();
    expect([0, 1, 2].map((b) => reader.hasVersions(b))).toEqual([false, true, true]);
    expect([0, 1, 2].map((b) => reader.blockMaxSeq(b))).toEqual([4096, 8192, 9000]);
    expect(reader.block(0).seq(17)).toBe(0);
    expect(reader.block(1).seq(17)).toBe(4096 + 18);
    const twice = [rows[0]!, { ...rows[0]!, seq: 0 }];
    expect(writeRun(table, twice, { visibleSeq: 5000 }).open().hasVersions(0)).toBe(true);
  });

  test("single values of a large block do not decode it", () => {
    const rows = tableRows(4096);
    const pool = new BufferPool(8 * 1024 * 1024);
    const reader = writeRun(table, rows).open(pool);
    expect(reader.find(300)).toBe(100);
    const view = reader.block(0);
    expect([view.number(0, 100), view.text(1, 100), view.number(2, 100)]).toEqual([
      300,
      "name 0",
      100 / 7,
    ]);
    const sparse = pool.stats().entryBytes;
    for (let row = 0; row < 4096; row++) view.text(1, row);
    expect(view.column(1).codes).not.toBe(null);
    expect(pool.stats().entryBytes).toBeGreaterThan(sparse + 16_384);
    for (let row = 0; row < 4096; row++) expect(view.number(0, row)).toBe(rows[row]!.key);
  });
});

describe("large values", () => {
  test("blocks too large to be read as one, and values larger than a slab", () => {
    const rows = sortVersions(
      createKeyCodec(store.key),
      [10, 30_000, 70_000, 5, 3_000_000, 200, 1_100_000].map((length, i) => ({
        seq: 0,
        tombstone: false,
        values: [1, `key ${String(i)}`, new Variant("abcdefghij".repeat(length / 10))],
      })),
    );
    for (const compression of ["none", "lz4"] as const) {
      const pool = new BufferPool(1 << 20);
      const reader = writeRun(store, rows, { compression }).open(pool);
      expect(reader.blockCount).toBeGreaterThan(3);
      for (let round = 0; round < 2; round++) {
        for (const row of rows) {
          const { block, row: index } = reader.locate(reader.find(row.key));
          expect(reader.block(block).json(2, index)).toBe((row.values[2] as Variant).json);
          pool.nextStep();
        }
      }
      expect(pool.stats().bytes).toBeLessThanOrEqual(pool.capacity);
      const problems: string[] = [];
      reader.check((problem) => problems.push(problem));
      expect(problems).toEqual([]);
      reader.close();
    }
  });
});

describe("files of several sections", () => {
  test("each is read by itself; sections without rows are dropped", () => {
    const vfs = new MemFs();
    vfs.makeDirectory(RUN_DIRECTORY);
    const writer = new RunFileWriter(vfs, RUN_DIRECTORY, 12, "lz4");
    const add = (tree: number, layout: Layout, rows: readonly FixtureVersion[]): void => {
      const section = writer.section(tree, layout);
      const columns = [...layout.key, ...layout.value].map(({ type }, i) =>
        columnOf(
          type,
          rows.map((row) => row.values[i]!),
        ),
      );
      rows.forEach((row, i) => {
        section.add(row.key, row.seq, false, columns, i);
      });
      if (rows.length > 0) section.finish();
    };
    add(1, table, tableRows(5000));
    add(2, table, []);
    add(3, store, storeRows(500));
    const metas = writer.finish();
    expect(metas.map((meta) => [meta.treeId, meta.rows])).toEqual([
      [1, 5000],
      [3, 500],
    ]);
    const file = vfs.openRead("runs/00000012.run");
    const alone = readRunFile(file);
    expect(alone.map(({ meta }) => meta)).toEqual(metas);
    expect(alone[1]!.layout.key.map(({ type }) => type.kind)).toEqual(["int", "text"]);
  });

  test("abandoning removes the file", () => {
    const vfs = new MemFs();
    vfs.makeDirectory(RUN_DIRECTORY);
    const writer = new RunFileWriter(vfs, RUN_DIRECTORY, 1, "none");
    writer.section(1, table).add(1, 0, false, tableColumns(), 0);
    writer.abandon();
    expect(vfs.list(RUN_DIRECTORY)).toEqual([]);
    expect(vfs.openFiles).toBe(0);
  });

  test("rows out of order and keys of other columns are refused", () => {
    const vfs = new MemFs();
    vfs.makeDirectory(RUN_DIRECTORY);
    const columns = tableColumns();
    const section = new RunFileWriter(vfs, RUN_DIRECTORY, 1, "none").section(1, table);
    section.add(5, 3, false, columns, 0);
    expect(() => {
      section.add(4, 3, false, columns, 0);
    }).toThrow(/ascending/);
    expect(() => {
      section.add(5, 3, false, columns, 0);
    }).toThrow(/newest first/);
    expect(() => section.finish()).toThrow(/its key columns/);
  });
});

function tableColumns(): ReturnType<typeof columnOf>[] {
  return [
    columnOf({ kind: "int" }, [1]),
    columnOf({ kind: "text" }, ["a"]),
    columnOf({ kind: "float" }, [1]),
  ];
}
