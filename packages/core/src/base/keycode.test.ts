import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ColumnType, Value } from "@aegisdb/sql/contract";
import { compareValues } from "./compare.js";
import type { Key, KeyRange } from "./key.js";
import { createKeyCodec, type KeyColumn } from "./keycode.js";
import { valueOf } from "../testing/values.js";
import { vectorOf } from "../testing/vectors.js";

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

const anyColumn: fc.Arbitrary<KeyColumn> = fc.record({
  type: fc.constantFrom(...KINDS),
  descending: fc.boolean(),
  nullable: fc.boolean(),
});

function columnValue(column: KeyColumn): fc.Arbitrary<Value> {
  const value = valueOf(column.type);
  return column.nullable === true
    ? fc.oneof({ weight: 5, arbitrary: value }, fc.constant(null))
    : value;
}

function compareRows(
  columns: readonly KeyColumn[],
  a: readonly Value[],
  b: readonly Value[],
): number {
  for (let i = 0; i < columns.length && i < a.length && i < b.length; i++) {
    const order = compareValues(columns[i]!.type, a[i]!, b[i]!);
    if (order !== 0) return columns[i]!.descending === true ? -order : order;
  }
  return 0;
}

function compareKeys(a: Key, b: Key): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function holds(range: KeyRange, key: Key): boolean {
  return (
    (range.start === undefined || key >= range.start) &&
    (range.end === undefined || key < range.end)
  );
}

/** What decoding gives back where it is not the very value: the one thing that is normalised. */
function normalised(value: Value): Value {
  return Object.is(value, -0) ? 0 : value;
}

const columnsAndRows = fc.array(anyColumn, { minLength: 1, maxLength: 4 }).chain((columns) =>
  fc.tuple(
    fc.constant(columns),
    fc.array(fc.tuple<Value[]>(...columns.map(columnValue)), {
      minLength: 2,
      maxLength: 8,
    }),
  ),
);

describe("key codec", () => {
  it("orders keys as their values, for all kinds and mixes of columns", () => {
    fc.assert(
      fc.property(columnsAndRows, ([columns, rows]) => {
        const codec = createKeyCodec(columns);
        const keys = rows.map((row) => codec.encode(row));
        for (let i = 0; i < rows.length; i++) {
          const orders = rows.map((row) => Math.sign(compareRows(columns, rows[i]!, row)));
          // Keys tell apart what values call equal: intervals of one length.
          const keyOrders = keys.map((key, j) => orders[j] && compareKeys(keys[i]!, key));
          expect(keyOrders).toEqual(orders);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it("gives equal keys only to equal rows, and decodes each exactly", () => {
    fc.assert(
      fc.property(columnsAndRows, ([columns, rows]) => {
        const codec = createKeyCodec(columns);
        for (const row of rows) {
          expect(codec.decode(codec.encode(row))).toEqual(row.map(normalised));
        }
      }),
      { numRuns: 1500 },
    );
  });

  it("encodes a row of vectors as it does the values", () => {
    fc.assert(
      fc.property(columnsAndRows, fc.boolean(), ([columns, rows], dictionary) => {
        const codec = createKeyCodec(columns);
        const vectors = columns.map((column, c) =>
          vectorOf(
            column.type,
            rows.map((row) => row[c]!),
            dictionary,
          ),
        );
        rows.forEach((row, i) => {
          expect(codec.encodeRow(vectors, i)).toBe(codec.encode(row));
        });
      }),
      { numRuns: 500 },
    );
  });

  it("covers with a prefix's range exactly the keys that begin with it", () => {
    fc.assert(
      fc.property(columnsAndRows, ([columns, rows]) => {
        const codec = createKeyCodec(columns);
        for (const prefixRow of rows) {
          for (let length = 0; length <= columns.length; length++) {
            const prefix = prefixRow.slice(0, length);
            const range = codec.prefixRange(prefix);
            const begin = rows.map((row) => compareRows(columns, prefix, row) === 0);
            expect(rows.map((row) => holds(range, codec.encode(row)))).toEqual(begin);
          }
        }
      }),
      { numRuns: 700 },
    );
  });

  it("covers with startsWithRange exactly the keys whose text starts so", () => {
    const text: ColumnType = { kind: "text" };
    fc.assert(
      fc.property(
        fc.array(anyColumn, { maxLength: 2 }),
        fc.record({ type: fc.constant(text), descending: fc.boolean(), nullable: fc.boolean() }),
        fc.array(anyColumn, { maxLength: 1 }),
        fc.gen(),
        (before, column, after, gen) => {
          const columns = [...before, column, ...after];
          const codec = createKeyCodec(columns);
          const prefix = before.map((c) => gen(columnValue, c));
          const start = gen(() => fc.string({ unit: "grapheme", maxLength: 2 })).replaceAll(
            "\0",
            "",
          );
          const range = codec.startsWithRange(prefix, start);
          for (let i = 0; i < 6; i++) {
            const value = gen(columnValue, column);
            const extended = i % 2 === 0 && value !== null ? start + (value as string) : value;
            const row = [...prefix, extended, ...after.map((c) => gen(columnValue, c))];
            const starts = extended !== null && (extended as string).startsWith(start);
            expect(holds(range, codec.encode(row))).toBe(starts);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
