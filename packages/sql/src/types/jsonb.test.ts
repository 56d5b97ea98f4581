import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareJson, jsonContains } from "./jsonb-compare.js";
import { jsonObject } from "./jsonb-text.js";
import { Jsonb } from "./jsonb.js";

const node = (text: string) => Jsonb.parse(text).node;

test("any JSON document keeps its value", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const clean = text.replaceAll("\\u0000", "0");
      const parsed = JSON.parse(clean) as unknown;
      expect(JSON.parse(Jsonb.parse(clean).toString())).toEqual(parsed);
    }),
  );
});

test("canonical text is a fixed point", () => {
  const text = '{"a": 1.50, "bb": [1, {"x": null}], "ccc": "é\\n"}';
  expect(Jsonb.parse(text).toString()).toBe(text);
  expect(Jsonb.fromCanonicalText(text).node).toEqual(node(text));
});

test("keys stand by length, then by bytes, and the last of the same wins", () => {
  expect(
    Jsonb.of(
      jsonObject([
        ["bb", 1 > 0],
        ["c", null],
        ["a", "x"],
        ["c", "y"],
      ]),
    ).toString(),
  ).toBe('{"a": "x", "c": "y", "bb": true}');
});

test("nesting has a limit", () => {
  const deep = "[".repeat(2000) + "]".repeat(2000);
  expect(() => Jsonb.parse(deep)).toThrow(expect.objectContaining({ code: "NESTING_TOO_DEEP" }));
});

describe("containment", () => {
  test.each([
    ['{"a":1,"b":{"c":[1,2]}}', '{"b":{"c":[2]}}', true],
    ['{"a":1}', '{"a":2}', false],
    ["[1,2,[3]]", "[[3],1]", true],
    ["[1,2]", "1", true],
    ["1", "[1]", false],
    ["[[1,2]]", "[1]", false],
    ["1.0", "1.00", true],
    ["{}", "[]", false],
    ["[1,1]", "[1,1,1]", true],
  ])("%s @> %s is %s", (a, b, contained) => {
    expect(jsonContains(node(a), node(b))).toBe(contained);
  });
});

test("kinds are ordered as jsonb orders them", () => {
  const ordered = [
    "[]",
    "null",
    '"a"',
    '"b"',
    "1",
    "2",
    "false",
    "true",
    "[1]",
    "[1,2]",
    "{}",
    '{"a":1}',
  ];
  for (let i = 1; i < ordered.length; i++) {
    expect(compareJson(node(ordered[i - 1]!), node(ordered[i]!))).toBeLessThan(0);
  }
});
