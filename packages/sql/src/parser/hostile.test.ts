import { describe, expect, test } from "vitest";
import { AegisError } from "../contract/index.js";
import { parseExpression, parseScript, parseStatement } from "./index.js";

function failureOf(text: string): AegisError {
  try {
    parseStatement(text);
  } catch (error) {
    if (error instanceof AegisError) return error;
    throw error;
  }
  throw new Error(`parsed: ${text.slice(0, 100)}`);
}

describe("errors say where and what", () => {
  test.each([
    ["selct 1", "PARSE_ERROR", 1, 'syntax error at or near "selct"', "Did you mean SELECT?"],
    ["select 1 frm t x", "PARSE_ERROR", 14, 'syntax error at or near "t"', undefined],
    ["select 'abc", "PARSE_ERROR", 8, "unterminated quoted string", undefined],
    ["select \u0000", "INVALID_TEXT", 8, "the text holds a NUL character", undefined],
    [
      "select 1; select 2",
      "MULTIPLE_STATEMENTS",
      11,
      "only one statement is allowed here",
      undefined,
    ],
  ])("%j", (text, code, position, message, hint) => {
    const error = failureOf(text);
    expect(error).toMatchObject({ code, message });
    expect(error.position).toBe(position);
    if (hint !== undefined) expect(error.hint).toBe(hint);
  });
});

describe("nesting and length are bounded, whatever is nested", () => {
  test.each([
    ["parentheses", `select ${"(".repeat(10_000)}1${")".repeat(10_000)}`],
    ["not", `select ${"not ".repeat(10_000)}true`],
    ["signs", `select ${"- ".repeat(10_000)}1`],
    ["sums", `select ${"1+".repeat(20_000)}1`],
    ["cases", `select ${"case when true then ".repeat(3000)}1${" end".repeat(3000)}`],
    ["subqueries", `select ${"(select ".repeat(5000)}1${")".repeat(5000)}`],
  ])("%s", (_, text) => {
    expect(failureOf(text).code).toBe("NESTING_TOO_DEEP");
  });

  test("a long run of operator characters ends soon", { timeout: 5000 }, () => {
    expect(failureOf(`select ${"+-".repeat(50_000)}1`)).toBeInstanceOf(AegisError);
  });

  test("a text of more than 16 MB is refused", () => {
    expect(failureOf(" ".repeat(17_000_000)).code).toBe("LIMIT_EXCEEDED");
  });

  test("long values and long chains of AND and OR are fine", () => {
    const long = "x".repeat(1_000_000);
    expect(parseExpression(`'${long}'`)).toMatchObject({ kind: "string", value: long });
    const text = Array.from({ length: 5000 }, (_, i) => `a = ${i}`).join(" or ");
    const chain = parseExpression(text);
    expect(chain.kind === "or" ? chain.items.length : 0).toBe(5000);
  });
});

test("any cut of a statement parses or fails with an error of ours", () => {
  const text =
    "WITH q AS (SELECT a->>'k' AS k, $1::int FROM \"T\" WHERE x IN (1, 2.5e3) AND y LIKE E'\\n%') " +
    "INSERT INTO t (a, b) SELECT k, row_number() OVER (PARTITION BY k ORDER BY k DESC) FROM q " +
    "ON CONFLICT (a) DO UPDATE SET b = excluded.b RETURNING *;";
  expect(parseScript(text)).toHaveLength(1);
  for (let cut = 0; cut <= text.length; cut++) {
    for (const part of [text.slice(0, cut), text.slice(cut)]) {
      try {
        parseScript(part);
      } catch (error) {
        expect(error, part).toBeInstanceOf(AegisError);
      }
    }
  }
});
