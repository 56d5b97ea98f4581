import { beforeAll, describe, expect, test } from "vitest";
import { bindQuery } from "../binder/index.js";
import type { Source } from "../contract/source.js";
import { registry } from "../functions/index.js";
import { parseStatement } from "../parser/index.js";
import { optimize } from "../planner/index.js";
import type { LogicalPlan } from "../planner/plan.js";
import { executionContext } from "../testing/execution.js";
import { memoryDatabase } from "../testing/queries.js";
import type { Datum } from "../types/datum.js";
import { type ResultOptions, toJavaScript } from "../types/result.js";
import { datumsOf } from "./column.js";
import { compilePlan, runPlan } from "./index.js";
import { compilePointRead } from "./point-read.js";
import { compileResultRows, type ResultColumn } from "./result-rows.js";

const DEFAULTS: ResultOptions = {
  bigints: "mixed",
  decimals: "string",
  timestamps: "date",
  timeZone: "UTC",
};

const OPTIONS: readonly ResultOptions[] = [
  DEFAULTS,
  { ...DEFAULTS, bigints: "bigint", decimals: "number", timestamps: "string" },
  { ...DEFAULTS, bigints: "string", timestamps: "micros" },
];

let source: Source;
beforeAll(() => {
  source = memoryDatabase([
    {
      name: "kinds",
      columns: {
        id: "integer",
        b: "bigint",
        n: "numeric",
        d: { name: "numeric", precision: 10, scale: 2 },
        w: { name: "numeric", precision: 18, scale: 2 },
        f: "double precision",
        g: "boolean",
        t: "text",
        day: "date",
        at: "timestamp",
        span: "interval",
        j: "jsonb",
        raw: "bytea",
        list: { name: "array", element: { name: "integer" } },
        ch: { name: "char", length: 4 },
        r: "real",
      },
      primaryKey: ["id"],
      rows: [
        [
          "1",
          "9223372036854775807",
          "1.50",
          "0.07",
          "12.30",
          "1.5",
          "t",
          "é",
          "2024-02-29",
          "2024-02-29 10:00:00.123456",
          "1 day 02:00:00",
          '{"a": [1, null], "__proto__": 2}',
          "\\x0102",
          "{1,NULL}",
          "ab",
          "1.1",
        ],
        [
          "2",
          "5",
          "1e20",
          "-99999999.99",
          "9999999999999999.99",
          "NaN",
          "f",
          "",
          "infinity",
          "infinity",
          "-1 mons",
          "3",
          "\\x",
          "{}",
          "x",
          "NaN",
        ],
        ["3", ...Array.from({ length: 15 }, () => null)],
      ],
    },
    {
      name: "pairs",
      columns: { a: "integer", b: "text", v: "integer" },
      primaryKey: ["a", "b"],
      rows: [
        ["1", "x", "10"],
        ["1", "y", "20"],
      ],
    },
  ]);
});

function planOf(sql: string): LogicalPlan {
  const statement = parseStatement(sql);
  if (statement.kind !== "query") throw new Error("not a query");
  return optimize(bindQuery(statement, { source, registry, paramTypes: [] }).plan, source);
}

function rows(plan: LogicalPlan, shape: "object" | "array", options: ResultOptions): unknown[] {
  const found: unknown[] = [];
  const append = compileResultRows(plan.output, shape, options);
  runPlan(compilePlan(plan), executionContext({ source }), (batch) => append(batch, found));
  return found;
}

describe("rows of results", () => {
  test.each(OPTIONS)("have the values that the rules of results give: %j", (options) => {
    const plan = planOf("SELECT * FROM kinds ORDER BY id");
    const compiled = compilePlan(plan);
    const expected: unknown[][] = [];
    runPlan(compiled, executionContext({ source }), (batch) => {
      const columns = batch.columns.map((column, i) =>
        datumsOf(column, plan.output[i]!.type, batch),
      );
      const all = batch.selection ?? Int32Array.from({ length: batch.length }, (_, i) => i);
      for (const row of all.subarray(0, batch.selected)) {
        expected.push(columns.map((c, i) => toJavaScript(c[row]!, plan.output[i]!.type, options)));
      }
    });
    expect(expected).toHaveLength(3);
    expect(expected.map((row) => row.at(-1))).toEqual([1.1, NaN, null]);
    // Sorting makes datums of some columns; without it they are the vectors of the scan.
    expect(rows(plan, "array", options)).toEqual(expected);
    expect(rows(planOf("SELECT * FROM kinds"), "array", options)).toEqual(expected);
  });

  test("are objects by name; a name may be anything", () => {
    const plan = planOf(`SELECT 1 AS a, 2 AS "__proto__", 3 AS "x"";y", 4 AS a`);
    const [row] = rows(plan, "object", DEFAULTS) as [Record<string, unknown>];
    expect(Object.entries(row)).toEqual([
      ["a", 4],
      ["__proto__", 2],
      ['x";y', 3],
    ]);
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
    expect(rows(planOf("SELECT FROM kinds"), "object", DEFAULTS)).toEqual([{}, {}, {}]);
  });

  test("give averages as numbers where the binder says so", () => {
    const columns: ResultColumn[] = [{ name: "n", type: { name: "numeric" }, asNumber: true }];
    const found: unknown[] = [];
    const append = compileResultRows(columns, "object", DEFAULTS);
    const compiled = compilePlan(planOf("SELECT n FROM kinds"));
    runPlan(compiled, executionContext({ source }), (batch) => append(batch, found));
    expect(found).toEqual([{ n: 1.5 }, { n: 1e20 }, { n: null }]);
  });
});

describe("reads of one row", () => {
  const read = (sql: string, params: Datum[], shape: "object" | "array" = "object"): unknown => {
    const plan = planOf(sql);
    const point = compilePointRead(plan, { columns: plan.output, shape, options: DEFAULTS });
    return point?.(executionContext({ source, params })) ?? "none";
  };

  test("give what the plan itself gives", () => {
    for (const id of [1, 2, 3]) {
      const [row] = rows(planOf(`SELECT * FROM kinds WHERE id = ${id}`), "array", DEFAULTS);
      expect(read("SELECT * FROM kinds WHERE id = $1", [id], "array")).toEqual(row);
    }
    expect(read("SELECT t, b + 1 AS c FROM kinds WHERE id = $1", [2])).toEqual({ t: "", c: 6 });
    expect(read("SELECT v FROM pairs WHERE b = $1 AND a = $2", ["y", 1])).toEqual({ v: 20 });
    expect(read("SELECT t FROM kinds WHERE id = $1 AND b = 5", [2])).toEqual({ t: "" });
  });

  test("find nothing for other keys, NULL, or a condition that fails", () => {
    expect(read("SELECT * FROM kinds WHERE id = $1", [4])).toBe("none");
    expect(read("SELECT * FROM kinds WHERE id = $1", [null])).toBe("none");
    expect(read("SELECT t FROM kinds WHERE id = $1 AND b = 5", [1])).toBe("none");
  });

  test("are for whole keys only", () => {
    const plans = [
      "SELECT * FROM kinds WHERE id > $1",
      "SELECT v FROM pairs WHERE a = $1",
      "SELECT count(*) FROM kinds WHERE id = $1",
      "SELECT t FROM kinds",
    ];
    for (const sql of plans) {
      const plan = planOf(sql);
      const target = { columns: plan.output, shape: "object", options: DEFAULTS } as const;
      expect(compilePointRead(plan, target), sql).toBe(undefined);
    }
  });
});
