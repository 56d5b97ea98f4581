import type { ColumnKind, ColumnVector, Value } from "@aegisdb/sql/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createKeyCodec } from "../base/keycode.js";
import { valueOf } from "../testing/values.js";
import { vectorOf } from "../testing/vectors.js";
import { KeyProbe, type KeyCells } from "./key-probe.js";

/** Rows in vectors, as a block would show them; counts how often they are encoded. */
class VectorCells implements KeyCells {
  start = 0;
  end = 0;
  encoded = 0;

  constructor(readonly vectors: readonly ColumnVector[]) {}

  isNull(column: number, row: number): boolean {
    return this.vectors[column]!.nulls?.[row] === 1;
  }

  number(column: number, row: number): number | bigint {
    const value = this.vectors[column]!.values![row]!;
    return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  seek(column: number, row: number): Uint8Array {
    const { starts, ends, bytes } = this.vectors[column]!;
    this.start = starts![row]!;
    this.end = ends![row]!;
    return bytes!;
  }

  keyColumns(): readonly ColumnVector[] {
    this.encoded++;
    return this.vectors;
  }
}

const keyKinds: ColumnKind[][] = [
  ["text"],
  ["int", "text"],
  ["text", "text"],
  ["bool", "date", "text"],
  ["int", "int"],
  ["text", "int"],
  ["bytes"],
  ["int", "uuid"],
  ["bool", "int", "date"],
  ["text", "text", "int"],
];

/** Few values of each kind, so that columns agree often. */
function fewValues(kind: ColumnKind): fc.Arbitrary<Value> {
  if (kind === "int") return fc.constantFrom<Value>(1, 2, -1, 300, 2n ** 60n);
  return valueOf({ kind } as { kind: "text" });
}

function fewOrNull(kind: ColumnKind, nullable: boolean): fc.Arbitrary<Value> {
  return nullable ? fc.oneof(fewValues(kind), fc.constant(null)) : fewValues(kind);
}

describe("KeyProbe", () => {
  test("orders rows against keys as the keys themselves do", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...keyKinds).chain((kinds) =>
          fc.boolean().chain((nullable) => {
            const values = fc.tuple(...kinds.map((kind) => fewOrNull(kind, nullable)));
            return fc.tuple(
              fc.constant({ kinds, nullable }),
              fc.array(values, { minLength: 1, maxLength: 12 }),
              fc.array(values, { maxLength: 4 }),
              fc.constantFrom("", "\0", "a", "\u0100", "\uffff"),
            );
          }),
        ),
        ([{ kinds, nullable }, rows, others, tail]) => {
          const columns = kinds.map((kind) => ({ type: { kind } as { kind: "text" }, nullable }));
          const codec = createKeyCodec(columns);
          const vectors = columns.map(({ type }, i) =>
            vectorOf(
              type,
              rows.map((row) => row[i]!),
            ),
          );
          const cells = new VectorCells(vectors);
          const probe = new KeyProbe(codec);
          for (const values of [...rows, ...others]) {
            // Bounds of ranges are not keys of any row; a cut or lengthened key is like them.
            const key = codec.encode(values) as string;
            const { end } = codec.prefixRange(values.slice(0, -1)) as { end?: string };
            const cut = [key.slice(0, -1), key.slice(0, 1), end ?? key];
            for (const bound of [key, key + tail, ...cut]) {
              probe.start(bound);
              rows.forEach((row, i) => {
                const rowKey = codec.encode(row);
                const expected = rowKey === bound ? 0 : rowKey < bound ? -1 : 1;
                expect(Math.sign(probe.compare(cells, i))).toBe(expected);
              });
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test("skips only what rows between two others have in common with the key", () => {
    const text = fc.oneof(
      fc.array(fc.constantFrom("a", "b", "é", "€", "🦊", "\uffee"), { maxLength: 4 }),
      fc.array(fc.constantFrom("a", "b"), { maxLength: 4 }),
    );
    const row = fc.tuple(
      fc.constantFrom(1, 2),
      text.map((parts) => parts.join("")),
    );
    const types = [{ type: { kind: "int" } }, { type: { kind: "text" } }] as const;
    const codec = createKeyCodec(types);
    const keyOf = (values: readonly Value[]): string => codec.encode(values) as string;
    fc.assert(
      fc.property(fc.array(row, { minLength: 3, maxLength: 8 }), row, (unordered, sought) => {
        const rows = unordered.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
        const vectors = types.map(({ type }, i) =>
          vectorOf(
            type,
            rows.map((values) => values[i]!),
          ),
        );
        const cells = new VectorCells(vectors);
        const probe = new KeyProbe(codec);
        const key = keyOf(sought);
        const low = rows.findLastIndex((values) => keyOf(values) < key);
        const high = rows.findIndex((values) => keyOf(values) >= key);
        for (let from = 0; from <= low; from++) {
          for (let to = Math.max(high, 0); high >= 0 && to < rows.length; to++) {
            for (let between = from + 1; between < to; between++) {
              probe.start(key);
              expect(probe.compare(cells, to)).toBeGreaterThanOrEqual(0);
              const above = probe.common;
              expect(probe.compare(cells, from)).toBeLessThan(0);
              const order = probe.compare(cells, between, Math.min(probe.common, above));
              const rowKey = keyOf(rows[between]!);
              expect(Math.sign(order)).toBe(rowKey === key ? 0 : rowKey < key ? -1 : 1);
            }
          }
        }
        expect(rows.map((_, i) => probe.keyOf(cells, i))).toEqual(rows.map(keyOf));
      }),
      { numRuns: 500 },
    );
  });

  test("does not encode ASCII rows of one prefix", () => {
    const codec = createKeyCodec([{ type: { kind: "int" } }, { type: { kind: "text" } }]);
    const rows = Array.from({ length: 100 }, (_, i) => `user:${String(i)}`);
    const cells = new VectorCells([
      vectorOf(
        { kind: "int" },
        rows.map(() => 42),
      ),
      vectorOf({ kind: "text" }, rows),
    ]);
    const probe = new KeyProbe(codec);
    probe.start(codec.encode([42, "user:57"]) as string);
    const equal = rows.filter((_, row) => probe.compare(cells, row) === 0);
    expect(equal).toEqual(["user:57"]);
    expect(cells.encoded).toBe(0);
  });

  test("encodes one row of several columns that are numbers or ASCII", () => {
    const types = [{ type: { kind: "int" }, nullable: true }, { type: { kind: "int" } }] as const;
    const codec = createKeyCodec(types);
    const rows = Array.from({ length: 100 }, (_, i) => i);
    const cells = new VectorCells([
      vectorOf(
        { kind: "int" },
        rows.map((row) => (row < 90 ? row >> 3 : null)),
      ),
      vectorOf({ kind: "int" }, rows),
    ]);
    const probe = new KeyProbe(codec);
    const { start, end } = codec.prefixRange([7]) as { start: string; end: string };
    const orders = (bound: string): number[] => {
      probe.start(bound);
      return rows.map((row) => Math.sign(probe.compare(cells, row)));
    };
    expect(orders(start).indexOf(1)).toBe(56);
    expect(orders(end).indexOf(1)).toBe(64);
    expect(cells.encoded).toBe(2);
  });
});
