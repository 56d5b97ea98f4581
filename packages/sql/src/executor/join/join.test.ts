import fc from "fast-check";
import { expect, test } from "vitest";
import type { ColumnDef, Expr } from "../../binder/expr.js";
import { registry } from "../../functions/index.js";
import { resolveOverload } from "../../functions/resolve.js";
import { joinOutput } from "../../planner/build.js";
import { conjunction } from "../../planner/expressions.js";
import type { JoinKind, JoinPlan } from "../../planner/plan.js";
import type { SqlType } from "../../types/sql-type.js";
import { executionContext } from "../../testing/execution.js";
import {
  type Below,
  columnRef,
  columnsOf,
  numbersFrom,
  randomRows,
  RandomSources,
  type Row,
  rowsOfPlan,
  textsOf,
} from "../../testing/random-rows.js";
import { compilePredicate } from "../expression/index.js";

const TYPES: readonly SqlType[] = [
  { name: "integer" },
  { name: "bigint" },
  { name: "double precision" },
  { name: "numeric" },
  { name: "numeric", precision: 8, scale: 2 },
  { name: "text" },
  { name: "uuid" },
  { name: "date" },
  { name: "timestamp" },
  { name: "boolean" },
  { name: "array", element: { name: "integer" } },
];
const LEFT = columnsOf(1, ...TYPES);
const RIGHT = columnsOf(101, ...TYPES);
const BOTH: readonly ColumnDef[] = [...LEFT, ...RIGHT];
const KINDS: readonly JoinKind[] = [
  "inner",
  "left",
  "right",
  "full",
  "cross",
  "semi",
  "anti",
  "single",
];
const BOOLEAN: SqlType = { name: "boolean" };

function compared(name: string, a: ColumnDef, b: ColumnDef): Expr {
  const found = resolveOverload(registry.scalar(name), [a.type, b.type]);
  if (found.kind !== "match") throw new Error(`${name} of ${a.type.name}`);
  return {
    kind: "call",
    fn: found.fn,
    args: [columnRef(a), columnRef(b)],
    type: BOOLEAN,
    position: 0,
  };
}

function randomCondition(below: Below): Expr | undefined {
  const parts: Expr[] = [];
  for (let n = below(4); n > 0; n--) {
    const at = below(TYPES.length);
    const swapped = below(2) === 0;
    const [a, b] = swapped ? [RIGHT[at]!, LEFT[at]!] : [LEFT[at]!, RIGHT[at]!];
    const operator = below(10);
    const name = operator < 6 ? "=" : operator < 8 ? "is not distinct from" : "<=";
    parts.push(compared(name, a, b));
  }
  return conjunction(parts);
}

/** The rows of a join by trying all pairs; undefined if it is an error. */
function naiveJoin(plan: JoinPlan, left: readonly Row[], right: readonly Row[]): Row[] | undefined {
  const context = executionContext();
  const test = plan.on === undefined ? () => true : compilePredicate(plan.on, BOTH);
  const found: Row[] = [];
  const used = new Set<Row>();
  const nothing = TYPES.map(() => null);
  for (const l of left) {
    const matches = right.filter((r) => test([...l, ...r], context));
    matches.forEach((r) => used.add(r));
    if (plan.join === "single" && matches.length > 1) return undefined;
    if (plan.join === "semi" || plan.join === "anti") {
      if (matches.length > 0 === (plan.join === "semi")) found.push(l);
      continue;
    }
    found.push(...matches.map((r) => [...l, ...r]));
    const isOuter = plan.join === "left" || plan.join === "full" || plan.join === "single";
    if (isOuter && matches.length === 0) found.push([...l, ...nothing]);
  }
  if (plan.join === "right" || plan.join === "full") {
    for (const r of right) if (!used.has(r)) found.push([...nothing, ...r]);
  }
  return found;
}

interface Scenario {
  readonly plan: JoinPlan;
  readonly left: Row[];
  readonly right: Row[];
  readonly sources: RandomSources;
}

function scenario(seed: number, join: JoinKind, rows = 30): Scenario {
  const below = numbersFrom(seed);
  const left = randomRows(LEFT, below(rows), below);
  const right = randomRows(RIGHT, below(rows), below);
  const sources = new RandomSources(below);
  const inputs = { left: sources.plan(LEFT, left), right: sources.plan(RIGHT, right) };
  const on = join === "cross" ? undefined : randomCondition(below);
  const output = joinOutput(join, inputs.left, inputs.right);
  const plan: JoinPlan = {
    kind: "join",
    join,
    ...inputs,
    on,
    lateral: false,
    nullAware: false,
    output,
  };
  return { plan, left, right, sources };
}

function check({ plan, left, right, sources }: Scenario): void {
  const wanted = naiveJoin(plan, left, right);
  const run = (): string[] => textsOf(rowsOfPlan(plan, sources.compile), plan.output);
  if (wanted === undefined) expect(run).toThrow("more than one row returned by a subquery");
  else expect(run()).toEqual(textsOf(wanted, plan.output));
}

for (const join of KINDS) {
  test(`${join} joins give the rows of all pairs that hold, in the left side's order`, () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => check(scenario(seed, join))),
      { numRuns: 80 },
    );
  });
}

test("matches keys of one row each without copying the left side", () => {
  for (const join of KINDS) {
    if (join === "cross") continue;
    for (let seed = 0; seed < 40; seed++) {
      const made = scenario(seed, join, 60);
      const key = seed % 2 === 0 ? 0 : 5;
      const seen = new Set<unknown>();
      const right = made.right.filter((row) => !seen.has(row[key]) && seen.add(row[key]));
      const plan = {
        ...made.plan,
        right: made.sources.plan(RIGHT, right),
        on: compared("=", LEFT[key]!, RIGHT[key]!),
      };
      check({ ...made, plan, right });
    }
  }
});

test("NOT IN keeps a row only where all comparisons are false", () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(TYPES.length - 1), fc.boolean(), (seed, at, noNulls) => {
      const made = scenario(seed, "anti", 12);
      const right = noNulls ? made.right.filter((row) => row[at] !== null) : made.right;
      const on = compared("=", LEFT[at]!, RIGHT[at]!);
      const plan = { ...made.plan, right: made.sources.plan(RIGHT, right), on, nullAware: true };
      const equal = compilePredicate(on, BOTH);
      const wanted = made.left.filter((l) =>
        right.every(
          (r) => l[at] !== null && r[at] !== null && !equal([...l, ...r], executionContext()),
        ),
      );
      const found = rowsOfPlan(plan, made.sources.compile);
      expect(textsOf(found, LEFT)).toEqual(textsOf(wanted, LEFT));
    }),
    { numRuns: 80 },
  );
});

test("gives only the columns that are asked for", () => {
  for (let seed = 0; seed < 60; seed++) {
    const made = scenario(seed, KINDS[seed % 4]!);
    const output = made.plan.output.filter((_, i) => (i + seed) % 3 === 0);
    const places = output.map((column) => made.plan.output.indexOf(column));
    const wanted = naiveJoin(made.plan, made.left, made.right)!;
    const found = rowsOfPlan({ ...made.plan, output }, made.sources.compile);
    const picked = wanted.map((row) => places.map((place) => row[place]!));
    expect(textsOf(found, output)).toEqual(textsOf(picked, output));
  }
});

test("a lateral right side is run for each left row", () => {
  for (const join of ["inner", "left", "cross", "semi", "anti", "single"] as const) {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const made = scenario(seed, join, 20);
        const below = numbersFrom(seed + 1);
        const predicate = randomCondition(below);
        if (predicate === undefined) return;
        const right = {
          kind: "filter",
          input: made.plan.right,
          predicate,
          output: RIGHT,
        } as const;
        const plan: JoinPlan = { ...made.plan, right, lateral: true };
        const on = conjunction([predicate, ...(made.plan.on === undefined ? [] : [made.plan.on])]);
        const wanted = naiveJoin({ ...made.plan, on }, made.left, made.right);
        const run = (): string[] => textsOf(rowsOfPlan(plan, made.sources.compile), plan.output);
        if (wanted === undefined) expect(run).toThrow("more than one row");
        else expect(run()).toEqual(textsOf(wanted, plan.output));
      }),
      { numRuns: 30 },
    );
  }
});
