import { describe, expect, test } from "vitest";
import type { Expr } from "../../binder/expr.js";
import { AegisError } from "../../contract/errors.js";
import type { ScalarFunction } from "../../functions/registry.js";
import type { LogicalPlan } from "../../planner/plan.js";
import type { Datum } from "../../types/datum.js";
import { Decimal } from "../../types/decimal.js";
import type { SqlType } from "../../types/sql-type.js";
import { executionContext } from "../../testing/execution.js";
import { compilePredicate, compileRow } from "./index.js";

const INT: SqlType = { name: "integer" };
const BOOL: SqlType = { name: "boolean" };
const TEXT: SqlType = { name: "text" };

const NULL: Expr = { kind: "const", value: null, type: BOOL };
const TRUE: Expr = { kind: "const", value: true, type: BOOL };
const FALSE: Expr = { kind: "const", value: false, type: BOOL };
const truth = [TRUE, FALSE, NULL];

function constant(value: Datum, type: SqlType = INT): Expr {
  return { kind: "const", value, type };
}

function column(id: number, type: SqlType = INT): Expr {
  return { kind: "column", id, name: `c${id}`, type };
}

function chain(kind: "and" | "or", ...args: Expr[]): Expr {
  return { kind, args, type: BOOL };
}

function fn(name: string, evaluate: ScalarFunction["evaluate"], over: object = {}): ScalarFunction {
  const params = [INT, INT];
  const base = { name, params, variadic: false, result: INT, strict: true, evaluate };
  return { ...base, volatility: "immutable", ...over };
}

function call(of: ScalarFunction, args: Expr[], position = 0, type: SqlType = INT): Expr {
  return { kind: "call", fn: of, args, type, position };
}

const plus = fn("+", ([a, b]) => (a as number) + (b as number));
const equals = fn("=", ([a, b]) => a === b, { result: BOOL });

const context = executionContext();
const columns = [{ id: 7 }, { id: 3 }];

function run(expr: Expr, row: Datum[] = []): Datum {
  return compileRow(expr, columns)(row, context);
}

describe("three-valued logic", () => {
  const value = (expr: Expr): Datum => run(expr);

  test("AND, OR and NOT follow the truth tables, by value and as conditions", () => {
    for (const a of truth) {
      for (const b of truth) {
        const [x, y] = [value(a), value(b)];
        const and = x === false || y === false ? false : x === null || y === null ? null : true;
        const or = x === true || y === true ? true : x === null || y === null ? null : false;
        // Columns, so that nothing is known when the code is made.
        for (const [kind, want] of [
          ["and", and],
          ["or", or],
        ] as const) {
          const expr = chain(kind, column(7, BOOL), column(3, BOOL));
          const not: Expr = { kind: "not", arg: expr, type: BOOL };
          expect(run(expr, [x, y])).toBe(want);
          expect(run(not, [x, y])).toBe(want === null ? null : !want);
          expect(compilePredicate(expr, columns)([x, y], context)).toBe(want === true);
          expect(compilePredicate(not, columns)([x, y], context)).toBe(want === false);
        }
      }
    }
  });

  test("IN knows NULL", () => {
    const list = [constant(1), constant(2), constant(3), constant(4)];
    const isIn = (items: Expr[], negated = false): Expr => ({
      kind: "in",
      arg: column(7),
      list: items,
      negated,
      type: BOOL,
    });
    expect(run(isIn(list), [3, 0])).toBe(true);
    expect(run(isIn(list), [9, 0])).toBe(false);
    expect(run(isIn(list), [null, 0])).toBe(null);
    expect(run(isIn([...list, constant(null)]), [9, 0])).toBe(null);
    expect(run(isIn([...list, column(3)]), [9, 9])).toBe(true);
    expect(run(isIn([...list, column(3)], true), [9, null])).toBe(null);
    expect(run(isIn([...list, column(3)], true), [9, 8])).toBe(true);
    const many = Array.from({ length: 500 }, (_, i) => call(plus, [column(3), constant(i)]));
    expect(run(isIn(many), [499, 0])).toBe(true);
    expect(run(isIn(many), [500, 0])).toBe(false);
    expect(run(isIn(many), [500, null])).toBe(null);
  });
});

describe("values", () => {
  test("strict functions are not called with NULL", () => {
    const never = fn("never", () => {
      throw new Error("called");
    });
    expect(run(call(never, [column(7), column(3)]), [null, 1])).toBe(null);
    expect(run(call(plus, [column(7), column(3)]), [1, 2])).toBe(3);
  });

  test("inline source is used, and falls back to evaluate", () => {
    const inline = (args: readonly string[], slow: string): string =>
      `${args[0]} < 10 ? ${args[0]} * 2 : ${slow}`;
    const twice = fn("twice", ([a]) => -(a as number), { inline });
    expect(run(call(twice, [column(7)]), [4, 0])).toBe(8);
    expect(run(call(twice, [column(7)]), [40, 0])).toBe(-40);
  });

  test("CASE and COALESCE evaluate no more than they must", () => {
    const fail = fn("fail", () => {
      throw new Error("evaluated");
    });
    const failing = call(fail, [column(7)]);
    const expr: Expr = {
      kind: "case",
      branches: [
        { when: call(equals, [column(7), constant(1)]), then: constant(10) },
        { when: call(equals, [column(7), constant(2)]), then: constant(20) },
      ],
      otherwise: failing,
      type: INT,
    };
    expect(run(expr, [1, 0])).toBe(10);
    expect(run(expr, [2, 0])).toBe(20);
    expect(() => run(expr, [3, 0])).toThrow("evaluated");
    expect(
      run({ kind: "coalesce", args: [column(3), column(7), failing], type: INT }, [5, null]),
    ).toBe(5);
  });

  test("casts, parameters and columns of outer queries", () => {
    const cast: Expr = {
      kind: "cast",
      arg: column(3, TEXT),
      type: INT,
      explicit: true,
      position: 9,
    };
    expect(run(cast, [0, " 12 "])).toBe(12);
    expect(() => run(cast, [0, "x"])).toThrow(AegisError);
    try {
      run(cast, [0, "x"]);
    } catch (error) {
      expect((error as AegisError).position).toBe(9);
      expect((error as AegisError).code).toBe("INVALID_TEXT_REPRESENTATION");
    }
    const outer = executionContext({ params: [5] });
    outer.outer[99] = 7;
    const sum = call(plus, [{ kind: "param", index: 0, type: INT }, column(99)]);
    expect(compileRow(sum, columns)([], outer)).toBe(12);
  });

  test("stable calls run once a statement, volatile ones once a row", () => {
    let calls = 0;
    const count = (volatility: string): Expr =>
      call(
        fn("n", () => ++calls, { volatility, strict: false }),
        [],
      );
    const stable = compileRow(call(plus, [count("stable"), column(7)]), columns);
    expect([stable([1, 0], context), stable([1, 0], context)]).toEqual([2, 2]);
    expect(stable([1, 0], executionContext())).toBe(3);
    const volatile = compileRow(call(plus, [count("volatile"), column(7)]), columns);
    expect([volatile([1, 0], context), volatile([1, 0], context)]).toEqual([4, 5]);
  });
});

describe("large expressions", () => {
  test("10,000 conditions", () => {
    const args = Array.from({ length: 10_000 }, (_, i) => call(equals, [column(7), constant(i)]));
    expect(run(chain("or", ...args), [9_999, 0])).toBe(true);
    expect(run(chain("or", ...args), [10_000, 0])).toBe(false);
    expect(compilePredicate(chain("or", ...args), columns)([5, 0], context)).toBe(true);
    expect(run(chain("and", ...args), [1, 0])).toBe(false);
  });

  test("deep nesting and long CASE", () => {
    let deep: Expr = column(7);
    for (let i = 0; i < 1000; i++) deep = call(plus, [deep, constant(1)]);
    expect(run(deep, [5, 0])).toBe(1005);
    const branches = Array.from({ length: 3000 }, (_, i) => ({
      when: call(equals, [column(7), constant(i)]),
      then: constant(i * 2),
    }));
    const expr: Expr = { kind: "case", branches, otherwise: constant(-1), type: INT };
    expect(run(expr, [2999, 0])).toBe(5998);
    expect(run(expr, [3000, 0])).toBe(-1);
  });
});

describe("subqueries", () => {
  const rows = (...values: (number | null)[]): LogicalPlan => ({
    kind: "values",
    rows: values.map((value) => [constant(value)]),
    output: [{ id: 50, name: "v", type: INT }],
  });
  const quantified = (quantifier: "any" | "all", plan: LogicalPlan): Expr => ({
    kind: "quantified",
    quantifier,
    plan,
    comparison: call(equals, [column(7), column(50)], 0, BOOL),
    type: BOOL,
  });

  test("scalar, EXISTS and quantified", () => {
    expect(run({ kind: "scalarSubquery", plan: rows(4), type: INT })).toBe(4);
    expect(run({ kind: "scalarSubquery", plan: rows(), type: INT })).toBe(null);
    expect(() => run({ kind: "scalarSubquery", plan: rows(1, 2), type: INT })).toThrow(
      /more than one row/,
    );
    expect(run({ kind: "exists", plan: rows(), negated: true, type: BOOL })).toBe(true);
    expect(run(quantified("any", rows(1, 2)), [2, 0])).toBe(true);
    expect(run(quantified("any", rows(1, null)), [2, 0])).toBe(null);
    expect(run(quantified("any", rows()), [null, 0])).toBe(false);
    expect(run(quantified("all", rows(2, 2)), [2, 0])).toBe(true);
    expect(run(quantified("all", rows(2, null)), [2, 0])).toBe(null);
    expect(run(quantified("all", rows(2, 3)), [2, 0])).toBe(false);
  });

  test("a correlated one runs once for each outer value", () => {
    let runs = 0;
    const counted = fn("counted", ([a]) => (runs++, a!));
    const plan: LogicalPlan = {
      kind: "values",
      rows: [[call(counted, [column(7)])]],
      output: [{ id: 50, name: "v", type: INT }],
    };
    const compiled = compileRow({ kind: "scalarSubquery", plan, type: INT }, columns);
    const own = executionContext();
    expect([1, 2, 1, 2, 1].map((v) => compiled([v, 0], own))).toEqual([1, 2, 1, 2, 1]);
    expect(runs).toBe(2);
    expect(own.outer[7]).toBe(undefined);
  });
});

test("numerics in a list are equal whatever their scale", () => {
  const type: SqlType = { name: "numeric" };
  const list = ["1.0", "2.50"].map((text) => constant(Decimal.parse(text), type));
  const expr: Expr = { kind: "in", arg: column(7, type), list, negated: false, type: BOOL };
  expect(run(expr, [Decimal.parse("1.000"), 0])).toBe(true);
  expect(run(expr, [Decimal.parse("2"), 0])).toBe(false);
});
