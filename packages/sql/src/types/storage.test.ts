import { describe, expect, test } from "vitest";
import { applyModifier } from "./modifiers.js";
import { type ResultOptions, toJavaScript } from "./result.js";
import type { SqlType } from "./sql-type.js";
import { fromStorage, storageType, toStorage } from "./storage.js";
import { fromText } from "./text-input.js";
import { toText } from "./text-output.js";

const context = { now: 0, timeZone: "UTC" };

const read = (text: string, type: SqlType) =>
  applyModifier(fromText(text, type, context), type, true);

const decimal: SqlType = { name: "numeric", precision: 10, scale: 2 };
const wide: SqlType = { name: "numeric", precision: 30, scale: 2 };
const integers: SqlType = { name: "array", element: { name: "integer" } };

describe("what is stored comes back", () => {
  test.each<[SqlType, string, string]>([
    [{ name: "boolean" }, "t", "bool"],
    [{ name: "smallint" }, "-7", "int"],
    [{ name: "bigint" }, "9223372036854775807", "int"],
    [{ name: "real" }, "1.5", "float"],
    [{ name: "double precision" }, "NaN", "float"],
    [{ name: "numeric" }, "1.500", "numeric"],
    [{ name: "numeric" }, "-Infinity", "numeric"],
    [decimal, "-12345678.90", "decimal"],
    [wide, "1234567890123456789012345678.90", "numeric"],
    [{ name: "text" }, "a b", "text"],
    [{ name: "char", length: 4 }, "ab  ", "text"],
    [{ name: "bytea" }, "\\x00ff", "bytes"],
    [{ name: "date" }, "2024-02-29", "date"],
    [{ name: "date" }, "-infinity", "date"],
    [{ name: "time" }, "10:11:12.5", "time"],
    [{ name: "timestamp" }, "9999-12-31 23:59:59.999999", "timestamp"],
    [{ name: "timestamptz" }, "infinity", "timestamp"],
    [{ name: "interval" }, "1 mon -2 days +03:00:00", "interval"],
    [{ name: "uuid" }, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "uuid"],
    [{ name: "json" }, '{"b":1,  "a":2}', "text"],
    [{ name: "jsonb" }, '{"a": 1.50}', "text"],
    [integers, "{1,NULL,{2}}", "variant"],
    [{ name: "array", element: { name: "numeric" } }, "{1.50,NaN}", "variant"],
    [{ name: "array", element: { name: "interval" } }, '{"1 day",NULL}', "variant"],
  ])("%j %s", (type, text, kind) => {
    expect(storageType(type).kind).toBe(kind);
    const stored = toStorage(read(text, type), type);
    const back = fromStorage(stored, type);
    expect(back).not.toBeNull();
    expect(toText(back!, type, "UTC")).toBe(text);
  });

  test("a scaled integer is what numeric(p, s) is stored as", () => {
    expect(toStorage(read("12.3", decimal), decimal)).toBe(1230);
    expect(toStorage(null, decimal)).toBeNull();
    expect(fromStorage(null, decimal)).toBeNull();
  });

  test("NaN does not fit a scaled integer", () => {
    expect(() => toStorage(read("NaN", decimal), decimal)).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED_VALUE" }),
    );
  });

  test("a record is no column", () => {
    expect(() => storageType({ name: "record" })).toThrow("a column cannot have type record");
  });
});

describe("what a user gets", () => {
  const defaults: ResultOptions = {
    bigints: "mixed",
    decimals: "string",
    timestamps: "date",
    timeZone: "UTC",
  };
  const stamp = "2024-01-02 03:04:05.678901";

  test.each<[SqlType, string, Partial<ResultOptions>, unknown]>([
    [{ name: "integer" }, "1", {}, 1],
    [{ name: "bigint" }, "1", {}, 1],
    [{ name: "bigint" }, "9223372036854775807", {}, 9223372036854775807n],
    [{ name: "bigint" }, "1", { bigints: "bigint" }, 1n],
    [{ name: "bigint" }, "1", { bigints: "string" }, "1"],
    [decimal, "1.50", {}, 1.5],
    [wide, "1.50", {}, "1.50"],
    [{ name: "numeric" }, "1.50", {}, "1.50"],
    [{ name: "numeric" }, "1.50", { decimals: "number" }, 1.5],
    [{ name: "timestamp" }, stamp, {}, new Date("2024-01-02T03:04:05.678Z")],
    [{ name: "timestamp" }, stamp, { timestamps: "string" }, stamp],
    [{ name: "timestamptz" }, stamp, { timestamps: "string" }, `${stamp}+00`],
    [{ name: "timestamp" }, stamp, { timestamps: "micros" }, 1704164645678901],
    [{ name: "timestamp" }, "infinity", {}, Infinity],
    [{ name: "timestamp" }, "290000-01-01 00:00:00", {}, "290000-01-01 00:00:00"],
    [{ name: "date" }, "2024-01-02", {}, "2024-01-02"],
    [{ name: "interval" }, "1 day", {}, "1 day"],
    [{ name: "json" }, '{"a":[1]}', {}, { a: [1] }],
    [{ name: "jsonb" }, '{"a":[1.5,null]}', {}, { a: [1.5, null] }],
    [{ name: "bytea" }, "\\x01", {}, Uint8Array.of(1)],
    [integers, "{1,NULL,{2}}", {}, [1, null, [2]]],
  ])("%j %s with %j", (type, text, options, expected) => {
    expect(toJavaScript(read(text, type), type, { ...defaults, ...options })).toEqual(expected);
  });

  test("NULL is null, and a record an object", () => {
    expect(toJavaScript(null, decimal, defaults)).toBeNull();
    const type: SqlType = { name: "record", fields: [{ name: "a", type: { name: "integer" } }] };
    expect(toJavaScript([1], type, defaults)).toEqual({ a: 1 });
  });
});
