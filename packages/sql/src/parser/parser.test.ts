import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseExpression, parseScript, parseStatement } from "./index.js";

const shared = process.env["AEGIS_SHARED"] ?? "../shared";

describe("expressions", () => {
  test("bind as PostgreSQL's do", () => {
    expect(parseExpression("1 + 2 * 3 ^ 2")).toMatchObject({
      operator: "+",
      right: { operator: "*", right: { operator: "^" } },
    });
    expect(parseExpression("not a = b or c and d")).toMatchObject({
      kind: "or",
      items: [{ kind: "not", argument: { operator: "=" } }, { kind: "and" }],
    });
    expect(parseExpression("a -> 'b' ->> 'c' = 'd'")).toMatchObject({
      operator: "=",
      left: { operator: "->>", left: { operator: "->" } },
    });
    expect(parseExpression("- 2 ^ 2")).toMatchObject({ operator: "^" });
  });

  test("fold unquoted names to lower case and keep quoted ones", () => {
    expect(parseExpression('Foo."Bar""s"')).toMatchObject({
      kind: "column",
      path: ["foo", 'Bar"s'],
    });
  });

  test("take words that are keywords elsewhere as names", () => {
    for (const name of ["name", "value", "date", "type", "key", "year", "text", "count"]) {
      expect(parseStatement(`select ${name} from t where ${name} = 1`)).toMatchObject({
        body: { items: [{ expression: { kind: "column", path: [name] } }] },
      });
    }
  });
});

describe("scripts", () => {
  test("give statements with their text and range, and what is skipped with its reason", () => {
    const script = "CREATE DATABASE x;\n\\c x;\nSELECT ';' -- one;\n; select :a, :b, :a";
    const items = parseScript(script);
    expect(items.map(({ kind }) => kind)).toEqual(["skipped", "skipped", "statement", "statement"]);
    for (const { text, start, end } of items) expect(script.slice(start, end)).toBe(text);
    expect(items[3]).toMatchObject({ parameters: { count: 2, names: ["a", "b"] } });
  });

  test.skipIf(!existsSync(`${shared}/data/chinook`))("load a real dump", () => {
    const script = readFileSync(`${shared}/data/chinook/chinook-postgres.sql`, "utf8");
    const items = parseScript(script);
    expect(items.filter(({ kind }) => kind === "skipped")).toHaveLength(3);
    expect(items).toHaveLength(60);
  });
});

describe.each(["cockroach", "sqlite", "risingwave", "duckdb"])("the cases of %s", (suite) => {
  const file = `${shared}/conformance/sql/${suite}.jsonl`;
  test.skipIf(!existsSync(file))("that do not expect an error parse", () => {
    const failed: string[] = [];
    let cases = 0;
    for (const line of readFileSync(file, "utf8").trim().split("\n")) {
      const { expect: expected, sql } = JSON.parse(line) as { expect: string; sql: string };
      if (expected === "error") continue;
      cases++;
      try {
        parseScript(sql);
      } catch {
        failed.push(sql);
      }
    }
    expect(cases).toBeGreaterThan(1000);
    expect(failed.length / cases, failed.slice(0, 5).join("\n")).toBeLessThan(0.01);
  });
});
