import fc from "fast-check";
import { expect, test } from "vitest";
import type { ColumnDef, SortKey } from "../../binder/expr.js";
import type { LogicalPlan, SortPlan } from "../../planner/plan.js";
import { comparatorOf } from "../../types/compare.js";
import {
  columnRef,
  columnsOf,
  numbersFrom,
  randomRows,
  RandomSources,
  type Row,
  rowsOfPlan,
  textsOf,
} from "../../testing/random-rows.js";

const COLUMNS = columnsOf(
  1,
  "integer",
  "double precision",
  "text",
  { name: "numeric", precision: 8, scale: 2 },
  "numeric",
  "bigint",
  "boolean",
  "date",
  "timestamp",
  "uuid",
  { name: "array", element: { name: "integer" } },
);

/** A column that tells rows apart, so that stability shows. */
const NUMBERED: readonly ColumnDef[] = [...COLUMNS, ...columnsOf(50, "integer")];

function randomKeys(below: (limit: number) => number): SortKey[] {
  return Array.from({ length: below(3) + 1 }, () => ({
    expr: columnRef(COLUMNS[below(COLUMNS.length)]!),
    descending: below(2) === 0,
    nullsFirst: below(2) === 0,
  }));
}

function naiveSort(rows: readonly Row[], keys: readonly SortKey[]): Row[] {
  return [...rows].sort((a, b) => {
    for (const { expr, descending, nullsFirst } of keys) {
      const at = NUMBERED.findIndex((column) => expr.kind === "column" && column.id === expr.id);
      const [x, y] = [a[at]!, b[at]!];
      if (x === null || y === null) {
        if (x === y) continue;
        return (x === null) === nullsFirst ? -1 : 1;
      }
      const order = comparatorOf(expr.type)(x, y);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  });
}

function scenario(seed: number): { rows: Row[]; plan: SortPlan; sources: RandomSources } {
  const below = numbersFrom(seed);
  const rows = randomRows(COLUMNS, below(60), below).map((row, i) => [...row, i]);
  const sources = new RandomSources(below);
  const input: LogicalPlan = sources.plan(NUMBERED, rows);
  return {
    rows,
    plan: { kind: "sort", input, keys: randomKeys(below), output: NUMBERED },
    sources,
  };
}

test("sorts stably by any keys", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { rows, plan, sources } = scenario(seed);
      const sorted = rowsOfPlan(plan, sources.compile);
      expect(textsOf(sorted, NUMBERED)).toEqual(textsOf(naiveSort(rows, plan.keys), NUMBERED));
    }),
    { numRuns: 300 },
  );
});

test("gives the first rows only where no more are asked for", () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(8), (seed, most) => {
      const { rows, plan, sources } = scenario(seed);
      const sorted = rowsOfPlan(plan, sources.compile, most);
      const wanted = naiveSort(rows, plan.keys).slice(0, most);
      expect(textsOf(sorted.slice(0, most), NUMBERED)).toEqual(textsOf(wanted, NUMBERED));
    }),
    { numRuns: 100 },
  );
});

test("keeps the best of many rows, whatever the form of the first key", () => {
  for (const [i, column] of COLUMNS.entries()) {
    for (const flags of [i % 4, (i + 2) % 4]) {
      const below = numbersFrom(1000 + i);
      const rows = randomRows(COLUMNS, 4500, below).map((row, n) => [...row, n]);
      const sources = new RandomSources(below);
      const key = { expr: columnRef(column), descending: flags > 1, nullsFirst: flags % 2 === 1 };
      const second = { expr: columnRef(NUMBERED.at(-1)!), descending: true, nullsFirst: false };
      const keys = i % 2 === 0 ? [key] : [key, second];
      const input = sources.plan(NUMBERED, rows);
      const plan: SortPlan = { kind: "sort", input, keys, output: NUMBERED };
      const best = rowsOfPlan(plan, sources.compile, 20);
      const wanted = naiveSort(rows, keys).slice(0, 20);
      expect(textsOf(best.slice(0, 20), NUMBERED)).toEqual(textsOf(wanted, NUMBERED));
    }
  }
});
