import type { Expr } from "../../binder/expr.js";
import { AegisError } from "../../contract/errors.js";
import { freeColumns } from "../../planner/free-columns.js";
import type { LogicalPlan } from "../../planner/plan.js";
import { planTraits } from "../../planner/plan-traits.js";
import type { Datum } from "../../types/datum.js";
import { Decimal } from "../../types/decimal.js";
import { Jsonb } from "../../types/jsonb.js";
import { rowAt } from "../batches.js";
import { datumReader } from "../column.js";
import { compilePlan } from "../index.js";
import { type CompiledPlan, type ExecutionContext, PENDING, type RowBatch } from "../operator.js";
import { checkLimits } from "../run-limits.js";
import { tooManyRows } from "../subquery-error.js";
import type { Columns } from "./compile-row.js";
import { type QuantifiedExpr, quantifiedTest, type RowsOfSubquery } from "./quantified.js";
import type { RowFunction } from "./row-code.js";
import { RunState } from "./run-state.js";

/** Answers of a correlated subquery that are kept, by the outer values they depend on. */
const MAX_MEMO = 10_000;

/**
 * Compiles a subquery expression to a function of the outer row. The outer values that the plan
 * refers to are put into `context.outer`; the plan is run once for each combination of them, so
 * once a statement where there are none (also where it calls volatile functions, as in PostgreSQL;
 * with outer values such a plan runs for each row).
 */
export function compileSubquery(expr: Expr, columns: Columns): RowFunction {
  switch (expr.kind) {
    case "scalarSubquery":
      return memoised(expr.plan, columns, scalarOf);
    case "exists": {
      const { negated } = expr;
      const answer = memoised(expr.plan, columns, hasRows);
      return negated ? (row, context) => answer(row, context) === false : answer;
    }
    case "quantified":
      return quantified(expr, columns);
    default:
      throw new AegisError("INTERNAL", `${expr.kind} is not a subquery`);
  }
}

type Answer<T> = (plan: CompiledPlan, context: ExecutionContext) => T;

/** Runs the plan for the outer row, or finds what it gave for the same outer values. */
function memoised<T>(
  plan: LogicalPlan,
  columns: Columns,
  answer: Answer<T>,
): (row: readonly Datum[], context: ExecutionContext) => T {
  let compiled: CompiledPlan | undefined;
  const free = freeColumns(plan);
  const inner = columns.map(({ id }, slot) => ({ id, slot })).filter(({ id }) => free.has(id));
  // Outer values that come from further out change only between runs of this row's own query.
  const further = [...free].filter((id) => !inner.some((column) => column.id === id));
  const { volatile, ctes } = planTraits(plan);
  const keeps = !volatile || free.size === 0;
  const memos = new RunState(() => new Memo<T>([...ctes]));
  return (row, context) => {
    compiled ??= compilePlan(plan);
    const memo = memos.of(context);
    const key = keeps
      ? memoKey([
          ...inner.map(({ slot }) => row[slot]!),
          ...further.map((id) => context.outer[id] ?? null),
        ])
      : undefined;
    const known = key === undefined ? undefined : memo.get(key, context);
    if (known !== undefined) return known;
    const saved = inner.map(({ id }) => context.outer[id]);
    for (const { id, slot } of inner) context.outer[id] = row[slot]!;
    try {
      const result = answer(compiled, context);
      if (key !== undefined) memo.set(key, result);
      return result;
    } finally {
      inner.forEach(({ id }, i) => (context.outer[id] = saved[i]!));
    }
  };
}

function quantified(expr: QuantifiedExpr, columns: Columns): RowFunction {
  const rows = memoised(expr.plan, columns, collectRows);
  const test = quantifiedTest(expr, columns);
  return (row, context) => test(row, rows(row, context), context);
}

function scalarOf(plan: CompiledPlan, context: ExecutionContext): Datum {
  const { type } = plan.columns[0]!;
  let value: Datum = null;
  let rows = 0;
  eachBatch(plan, context, (batch) => {
    rows += batch.selected;
    if (rows > 1) throw tooManyRows();
    value = datumReader(batch.columns[0]!, type)(rowAt(batch, 0));
    return true;
  });
  return value;
}

function hasRows(plan: CompiledPlan, context: ExecutionContext): boolean {
  let found = false;
  eachBatch(plan, context, () => {
    found = true;
    return false;
  });
  return found;
}

function collectRows(plan: CompiledPlan, context: ExecutionContext): RowsOfSubquery {
  const rows: (readonly Datum[])[] = [];
  eachBatch(plan, context, (batch) => {
    const readers = batch.columns.map((column, i) => datumReader(column, plan.columns[i]!.type));
    for (let j = 0; j < batch.selected; j++) {
      const row = rowAt(batch, j);
      rows.push(readers.map((read) => read(row)));
    }
    return true;
  });
  return { rows };
}

/** Runs a plan to its end, or until `take` returns false. */
function eachBatch(
  plan: CompiledPlan,
  context: ExecutionContext,
  take: (batch: RowBatch) => boolean,
): void {
  const operator = plan.open(context);
  try {
    for (let batch = operator.next(); batch !== null; batch = operator.next()) {
      if (batch !== PENDING && !take(batch)) return;
      // Nobody else looks at the deadline before this returns.
      checkLimits(context);
    }
  } finally {
    operator.close();
  }
}

/** Answers by outer values, as long as the CTEs that they were read from are the same. */
class Memo<T> {
  private readonly ctes: readonly number[];
  private readonly answers = new Map<string, T>();
  private seen: readonly (CompiledPlan | undefined)[] = [];

  constructor(ctes: readonly number[]) {
    this.ctes = ctes;
  }

  get(key: string, context: ExecutionContext): T | undefined {
    if (this.ctes.length > 0) {
      const now = this.ctes.map((cte) => context.ctes.get(cte));
      if (now.some((plan, i) => plan !== this.seen[i])) this.answers.clear();
      this.seen = now;
    }
    return this.answers.get(key);
  }

  set(key: string, answer: T): void {
    if (this.answers.size >= MAX_MEMO) this.answers.clear();
    this.answers.set(key, answer);
  }
}

/** Equal only for identical values: 1.0 and 1.00 print differently, so they are two keys. */
function memoKey(values: readonly Datum[]): string | undefined {
  let key = "";
  for (const value of values) {
    const text = value instanceof Decimal || value instanceof Jsonb ? value.toString() : value;
    if (typeof text === "object" && text !== null) return undefined;
    const kind = typeof value === "string" ? "t" : value === null ? "n" : "v";
    key += `${kind}${String(text).length}:${text}`;
  }
  return key;
}
