import { describe, expect, it } from "vitest";
import type { ColumnKind, ColumnType, Value } from "@aegisdb/sql/contract";
import { MAX_KEY_UNITS } from "../limits.js";
import { vectorOf } from "../testing/vectors.js";
import { createKeyCodec, type KeyColumn } from "./keycode.js";

/** Keys are stored: what they are made of may not change. The grammar is docs/format/key.md. */

function typeOf(kind: ColumnKind): ColumnType {
  return kind === "decimal" ? { kind, precision: 10, scale: 2 } : { kind };
}

const column = (kind: ColumnKind, order: Omit<KeyColumn, "type"> = {}): KeyColumn => ({
  type: typeOf(kind),
  ...order,
});

/** Makes a key composite without adding to what is looked at. */
const after = column("bool");

function unitsOf(columns: readonly KeyColumn[], values: readonly Value[]): string {
  const key = createKeyCodec(columns).encode(values) as string;
  return [...Array(key.length).keys()]
    .map((i) => key.charCodeAt(i).toString(16).padStart(2, "0"))
    .join(" ");
}

describe("the form of keys", () => {
  it.each<[ColumnKind, Value, string]>([
    ["int", 0, "80 00"],
    ["int", 16_383, "bf ff"],
    ["int", 16_384, "c2 40 00"],
    ["int", 65_536, "c3 01 00 00"],
    ["int", 2 ** 32, "c5 01 00 00 00 00"],
    ["int", 2n ** 63n - 1n, "c8 7f ff ff ff ff ff ff ff"],
    ["int", -1, "7f ff"],
    ["int", -16_384, "40 00"],
    ["int", -16_385, "3d bf ff"],
    ["int", -(2n ** 63n), "37 80 00 00 00 00 00 00 00"],
    ["timestamp", 1_700_000_000_000_000, "c7 06 0a 24 18 1e 40 00"],
    ["date", 19_675, "c2 4c db"],
    ["float", 1, "bf f0 00 00 00 00 00 00"],
    ["float", -1, "40 0f ff ff ff ff ff ff"],
    ["float", NaN, "ff f8 00 00 00 00 00 00"],
    ["float", -0, "80 00 00 00 00 00 00 00"],
    ["bool", true, "02"],
    ["text", "aé", "61 e9 00"],
    ["text", "\ue000\u{10000}", "d800 f800 fc00 00"],
    ["bytes", Uint8Array.of(0, 1, 2, 255), "01 01 01 02 02 ff 00"],
    ["numeric", Uint8Array.of(5), "05 00"],
    [
      "uuid",
      "00ff10a0-0000-0000-0000-00000000000f",
      "00 ff 10 a0 00 00 00 00 00 00 00 00 00 00 00 0f",
    ],
  ])("of %s %s", (kind, value, units) => {
    expect(unitsOf([column(kind), after], [value, false])).toBe(`${units} 01`);
    const nullable = [column(kind, { nullable: true }), after];
    expect(unitsOf(nullable, [value, false])).toBe(`01 ${units} 01`);
    expect(unitsOf(nullable, [null, false])).toBe("02 01");
  });

  it.each<[ColumnKind, Value, string]>([
    ["int", 0, "7f ff"],
    ["int", -(2n ** 63n), "c8 7f ff ff ff ff ff ff ff"],
    ["float", 1, "40 0f ff ff ff ff ff ff"],
    ["bool", true, "fd"],
    ["text", "aé", "9e 3c 56 ff"],
    ["bytes", Uint8Array.of(0, 2), "fe fe fd ff"],
    [
      "uuid",
      "00ff10a0-0000-0000-0000-00000000000f",
      "ff 00 ef 5f ff ff ff ff ff ff ff ff ff ff ff f0",
    ],
  ])("of a descending %s %s", (kind, value, units) => {
    expect(unitsOf([column(kind, { descending: true })], [value])).toBe(units);
    const nullable = [column(kind, { descending: true, nullable: true })];
    expect(unitsOf(nullable, [value])).toBe(`fe ${units}`);
    expect(unitsOf(nullable, [null])).toBe("fd");
  });

  it("has the parts of intervals at its end", () => {
    const interval = { months: 1, days: -2, micros: 5 };
    expect(unitsOf([column("interval"), column("text")], [interval, "a"])).toBe(
      "80 1c 80 05 61 00 80 01 7f fe",
    );
    expect(unitsOf([column("interval", { descending: true })], [interval])).toBe(
      "7f e3 7f fa 80 01 7f fe",
    );
  });

  it("needs no terminator where text or bytes end it", () => {
    expect(unitsOf([column("int"), column("text")], [1, "ab"])).toBe("80 01 61 62");
    expect(unitsOf([column("int"), column("bytes")], [1, Uint8Array.of(0, 1)])).toBe("80 01 00 01");
  });

  it("is the value itself where one column is its own key", () => {
    for (const kind of ["int", "timestamp", "decimal", "time", "date"] as const) {
      const codec = createKeyCodec([column(kind)]);
      expect([
        codec.form,
        codec.encode([5]),
        codec.encode([-0]),
        codec.encode(["x", 7], 1),
      ]).toEqual(["number", 5, 0, 7]);
    }
    const int = createKeyCodec([column("int")]);
    expect([int.encode([5n]), int.encode([2 ** 60]), int.encode([2n ** 60n])]).toEqual([
      5,
      2n ** 60n,
      2n ** 60n,
    ]);
    const text = createKeyCodec([column("text")]);
    expect([text.form, text.encode(["é\u0001"])]).toEqual(["string", "é\u0001"]);
    for (const order of [{ nullable: true }, { descending: true }]) {
      expect(createKeyCodec([column("int", order)]).form).toBe("string");
    }
  });

  it("has a range for one number up to the last", () => {
    const codec = createKeyCodec([column("int")]);
    const max = Number.MAX_SAFE_INTEGER;
    expect(codec.prefixRange([max])).toEqual({ start: max, end: 2n ** 53n });
    expect(codec.prefixRange([-(2n ** 53n)])).toEqual({ start: -(2n ** 53n), end: -max });
    expect(codec.prefixRange([2n ** 63n - 1n])).toEqual({ start: 2n ** 63n - 1n, end: undefined });
    expect(codec.prefixRange([])).toEqual({});
  });
});

describe("key codecs refuse", () => {
  const long = "x".repeat(MAX_KEY_UNITS + 1);

  it.each<[string, readonly KeyColumn[], readonly Value[], string]>([
    ["text for an int", [column("int")], ["5"], "TYPE_MISMATCH"],
    ["a fraction for an int", [column("int")], [1.5], "TYPE_MISMATCH"],
    ["NaN for a timestamp", [column("timestamp"), after], [NaN, true], "TYPE_MISMATCH"],
    ["a number for text", [column("text")], [5], "TYPE_MISMATCH"],
    ["a number for text among others", [column("text"), after], [5, true], "TYPE_MISMATCH"],
    ["a bigint for a float", [column("float")], [5n], "TYPE_MISMATCH"],
    ["a number for a bool", [column("bool")], [1], "TYPE_MISMATCH"],
    ["text for bytes", [column("bytes")], ["a"], "TYPE_MISMATCH"],
    ["text for a numeric", [column("numeric"), after], ["1", true], "TYPE_MISMATCH"],
    ["a fraction for a date", [column("date")], [0.5], "TYPE_MISMATCH"],
    ["text for an interval", [column("interval")], ["1 day"], "TYPE_MISMATCH"],
    ["an upper-case uuid", [column("uuid")], ["A".repeat(36)], "INVALID_TEXT_REPRESENTATION"],
    ["an int beyond 64 bits", [column("int")], [2n ** 63n], "NUMERIC_OUT_OF_RANGE"],
    ["a number beyond 64 bits", [column("int"), after], [2 ** 63, true], "NUMERIC_OUT_OF_RANGE"],
    ["a date beyond 32 bits", [column("date")], [2 ** 31], "NUMERIC_OUT_OF_RANGE"],
    [
      "months beyond 32 bits",
      [column("interval")],
      [{ months: 2 ** 31, days: 0, micros: 0 }],
      "NUMERIC_OUT_OF_RANGE",
    ],
    ["NULL", [column("int")], [null], "NOT_NULL_VIOLATION"],
    ["NULL for text", [column("text")], [null], "NOT_NULL_VIOLATION"],
    ["NULL among others", [column("int"), column("text")], [1, null], "NOT_NULL_VIOLATION"],
    ["NUL", [column("text")], ["a\0"], "INVALID_TEXT"],
    ["NUL among others", [column("text"), after], ["a\0", true], "INVALID_TEXT"],
    ["a lone surrogate", [column("text", { descending: true })], ["\ud800"], "INVALID_TEXT"],
    ["long text", [column("text")], [long], "INVALID_KEY"],
    ["long text among others", [column("int"), column("text")], [1, long], "INVALID_KEY"],
    ["long bytes", [column("bytes")], [new Uint8Array(MAX_KEY_UNITS + 1)], "INVALID_KEY"],
  ])("%s", (_, columns, values, code) => {
    const codec = createKeyCodec(columns);
    const failure = expect.objectContaining({ code }) as Error;
    expect(() => codec.encode(values)).toThrowError(failure);
    expect(() => codec.prefixRange(values)).toThrowError(failure);
    if (code === "TYPE_MISMATCH") {
      const wrong = columns[values.length > 1 && values[0] === 1 ? 1 : 0]!.type.kind;
      expect(() => codec.encode(values)).toThrowError(`of type ${wrong}`);
    }
  });

  it("NULL and long text in vectors", () => {
    for (const columns of [[column("int")], [column("text")], [column("text"), after]]) {
      const vectors = columns.map((c) => vectorOf(c.type, [null]));
      expect(() => createKeyCodec(columns).encodeRow(vectors, 0)).toThrowError(
        expect.objectContaining({ code: "NOT_NULL_VIOLATION" }) as Error,
      );
    }
    for (const columns of [[column("text")], [column("int"), column("text")]]) {
      const vectors = columns.map((c) => vectorOf(c.type, [c.type.kind === "int" ? 1 : long]));
      expect(() => createKeyCodec(columns).encodeRow(vectors, 0)).toThrowError(
        expect.objectContaining({ code: "INVALID_KEY" }) as Error,
      );
    }
  });

  it("keys without columns, and variants as key columns", () => {
    for (const columns of [[], [column("variant")], [after, column("variant")]]) {
      expect(() => createKeyCodec(columns)).toThrowError(
        expect.objectContaining({ code: "INVALID_DEFINITION" }) as Error,
      );
    }
  });

  it("prefixes longer than the key, and startsWith on what is not text", () => {
    for (const columns of [[column("int")], [column("text")], [column("text"), after]]) {
      const codec = createKeyCodec(columns);
      expect(() => codec.prefixRange(["a", true, 1])).toThrowError(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }) as Error,
      );
    }
    const mixed = createKeyCodec([column("text"), after]);
    expect(() => mixed.startsWithRange(["a"], "x")).toThrowError(/type bool/);
    expect(() => mixed.startsWithRange(["a", true], "x")).toThrowError(/prefix/);
    expect(() => createKeyCodec([column("int")]).startsWithRange([], "x")).toThrowError(/int/);
    expect(createKeyCodec([column("text")]).startsWithRange([], "")).toEqual({
      start: "",
      end: undefined,
    });
  });
});
