import type { Expr } from "../binder/expr.js";
import type { Source } from "../contract/source.js";
import { Cardinality } from "./cardinality.js";
import { expressionText, sortText } from "./expression-text.js";
import { conjuncts, isSubquery, mapParts } from "./expressions.js";
import { children, nodeExprs } from "./nodes.js";
import type { JoinPlan, LogicalPlan, ScanPlan } from "./plan.js";

/** What was counted while a plan ran. */
export interface NodeActuals {
  /** Over all runs of the node. */
  readonly rows: number;
  readonly milliseconds: number;
  readonly loops: number;
}

/** A plan for reading: one node of the tree, its details and what it reads from. */
export interface ExplainedNode {
  readonly title: string;
  readonly details: readonly string[];
  readonly estimatedRows: number;
  readonly actual: NodeActuals | undefined;
  readonly inputs: readonly ExplainedNode[];
}

/** Explains an optimized plan; `actuals` are there for EXPLAIN ANALYZE. */
export function explainPlan(
  plan: LogicalPlan,
  source: Source,
  actuals?: ReadonlyMap<LogicalPlan, NodeActuals>,
): ExplainedNode {
  const cardinality = new Cardinality(source);
  const explain = (node: LogicalPlan): ExplainedNode => ({
    title: titleOf(node),
    details: detailsOf(node),
    estimatedRows: Math.round(cardinality.rows(node)),
    actual: actuals?.get(node),
    inputs: [...children(node).map(explain), ...subqueryPlans(node).map(explain)],
  });
  return explain(plan);
}

/** The lines of PostgreSQL's text format. */
export function explainLines(root: ExplainedNode): string[] {
  const lines: string[] = [];
  const write = (node: ExplainedNode, depth: number): void => {
    const indent = "      ".repeat(depth).slice(depth === 0 ? 0 : 4);
    const arrow = depth === 0 ? "" : "->  ";
    lines.push(`${indent}${arrow}${node.title}  (rows=${node.estimatedRows})${actualText(node)}`);
    for (const detail of node.details) lines.push(`${" ".repeat(depth * 6 + 2)}${detail}`);
    for (const input of node.inputs) write(input, depth + 1);
  };
  write(root, 0);
  return lines;
}

function actualText({ actual }: ExplainedNode): string {
  if (actual === undefined) return "";
  const time = actual.milliseconds.toFixed(3);
  return ` (actual time=${time} rows=${actual.rows} loops=${actual.loops})`;
}

function subqueryPlans(plan: LogicalPlan): LogicalPlan[] {
  const plans: LogicalPlan[] = [];
  const visit = (expr: Expr): Expr => {
    if (isSubquery(expr)) plans.push(expr.plan);
    return mapParts(expr, visit);
  };
  nodeExprs(plan).forEach(visit);
  return plans;
}

function titleOf(plan: LogicalPlan): string {
  switch (plan.kind) {
    case "scan":
      return scanTitle(plan);
    case "values":
      return plan.rows.length === 1 ? "Result" : "Values Scan";
    case "filter":
      return "Filter";
    case "project":
      return "Project";
    case "join":
      return joinTitle(plan);
    case "aggregate":
      return plan.groups.length === 0 ? "Aggregate" : "HashAggregate";
    case "window":
      return "WindowAgg";
    case "sort":
      return "Sort";
    case "limit":
      return "Limit";
    case "distinct":
      return "Unique";
    case "setOperation":
      return `${capital(plan.operation)}${plan.all ? " All" : ""}`;
    case "cte":
      return `CTE ${plan.name}`;
    case "cteScan":
      return `CTE Scan on ${plan.name}`;
    case "recursive":
      return `Recursive Union ${plan.name}`;
    case "tableFunction":
      return `Function Scan on ${plan.calls.map((call) => call.fn.name).join(", ")}`;
    case "insert":
    case "update":
    case "delete":
      return `${capital(plan.kind)} on ${plan.table.name}`;
  }
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function scanTitle(plan: ScanPlan): string {
  const { table, bounds } = plan;
  const order = plan.reverse ? " Backward" : "";
  if (bounds === undefined) return `Seq Scan${order} on ${table.name}`;
  const key = bounds.index?.name ?? `${table.name}_pkey`;
  return `Index Scan${order} using ${key} on ${table.name}`;
}

function joinTitle(plan: JoinPlan): string {
  const hashed = !plan.lateral && conjuncts(plan.on).some(isEquality);
  const method = hashed ? "Hash" : "Nested Loop";
  if (plan.join === "inner" || plan.join === "cross") return hashed ? "Hash Join" : method;
  return `${method} ${capital(plan.join)} Join`;
}

function isEquality(expr: Expr): boolean {
  return expr.kind === "call" && expr.fn.name === "=";
}

function detailsOf(plan: LogicalPlan): string[] {
  switch (plan.kind) {
    case "scan":
      return scanDetails(plan);
    case "filter":
      return [`Filter: ${expressionText(plan.predicate)}`];
    case "project":
      return [`Output: ${plan.exprs.map(expressionText).join(", ")}`];
    case "join":
      return plan.on === undefined ? [] : [`Join Cond: ${expressionText(plan.on)}`];
    case "aggregate": {
      const keys = plan.groups.map((group) => expressionText(group.expr)).join(", ");
      return keys === "" ? [] : [`Group Key: ${keys}`];
    }
    case "window": {
      const partition = plan.partitionBy.map(expressionText).join(", ");
      const order = sortText(plan.orderBy);
      return [
        ...(partition === "" ? [] : [`Partition Key: ${partition}`]),
        ...(order === "" ? [] : [`Order: ${order}`]),
      ];
    }
    case "sort":
      return [`Sort Key: ${sortText(plan.keys)}`];
    default:
      return [];
  }
}

function scanDetails({ table, bounds }: ScanPlan): string[] {
  if (bounds === undefined) return [];
  const columns = bounds.index?.columns.map((item) => item.column) ?? table.primaryKey;
  const name = (i: number): string => table.columns[columns[i] ?? -1]?.name ?? "";
  const parts = bounds.equal.map((expr, i) => `${name(i)} = ${expressionText(expr)}`);
  const next = name(bounds.equal.length);
  const { from, to } = bounds;
  if (from) parts.push(`${next} ${from.inclusive ? ">=" : ">"} ${expressionText(from.expr)}`);
  if (to) parts.push(`${next} ${to.inclusive ? "<=" : "<"} ${expressionText(to.expr)}`);
  return parts.length === 0 ? [] : [`Index Cond: (${parts.join(" AND ")})`];
}
