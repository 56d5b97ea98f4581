import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonProblem } from "./json-scan.js";

const DEPTH = 20;

describe("the scan of JSON text", () => {
  test("lets pass what JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(3), (value, indent) => {
        expect(jsonProblem(JSON.stringify(value, null, indent), DEPTH)).toBeUndefined();
      }),
      { numRuns: 300, verbose: 1 },
    );
  });

  test("refuses whatever JSON.parse refuses", () => {
    const token = fc.constantFrom(...'{}[],:"\\ \n0123456789.-+eEabtfnu', "true", "null", '"a"');
    fc.assert(
      fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
        const text = tokens.join("");
        let parsed = true;
        try {
          JSON.parse(text);
        } catch {
          parsed = false;
        }
        if (!parsed) expect(jsonProblem(text, DEPTH), text).toBeDefined();
      }),
      { numRuns: 3000, verbose: 1 },
    );
  });

  test.each([
    ["", 0, "not complete"],
    ['{"a":1,"b":}', 11, "expected a JSON value"],
    ['{"a":1,"a":2}', 7, "given twice"],
    ['{"a":{"b":1,"\\u0062":2}}', 12, "given twice"],
    ["{a:1}", 1, "name of a field"],
    ['{"a" 1}', 5, 'expected ":"'],
    ["[1 2]", 3, 'expected "," or "]"'],
    ['{"a":1]', 6, 'expected "," or "}"'],
    ["[1,]", 3, "expected a JSON value"],
    ["1 x", 2, "more after the end"],
    ["01", 0, "expected a JSON value"],
    ["NaN", 0, "expected a JSON value"],
    ['"\u0007"', 1, "control character"],
    ['"\\x"', 1, "bad escape"],
    ['"abc', 4, "not ended"],
    ["9007199254740993", 0, "cannot be kept exactly"],
    ["1e400", 0, "cannot be kept exactly"],
    ["[".repeat(DEPTH + 1), DEPTH, "levels deep"],
  ])("of %j says where and what is wrong", (text, at, message) => {
    const problem = jsonProblem(text, DEPTH);
    expect(problem?.at).toBe(at);
    expect(problem?.message).toContain(message);
  });

  test.each(["9007199254740992", "100000000000000000000", "0.1", "-0", "1e300", "[[]]"])(
    "lets %s pass",
    (text) => {
      expect(jsonProblem(text, DEPTH)).toBeUndefined();
    },
  );

  test("takes a long text and deep nesting without recursion", () => {
    expect(jsonProblem(JSON.stringify("é\n".repeat(1_000_000)), DEPTH)).toBeUndefined();
    expect(jsonProblem("[".repeat(500_000) + "]".repeat(500_000), 1_000_000)).toBeUndefined();
  });
});
