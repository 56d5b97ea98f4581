import fc from "fast-check";
import { expect, test } from "vitest";
import type { LogicalPlan } from "../planner/plan.js";
import {
  columnRef,
  columnsOf,
  numbersFrom,
  randomRows,
  RandomSources,
  type Row,
  rowsOfPlan,
  textsOf,
} from "../testing/random-rows.js";
import type { Datum } from "../types/datum.js";
import { hashKey } from "../types/compare.js";
import type { SqlType } from "../types/sql-type.js";

const COLUMN_SETS: readonly (readonly SqlType[])[] = [
  [{ name: "integer" }],
  [{ name: "text" }],
  [{ name: "numeric" }],
  [{ name: "double precision" }, { name: "boolean" }],
  [{ name: "boolean" }, { name: "bigint" }, { name: "date" }],
  [{ name: "array", element: { name: "integer" } }, { name: "boolean" }],
  [],
];

function keyOf(row: Row, types: readonly SqlType[]): string {
  const part = (datum: Datum, type: SqlType): string =>
    datum === null ? "NULL" : `${typeof datum} ${String(hashKey(datum, type))}`;
  return row.map((datum, i) => part(datum, types[i]!)).join("\n");
}

/** The rows of each operation, one at a time against a list of counts. */
function naive(
  operation: "union" | "intersect" | "except",
  all: boolean,
  left: readonly Row[],
  right: readonly Row[],
  types: readonly SqlType[],
): string[] {
  const keys = (rows: readonly Row[]): string[] => rows.map((row) => keyOf(row, types));
  const ours = all ? keys(left) : [...new Set(keys(left))];
  const theirs = all ? keys(right) : [...new Set(keys(right))];
  if (operation === "union") return all ? [...ours, ...theirs] : [...new Set([...ours, ...theirs])];
  return ours.filter((key) => {
    const at = theirs.indexOf(key);
    if (at >= 0) theirs.splice(at, 1);
    return at >= 0 === (operation === "intersect");
  });
}

for (const operation of ["union", "intersect", "except"] as const) {
  for (const all of [false, true]) {
    test(`${operation}${all ? " all" : ""} counts rows as the standard says`, () => {
      fc.assert(
        fc.property(fc.integer(), (seed) => {
          const below = numbersFrom(seed);
          const types = COLUMN_SETS[below(COLUMN_SETS.length)]!;
          const columns = columnsOf(1, ...types);
          const left = randomRows(columns, below(40), below);
          const right = randomRows(columns, below(40), below);
          const sources = new RandomSources(below);
          const plan: LogicalPlan = {
            kind: "setOperation",
            operation,
            all,
            left: sources.plan(columns, left),
            right: sources.plan(columns, right),
            output: columns,
          };
          const found = rowsOfPlan(plan, sources.compile).map((row) => keyOf(row, types));
          expect(found.sort()).toEqual(naive(operation, all, left, right, types).sort());
        }),
        { numRuns: 150 },
      );
    });
  }
}

test("keeps the scale of each side's numbers", () => {
  const sources = new RandomSources(numbersFrom(1));
  const sides = [2, 4].map((scale, i) => columnsOf(i, { name: "numeric", precision: 8, scale }));
  const below = numbersFrom(2);
  const rows = sides.map((columns) => randomRows(columns, 30, below));
  const output = columnsOf(9, "numeric");
  const plan: LogicalPlan = {
    kind: "setOperation",
    operation: "union",
    all: true,
    left: sources.plan(sides[0]!, rows[0]!),
    right: sources.plan(sides[1]!, rows[1]!),
    output,
  };
  const found = rowsOfPlan(plan, sources.compile);
  expect(textsOf(found, output)).toEqual(textsOf(rows.flat(), output));
});

test("DISTINCT keeps the first row of each key, DISTINCT ON by expressions", () => {
  fc.assert(
    fc.property(fc.integer(), fc.boolean(), (seed, on) => {
      const below = numbersFrom(seed);
      const columns = columnsOf(1, "integer", "text", "numeric");
      const rows = randomRows(columns, below(60), below);
      const sources = new RandomSources(below);
      const places = on ? [2, 0] : [0, 1, 2];
      const plan: LogicalPlan = {
        kind: "distinct",
        input: sources.plan(columns, rows),
        on: on ? places.map((place) => columnRef(columns[place]!)) : undefined,
        output: columns,
      };
      const seen = new Set<string>();
      const wanted = rows.filter((row) => {
        const key = keyOf(
          places.map((place) => row[place]!),
          places.map((place) => columns[place]!.type),
        );
        return !seen.has(key) && seen.add(key);
      });
      const found = rowsOfPlan(plan, sources.compile);
      expect(textsOf(found, columns)).toEqual(textsOf(wanted, columns));
    }),
    { numRuns: 150 },
  );
});
