import { expect, test } from "vitest";
import { bindQuery } from "../binder/index.js";
import type { Source } from "../contract/source.js";
import { batchDatums } from "../executor/column.js";
import { rowAt } from "../executor/batches.js";
import { compilePlan, runPlan } from "../executor/index.js";
import { registry } from "../functions/index.js";
import { parseStatement } from "../parser/index.js";
import { SqlEngine } from "../session/engine.js";
import { executionContext } from "../testing/execution.js";
import { MemoryHost } from "../testing/memory-source.js";
import { PLANNED_TABLES, plannedQuery, plannedRows } from "../testing/planned-queries.js";
import { numbersFrom } from "../testing/random-rows.js";
import { toText } from "../types/text-output.js";
import { optimize, type Pass, PASSES } from "./index.js";

/** `AEGIS_PLANS=5000` compares so many queries, `AEGIS_PLAN_SEED` says where they begin. */
const QUERIES = Number(process.env["AEGIS_PLANS"] ?? 80);
const FIRST_SEED = Number(process.env["AEGIS_PLAN_SEED"] ?? 1);

function database(): Source {
  const host = new MemoryHost();
  const session = new SqlEngine(host).session();
  for (const sql of [...PLANNED_TABLES, ...plannedRows(numbersFrom(7))]) {
    session.run(session.prepare(sql), undefined);
  }
  return host.latest();
}

function rowsBy(source: Source, sql: string, passes: readonly Pass[]): string[] {
  const statement = parseStatement(sql);
  if (statement.kind !== "query") throw new Error("not a query");
  const bound = bindQuery(statement, { source, registry, paramTypes: [] });
  const plan = compilePlan(optimize(bound.plan, source, passes));
  const rows: string[] = [];
  runPlan(plan, executionContext({ source }), (batch) => {
    const columns = batchDatums(batch, plan.columns);
    for (let place = 0; place < batch.selected; place++) {
      const row = rowAt(batch, place);
      const texts = columns.map((column, i) => {
        const datum = column[row]!;
        return datum === null ? "NULL" : toText(datum, plan.columns[i]!.type, "UTC");
      });
      rows.push(texts.join("|"));
    }
  });
  return rows.sort();
}

/** Plans of no pass, of all, and of all but one each. */
const variants: readonly (readonly [string, readonly Pass[]])[] = [
  ["all passes", PASSES],
  ...PASSES.map((left) => [`no "${left.name}"`, PASSES.filter((p) => p !== left)] as const),
];

test(`${QUERIES} queries give the same rows whichever pass is left out`, () => {
  const source = database();
  let withRows = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + QUERIES; seed++) {
    const sql = plannedQuery(numbersFrom(seed));
    const expected = rowsBy(source, sql, []);
    if (expected.length > 0) withRows++;
    for (const [name, passes] of variants) {
      expect(rowsBy(source, sql, passes), `seed ${seed}, ${name}: ${sql}`).toEqual(expected);
    }
  }
  expect(withRows).toBeGreaterThan(QUERIES / 3);
}, 120_000);
