import { describe, expect, test } from "vitest";
import { AegisError } from "../contract/index.js";
import { toText, type SqlType } from "../types/index.js";
import { typeOfValue } from "./parameter-types.js";
import { compileParameters, orderedParameters } from "./parameters.js";

const CONTEXT = { now: 0, timeZone: "Europe/Berlin" };
const POSITIONAL = { count: 1, names: [] };

function asText(value: unknown, type: SqlType): string | null {
  const [datum] = compileParameters(POSITIONAL, [type])([value], CONTEXT);
  return datum === null || datum === undefined ? null : toText(datum, type, "UTC");
}

function failure(fn: () => unknown): AegisError {
  try {
    fn();
  } catch (error) {
    if (error instanceof AegisError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("values of parameters", () => {
  test.each<[unknown, SqlType, string | null]>([
    [null, { name: "integer" }, null],
    [42, { name: "integer" }, "42"],
    ["42", { name: "integer" }, "42"],
    [9007199254740993n, { name: "bigint" }, "9007199254740993"],
    [true, { name: "boolean" }, "t"],
    ["yes", { name: "boolean" }, "t"],
    [0.1, { name: "numeric" }, "0.1"],
    [1e21, { name: "numeric" }, "1000000000000000000000"],
    [12n, { name: "numeric" }, "12"],
    [2.345, { name: "numeric", precision: 4, scale: 2 }, "2.35"],
    [0.1, { name: "real" }, "0.1"],
    [5, { name: "text" }, "5"],
    ["é", { name: "varchar", length: 3 }, "é"],
    [new Date("2024-02-29T12:30:00Z"), { name: "timestamptz" }, "2024-02-29 12:30:00+00"],
    [new Date("2024-02-29T23:30:00Z"), { name: "timestamp" }, "2024-02-29 23:30:00"],
    [new Date("2024-02-29T23:30:00Z"), { name: "date" }, "2024-02-29"],
    [1_700_000_000_123, { name: "timestamptz" }, "2023-11-14 22:13:20.123+00"],
    ["2024-02-29T12:30:00", { name: "timestamptz" }, "2024-02-29 11:30:00+00"],
    [Uint8Array.of(1, 255), { name: "bytea" }, "\\x01ff"],
    [{ a: [1, null] }, { name: "jsonb" }, '{"a": [1, null]}'],
    ['{"a":1}', { name: "jsonb" }, '{"a": 1}'],
    [[1, 2], { name: "json" }, "[1,2]"],
    [[1, null, "3"], { name: "array", element: { name: "integer" } }, "{1,NULL,3}"],
    [[[1], [2]], { name: "array", element: { name: "integer" } }, "{{1},{2}}"],
    ["{1,2}", { name: "array", element: { name: "integer" } }, "{1,2}"],
    ["01:02:03", { name: "interval" }, "01:02:03"],
  ])("%o as %j", (value, type, text) => {
    expect(asText(value, type)).toBe(text);
  });

  test.each<[unknown, SqlType, string, string]>([
    [1.5, { name: "integer" }, "TYPE_MISMATCH", "parameter $1: 1.5 is not a value of type integer"],
    [2 ** 31, { name: "integer" }, "NUMERIC_OUT_OF_RANGE", "parameter $1: "],
    ["x", { name: "integer" }, "INVALID_TEXT_REPRESENTATION", "parameter $1: invalid input syntax"],
    [undefined, { name: "text" }, "TYPE_MISMATCH", "parameter $1: undefined is not a value"],
    [new Date(NaN), { name: "timestamptz" }, "TYPE_MISMATCH", "parameter $1: an invalid Date"],
    [{}, { name: "text" }, "TYPE_MISMATCH", "parameter $1: an object is not a value of type text"],
    [1, { name: "boolean" }, "TYPE_MISMATCH", "parameter $1: 1 is not a value of type boolean"],
    [10n, { name: "jsonb" }, "TYPE_MISMATCH", "parameter $1: the value cannot be written"],
    [() => 1, { name: "json" }, "TYPE_MISMATCH", "parameter $1: a function is not a value"],
    ["abcd", { name: "varchar", length: 3 }, "STRING_TOO_LONG", "parameter $1: value too long"],
    [[[1], 2], { name: "array", element: { name: "integer" } }, "TYPE_MISMATCH", "parameter $1: "],
  ])("%o does not fit %j", (value, type, code, message) => {
    const error = failure(() => asText(value, type));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });
});

describe("numbers and names of parameters", () => {
  test("the count must fit", () => {
    const error = failure(() => orderedParameters({ count: 2, names: [] }, [1]));
    expect([error.code, error.sqlState]).toEqual(["PARAMETER_COUNT", "08P01"]);
    expect(error.message).toBe("the statement has 2 parameters, but 1 value was given");
    expect(orderedParameters({ count: 0, names: [] }, undefined)).toEqual([]);
    expect(failure(() => orderedParameters({ count: 0, names: [] }, {})).code).toBe(
      "PARAMETER_COUNT",
    );
  });

  test("names take an object, alone or in a list, and only its own properties", () => {
    const list = { count: 2, names: ["b", "a"] };
    expect(orderedParameters(list, { a: 1, b: 2 })).toEqual([2, 1]);
    expect(failure(() => orderedParameters(list, { a: 1, b: 2, c: 3 })).message).toContain(":c");
    expect(orderedParameters(list, [{ a: 1, b: 2 }])).toEqual([2, 1]);
    expect(failure(() => orderedParameters(list, { a: 1 })).message).toContain(":b");
    expect(failure(() => orderedParameters(list, [1, 2])).code).toBe("PARAMETER_COUNT");
    const inherited = { count: 1, names: ["toString"] };
    expect(failure(() => orderedParameters(inherited, {})).code).toBe("PARAMETER_NOT_FOUND");
  });

  test("an error names the parameter as the text does", () => {
    const list = { count: 1, names: ["age"] };
    const bind = (): unknown => compileParameters(list, [{ name: "integer" }])(["x"], CONTEXT);
    expect(failure(bind).message).toContain("parameter :age");
  });
});

test.each<[unknown, string]>([
  [1, "integer"],
  [2 ** 31, "bigint"],
  [1.5, "double precision"],
  [2n ** 64n, "numeric"],
  ["x", "text"],
  [new Date(), "timestamptz"],
  [Uint8Array.of(1), "bytea"],
  [{ a: 1 }, "jsonb"],
  [null, "unknown"],
  [[], "unknown"],
  [["a", 1], "jsonb"],
])("%o is, where nothing else says so, of type %s", (value, name) => {
  expect(typeOfValue(value).name).toBe(name);
});

test("arrays take the type that all their items fit", () => {
  const array = (name: string): unknown => ({ name: "array", element: { name } });
  expect(typeOfValue([1, 2.5])).toEqual(array("double precision"));
  expect(typeOfValue([[1], [null]])).toEqual(array("integer"));
  expect(typeOfValue(["a", null])).toEqual(array("text"));
});
