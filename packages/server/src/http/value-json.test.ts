import fc from "fast-check";
import { expect, test } from "vitest";
import { valueJson } from "./value-json.js";

test("what came as JSON goes as the same JSON", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(valueJson(value)).toBe(JSON.stringify(value));
    }),
    { verbose: 1 },
  );
});

test("values of the library become the nearest JSON", () => {
  const value = {
    date: new Date(0),
    small: 7n,
    large: 2n ** 60n,
    bytes: new Uint8Array([1, 2, 3]),
    map: new Map([["a", 1n]]),
    set: new Set(["x"]),
    none: Number.NaN,
  };
  expect(JSON.parse(valueJson(value))).toEqual({
    date: "1970-01-01T00:00:00.000Z",
    small: 7,
    large: "1152921504606846976",
    bytes: "AQID",
    map: [["a", 1]],
    set: ["x"],
    none: "NaN",
  });
});
