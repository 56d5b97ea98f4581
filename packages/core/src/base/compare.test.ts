import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ColumnType, Value } from "@aegisdb/sql/contract";
import { valueOf } from "../testing/values.js";
import { compareNumbers, compareValues } from "./compare.js";

const day = 86_400_000_000;

describe("compareValues", () => {
  it.each<[ColumnType["kind"], Value[]]>([
    ["int", [-(2n ** 63n), -(2 ** 53), -1, 0, 1, 2 ** 53 - 1, 2n ** 53n, 2n ** 63n - 1n]],
    ["float", [-Infinity, -1e300, -5e-324, 0, 5e-324, 1, Infinity, NaN]],
    ["bool", [false, true]],
    ["text", ["", "A", "Aa", "a", "é", "\ud7ff", "\ue000", "\uffff", "\u{10000}", "\u{10ffff}"]],
    ["bytes", [Uint8Array.of(), Uint8Array.of(0), Uint8Array.of(0, 0), Uint8Array.of(255)]],
    ["numeric", [Uint8Array.of(1), Uint8Array.of(1, 2), Uint8Array.of(2)]],
    ["date", [-5, 0, 19_000]],
    ["time", [0, 1, day]],
    ["timestamp", [-1, 0, 253_402_300_799_999_999n]],
    [
      "interval",
      [
        { months: 0, days: 0, micros: -1 },
        { months: 1, days: -30, micros: 0 },
        { months: 0, days: 0, micros: 1 },
        { months: 0, days: 29, micros: day - 1 },
        { months: 1, days: 0, micros: 0 },
        { months: 0, days: 0, micros: 2n ** 62n },
        { months: 2 ** 31 - 1, days: 0, micros: 0 },
      ],
    ],
    ["uuid", ["00000000-0000-0000-0000-000000000000", "0a000000-0000-0000-0000-000000000000"]],
  ])("orders %s as it stands, nulls last", (kind, ascending) => {
    const type = (kind === "decimal" ? { kind, precision: 10, scale: 2 } : { kind }) as ColumnType;
    const values = [...ascending, null];
    values.forEach((a, i) => {
      values.forEach((b, j) => {
        expect(Math.sign(compareValues(type, a, b))).toBe(Math.sign(i - j));
      });
    });
  });

  it("calls equal what PostgreSQL does", () => {
    const interval: ColumnType = { kind: "interval" };
    const month = { months: 1, days: 0, micros: 0 };
    expect(compareValues(interval, month, { months: 0, days: 30, micros: 0 })).toBe(0);
    expect(compareValues(interval, month, { months: 0, days: 31, micros: -day })).toBe(0);
    expect(compareValues({ kind: "float" }, -0, 0)).toBe(0);
    expect(compareValues({ kind: "float" }, NaN, NaN)).toBe(0);
    expect(compareValues({ kind: "int" }, 5, 5n)).toBe(0);
    expect(compareNumbers(2n ** 53n + 1n, 2 ** 53)).toBe(1);
  });

  it("is an order: antisymmetric and transitive", () => {
    const kinds: ColumnType[] = [
      { kind: "float" },
      { kind: "text" },
      { kind: "interval" },
      { kind: "int" },
    ];
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.gen(), (type, gen) => {
        const [a, b, c] = [gen(valueOf, type), gen(valueOf, type), gen(valueOf, type)];
        expect(Math.sign(compareValues(type, a, b))).toBe(
          -Math.sign(compareValues(type, b, a)) + 0,
        );
        if (compareValues(type, a, b) <= 0 && compareValues(type, b, c) <= 0) {
          expect(compareValues(type, a, c)).toBeLessThanOrEqual(0);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("has none for variants", () => {
    expect(() => compareValues({ kind: "variant" }, 1, 2)).toThrowError(/variant/);
  });
});
