import type { ColumnDef, ColumnId, Expr } from "../../binder/expr.js";
import { joinOutput, restricted } from "../build.js";
import { addColumns, idsOf, mapParts } from "../expressions.js";
import { freeColumns } from "../free-columns.js";
import { mapExprs, nodeExprs } from "../nodes.js";
import type { JoinPlan, LogicalPlan, ScanPlan } from "../plan.js";
import { withPlan } from "../rewrite.js";

/** Leaves out the columns that nothing above needs. The output of the whole stays as it is. */
export function pruneColumns(plan: LogicalPlan): LogicalPlan {
  return keepAll(plan);
}

function keepAll(plan: LogicalPlan): LogicalPlan {
  const needed = idsOf(plan.output);
  return restricted(prune(plan, needed), plan.output);
}

function inSubqueries(expr: Expr): Expr {
  return withPlan(mapParts(expr, inSubqueries), keepAll);
}

function prune(original: LogicalPlan, needed: ReadonlySet<ColumnId>): LogicalPlan {
  const plan = mapExprs(original, inSubqueries);
  switch (plan.kind) {
    case "scan":
      return pruneScan(plan, needed);
    case "values": {
      const kept = keptPositions(plan.output, needed);
      if (kept.length === plan.output.length) return plan;
      const rows = plan.rows.map((row) => kept.map((i) => row[i]!));
      return { ...plan, rows, output: kept.map((i) => plan.output[i]!) };
    }
    case "project": {
      const kept = keptPositions(plan.output, needed);
      const exprs = kept.map((i) => plan.exprs[i]!);
      const node = { ...plan, exprs, output: kept.map((i) => plan.output[i]!) };
      return { ...node, input: prune(plan.input, used(exprs)) };
    }
    case "filter":
    case "sort":
    case "limit": {
      const input = prune(plan.input, used(nodeExprs(plan), needed));
      return { ...plan, input, output: input.output };
    }
    case "join":
      return pruneJoin(plan, needed);
    case "aggregate": {
      const aggregates = plan.aggregates.filter((call) => needed.has(call.id));
      const dropped = new Set(plan.aggregates.filter((c) => !needed.has(c.id)).map((c) => c.id));
      const output = plan.output.filter((column) => !dropped.has(column.id));
      const node = { ...plan, aggregates, output };
      return { ...node, input: prune(plan.input, used(nodeExprs(node))) };
    }
    case "window": {
      const calls = plan.calls.filter((call) => needed.has(call.id));
      const own = new Set(plan.calls.map((call) => call.id));
      if (calls.length === 0) return prune(plan.input, needed);
      const node = { ...plan, calls };
      const input = prune(plan.input, used(nodeExprs(node), needed));
      const made = plan.output.filter((c) => own.has(c.id) && needed.has(c.id));
      return { ...node, input, output: [...input.output, ...made] };
    }
    case "distinct": {
      if (plan.on === undefined) return { ...plan, input: keepAll(plan.input) };
      const input = prune(plan.input, used(plan.on, needed));
      return { ...plan, input, output: input.output };
    }
    case "setOperation":
      return { ...plan, left: keepAll(plan.left), right: keepAll(plan.right) };
    case "cte": {
      const body = prune(plan.body, needed);
      return { ...plan, definition: keepAll(plan.definition), body, output: body.output };
    }
    case "recursive":
      return { ...plan, base: keepAll(plan.base), step: keepAll(plan.step) };
    case "cteScan":
    case "tableFunction":
      return plan;
    case "insert":
    case "update":
    case "delete":
      return { ...plan, input: keepAll(plan.input) };
  }
}

function keptPositions(output: readonly ColumnDef[], needed: ReadonlySet<ColumnId>): number[] {
  return output.map((_, i) => i).filter((i) => needed.has(output[i]!.id));
}

function used(exprs: readonly Expr[], also: Iterable<ColumnId> = []): Set<ColumnId> {
  const columns = new Set(also);
  for (const expr of exprs) addColumns(expr, columns);
  return columns;
}

function pruneScan(plan: ScanPlan, needed: ReadonlySet<ColumnId>): ScanPlan {
  const kept = keptPositions(plan.output.slice(0, plan.columns.length), needed);
  if (kept.length === plan.columns.length) return plan;
  return {
    ...plan,
    columns: kept.map((i) => plan.columns[i]!),
    output: [...kept.map((i) => plan.output[i]!), ...plan.output.slice(plan.columns.length)],
  };
}

function pruneJoin(plan: JoinPlan, needed: ReadonlySet<ColumnId>): LogicalPlan {
  const columns = used(plan.on === undefined ? [] : [plan.on], needed);
  // What a lateral right side reads of the left is needed as if it stood in a condition.
  if (plan.lateral) for (const id of freeColumns(plan.right)) columns.add(id);
  const left = prune(plan.left, columns);
  const right = prune(plan.right, columns);
  return { ...plan, left, right, output: joinOutput(plan.join, left, right) };
}
