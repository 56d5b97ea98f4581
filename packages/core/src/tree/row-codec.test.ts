import { Variant, type ColumnKind, type ColumnType, type Value } from "@aegisdb/sql/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteWriter } from "../base/bytes.js";
import { createKeyCodec } from "../base/keycode.js";
import { packVariant } from "../base/variant.js";
import { plain, TreeFixture } from "../testing/tree-fixture.js";
import { valueOf } from "../testing/values.js";
import { EncodedRow } from "./encoded-row.js";
import type { Layout, LayoutColumn } from "./layout.js";
import { MemtableRow } from "./memtable-row.js";
import { createRowCodec, PackedVariant } from "./row-codec.js";

const kinds: readonly ColumnKind[] = [
  "int",
  "float",
  "bool",
  "text",
  "bytes",
  "timestamp",
  "decimal",
  "numeric",
  "date",
  "time",
  "interval",
  "uuid",
  "variant",
];

function typeOf(kind: ColumnKind): ColumnType {
  return kind === "decimal" ? { kind, precision: 12, scale: 2 } : { kind };
}

function anyValue(type: ColumnType): fc.Arbitrary<Value> {
  return type.kind === "variant"
    ? fc.jsonValue().map((json) => new Variant(JSON.parse(JSON.stringify(json))))
    : valueOf(type);
}

const keyKinds = kinds.filter((kind) => kind !== "variant");

/** A layout of any columns, and rows of it. */
const layoutAndRows = fc
  .record({
    key: fc.array(fc.record({ kind: fc.constantFrom(...keyKinds), nullable: fc.boolean() }), {
      minLength: 1,
      maxLength: 3,
    }),
    value: fc.array(fc.constantFrom(...kinds), { maxLength: 12 }),
  })
  .chain(({ key, value }) => {
    const layout: Layout = {
      key: key.map(({ kind, nullable }, i) => ({ name: `k${i}`, type: typeOf(kind), nullable })),
      value: value.map((kind, i) => ({ name: `v${i}`, type: typeOf(kind) })),
      access: "scan",
      pointReads: true,
    };
    const columns = [...layout.key, ...layout.value];
    const row = fc.tuple(
      ...columns.map(({ type, nullable }, i) =>
        i < layout.key.length && nullable !== true
          ? anyValue(type)
          : fc.option(anyValue(type), { freq: 4 }),
      ),
    );
    return fc.record({ layout: fc.constant(layout), rows: fc.array(row, { maxLength: 20 }) });
  });

function layoutOf(value: readonly LayoutColumn[]): Layout {
  return {
    key: [{ name: "id", type: { kind: "int" } }],
    value,
    access: "point",
    pointReads: true,
  };
}

describe("encoded rows", () => {
  test("are read back in place and from a memtable as they were given", () => {
    fc.assert(
      fc.property(layoutAndRows, ({ layout, rows }) => {
        const codec = createRowCodec(layout);
        const keys = createKeyCodec(layout.key);
        const fixture = new TreeFixture(layout);
        const writer = new ByteWriter(8);
        writer.u8(77);
        const view = new EncodedRow(layout);
        const memtableRow = new MemtableRow();
        for (const [i, values] of rows.entries()) {
          const start = writer.length;
          codec.encodeRow(writer, values);
          fixture.put(i + 1, values);
          const record = writer.view();
          const expected = values.map(plain);
          expect(fixture.values(view.set(record, start)).map(plain)).toEqual(expected);
          memtableRow.set(fixture.tree.active, i);
          expect(fixture.values(memtableRow).map(plain)).toEqual(expected);
          expect(codec.decodeKey(record, start, keys)).toBe(keys.encode(values));
          values.forEach((value, column) => {
            expect(view.isNull(column)).toBe(value === null);
            expect(memtableRow.isNull(column)).toBe(value === null);
          });
        }
      }),
      { numRuns: 150 },
    );
  });

  test("begin with their encoded key", () => {
    fc.assert(
      fc.property(layoutAndRows, ({ layout, rows }) => {
        const codec = createRowCodec(layout);
        for (const values of rows) {
          const row = new ByteWriter();
          codec.encodeRow(row, values);
          const key = new ByteWriter();
          codec.encodeKey(key, values.slice(0, layout.key.length));
          expect([...row.view().subarray(0, key.length)]).toEqual([...key.view()]);
        }
      }),
      { numRuns: 50 },
    );
  });

  test("take long texts and variants, and variants that are packed already", () => {
    const layout = layoutOf([
      { name: "t", type: { kind: "text" } },
      { name: "v", type: { kind: "variant" } },
      { name: "p", type: { kind: "variant" } },
    ]);
    const json = { list: Array.from({ length: 9000 }, (_, i) => `item ${i}`) };
    const text = "é".repeat(70_000);
    const writer = new ByteWriter();
    const values = [1, text, new Variant(json), new PackedVariant(packVariant(json))];
    createRowCodec(layout).encodeRow(writer, values);
    const row = new EncodedRow(layout).set(writer.view(), 0);
    expect(row.text(1)).toBe(text);
    expect(row.json(2)).toEqual(json);
    expect(row.json(3)).toEqual(json);
    expect(row.value(3)).toEqual(new Variant(json));
  });

  test("hand out bytes that alias nothing", () => {
    const layout = layoutOf([{ name: "b", type: { kind: "bytes" } }]);
    const fixture = new TreeFixture(layout);
    fixture.put(1, [1, Uint8Array.of(1, 2, 3)]);
    const row = fixture.tree.get(1, 1)!;
    for (const bytes of [row.bytes(1), row.value(1) as Uint8Array]) {
      expect(bytes.buffer).toBeInstanceOf(ArrayBuffer);
      bytes.fill(9);
    }
    expect([...row.bytes(1)]).toEqual([1, 2, 3]);
    const record = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 5, 6]);
    const encoded = new EncodedRow(layout).set(record, 0);
    (encoded.value(1) as Uint8Array).fill(9);
    encoded.bytes(1).fill(9);
    expect([...encoded.bytes(1)]).toEqual([5, 6]);
  });
});

describe("values that do not fit their column", () => {
  const refused: readonly [ColumnKind, unknown, string][] = [
    ["int", "1", "TYPE_MISMATCH"],
    ["int", 1.5, "TYPE_MISMATCH"],
    ["int", NaN, "TYPE_MISMATCH"],
    ["int", undefined, "TYPE_MISMATCH"],
    ["int", 2 ** 63, "NUMERIC_OUT_OF_RANGE"],
    ["int", 2n ** 63n, "NUMERIC_OUT_OF_RANGE"],
    ["decimal", -(2n ** 63n) - 1n, "NUMERIC_OUT_OF_RANGE"],
    ["float", 1n, "TYPE_MISMATCH"],
    ["bool", 1, "TYPE_MISMATCH"],
    ["date", 2 ** 31, "NUMERIC_OUT_OF_RANGE"],
    ["date", 0.5, "TYPE_MISMATCH"],
    ["text", 1, "TYPE_MISMATCH"],
    ["text", "a\0b", "INVALID_TEXT"],
    ["text", "\ud800", "INVALID_TEXT"],
    ["text", `${"long ".repeat(20)}\udc00`, "INVALID_TEXT"],
    ["text", `${"long ".repeat(20)}\0`, "INVALID_TEXT"],
    ["bytes", [1], "TYPE_MISMATCH"],
    ["numeric", 1, "TYPE_MISMATCH"],
    ["uuid", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "INVALID_TEXT_REPRESENTATION"],
    ["uuid", new Uint8Array(16), "TYPE_MISMATCH"],
    ["interval", 1, "TYPE_MISMATCH"],
    ["interval", { months: 0.5, days: 0, micros: 0 }, "TYPE_MISMATCH"],
    ["interval", { months: 0, days: 2 ** 31, micros: 0 }, "NUMERIC_OUT_OF_RANGE"],
    ["variant", { json: 1 }, "TYPE_MISMATCH"],
    ["variant", new Variant({ f: () => 1 }), "UNSUPPORTED_VALUE"],
  ];

  test.each(refused)("%s refuses %s", (kind, value, code) => {
    const codec = createRowCodec(layoutOf([{ name: "the column", type: typeOf(kind) }]));
    const encode = (): void => codec.encodeRow(new ByteWriter(), [1, value as Value]);
    expect(encode).toThrow(expect.objectContaining({ code }));
    if (kind !== "variant" || code === "TYPE_MISMATCH") expect(encode).toThrow(/the column/);
  });

  test("a number beyond 2^53 that is a whole number is kept exactly", () => {
    const layout = layoutOf([{ name: "n", type: { kind: "int" } }]);
    const writer = new ByteWriter();
    createRowCodec(layout).encodeRow(writer, [2 ** 60, -(2 ** 62)]);
    const row = new EncodedRow(layout).set(writer.view(), 0);
    expect(row.number(0)).toBe(2n ** 60n);
    expect(row.number(1)).toBe(-(2n ** 62n));
  });

  test("NULL is refused in a key column, and a row must have all columns", () => {
    const codec = createRowCodec(layoutOf([]));
    expect(() => codec.encodeRow(new ByteWriter(), [null])).toThrow(
      expect.objectContaining({ code: "NOT_NULL_VIOLATION" }),
    );
    expect(() => codec.encodeRow(new ByteWriter(), [])).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
    expect(() => codec.encodeKey(new ByteWriter(), [1, 2])).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });
});
