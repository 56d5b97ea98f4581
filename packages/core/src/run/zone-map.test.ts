import type { ColumnType, Value } from "@aegisdb/sql/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareText, compareValues } from "../base/compare.js";
import { valueOf } from "../testing/values.js";
import { vectorOf } from "../testing/vectors.js";
import { boundFits, boundValue, ZONE_BOUND_BYTES, zoneOf } from "./zone-map.js";

interface Zone {
  readonly min: Value;
  readonly max: Value;
  readonly nullCount: number;
}

function zone(type: ColumnType, values: readonly Value[]): Zone {
  const { min, max, nullCount } = zoneOf(vectorOf(type, values));
  const value = (bound: Uint8Array | null): Value => {
    if (bound === null) return null;
    expect(boundFits(type, bound.length)).toBe(true);
    return boundValue(type, bound, 0, bound.length);
  };
  return { min: value(min), max: value(max), nullCount };
}

const kinds: ColumnType[] = (
  ["int", "float", "bool", "text", "bytes", "timestamp", "numeric", "date", "time", "uuid"] as const
).map((kind) => ({ kind }));

describe("zone maps", () => {
  test("bound every value, exactly where values are short", () => {
    for (const type of kinds) {
      const values = fc.array(fc.option(valueOf(type), { freq: 4 }), {
        minLength: 1,
        maxLength: 30,
      });
      fc.assert(
        fc.property(values, (cells) => {
          const found = zone(type, cells);
          const present = cells.filter((cell) => cell !== null);
          expect(found.nullCount).toBe(cells.length - present.length);
          if (present.length === 0) {
            expect([found.min, found.max]).toEqual([null, null]);
            return;
          }
          const sorted = present.sort((a, b) => compareValues(type, a, b));
          const low = sorted[0]!;
          const high = sorted.at(-1)!;
          if (found.min !== null) expect(compareValues(type, found.min, low)).toBeLessThan(1);
          if (found.max !== null) expect(compareValues(type, found.max, high)).toBeGreaterThan(-1);
          const bytes = (v: Value): number =>
            typeof v === "string" ? Buffer.byteLength(v) : v instanceof Uint8Array ? v.length : 0;
          if (type.kind === "uuid" || bytes(low) <= ZONE_BOUND_BYTES) {
            expect(compareValues(type, found.min, low)).toBe(0);
          }
          if (type.kind === "uuid" || bytes(high) <= ZONE_BOUND_BYTES) {
            expect(compareValues(type, found.max, high)).toBe(0);
          }
        }),
        { numRuns: 50 },
      );
    }
  });

  test("long text is cut between characters, down for min and up for max", () => {
    const unit = fc.constantFrom(
      "a",
      "\x7f",
      "é",
      "߿",
      "中",
      "\ud7ff",
      "\uffff",
      "😀",
      "\u{10ffff}",
    );
    const text = fc.array(unit, { minLength: 5, maxLength: 60 }).map((units) => units.join(""));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (cells) => {
        const { min, max } = zone({ kind: "text" }, cells) as { min: string; max: string | null };
        expect(min.isWellFormed()).toBe(true);
        expect(Buffer.byteLength(min)).toBeLessThanOrEqual(ZONE_BOUND_BYTES);
        for (const cell of cells) {
          expect(compareText(min, cell)).toBeLessThan(1);
          if (max !== null) expect(compareText(max, cell)).toBeGreaterThan(-1);
        }
        if (max !== null) {
          expect(max.isWellFormed()).toBe(true);
          expect(Buffer.byteLength(max)).toBeLessThanOrEqual(ZONE_BOUND_BYTES + 1);
        }
      }),
    );
  });

  test("the character after the last kept one", () => {
    const cut = (text: string): Value => zone({ kind: "text" }, [text]).max;
    expect(cut("a".repeat(40))).toBe("a".repeat(31) + "b");
    expect(cut("\ud7ff".repeat(20))).toBe("\ud7ff".repeat(9) + "\ue000");
    expect(cut("b" + "\u{10ffff}".repeat(20))).toBe("c");
    expect(cut("\u{10ffff}".repeat(20))).toBe(null);
    const bytes = (...list: number[]): Uint8Array => Uint8Array.from(list);
    const top = (value: Uint8Array): Value => zone({ kind: "bytes" }, [value]).max;
    expect(top(bytes(7, ...new Array<number>(40).fill(255)))).toEqual(bytes(8));
    expect(top(new Uint8Array(40).fill(255))).toBe(null);
    expect(top(new Uint8Array(40))).toEqual(bytes(...new Array<number>(31).fill(0), 1));
  });

  test("floats: NaN is the largest", () => {
    const float = { kind: "float" } as const;
    expect(zone(float, [1, NaN, -3])).toEqual({ min: -3, max: NaN, nullCount: 0 });
    expect(zone(float, [NaN, null])).toEqual({ min: NaN, max: NaN, nullCount: 1 });
    expect(zone(float, [-Infinity, Infinity])).toMatchObject({ min: -Infinity, max: Infinity });
  });

  test("kinds without an order have none", () => {
    const interval = { months: 1, days: 2, micros: 3 };
    expect(zone({ kind: "interval" }, [interval])).toEqual({ min: null, max: null, nullCount: 0 });
    expect(zone({ kind: "numeric" }, [new Uint8Array(40)])).toMatchObject({ min: null, max: null });
  });
});
