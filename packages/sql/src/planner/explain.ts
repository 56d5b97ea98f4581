import type { Expr } from "../binder/expr.js";
import type { Source } from "../contract/source.js";
import { Cardinality } from "./cardinality.js";
import { conjuncts } from "./expressions.js";
import { children } from "./nodes.js";
import type { JoinPlan, LogicalPlan, ScanPlan } from "./plan.js";
import { PlanNames, subqueryPlans } from "./plan-names.js";

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
  const names = new PlanNames(plan);
  const explain = (node: LogicalPlan): ExplainedNode => ({
    title: titleOf(node, names),
    details: detailsOf(node, names),
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
  if (actual.loops === 0) return " (never executed)";
  const time = actual.milliseconds.toFixed(3);
  return ` (actual time=${time} rows=${actual.rows} loops=${actual.loops})`;
}

function titleOf(plan: LogicalPlan, names: PlanNames): string {
  switch (plan.kind) {
    case "scan":
      return scanTitle(plan, names);
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
      return `CTE Scan on ${plan.name}${aliasText(names.alias(plan))}`;
    case "recursive":
      return `Recursive Union ${plan.name}`;
    case "tableFunction":
      return `Function Scan on ${plan.calls.map((call) => call.fn.name).join(", ")}${aliasText(names.alias(plan))}`;
    case "insert":
    case "update":
    case "delete":
      return `${capital(plan.kind)} on ${plan.table.name}`;
  }
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function aliasText(alias: string | undefined): string {
  return alias === undefined ? "" : ` ${alias}`;
}

function scanTitle(plan: ScanPlan, names: PlanNames): string {
  const { table, bounds } = plan;
  const name = `${table.name}${aliasText(names.alias(plan))}`;
  const order = plan.reverse ? " Backward" : "";
  if (bounds === undefined) return `Seq Scan${order} on ${name}`;
  const key = bounds.index?.name ?? `${table.name}_pkey`;
  return `Index Scan${order} using ${key} on ${name}`;
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

function detailsOf(plan: LogicalPlan, names: PlanNames): string[] {
  switch (plan.kind) {
    case "scan":
      return scanDetails(plan, names);
    case "filter":
      return [`Filter: ${names.text(plan.predicate)}`];
    case "project":
      return listed("Output", names.listText(plan.exprs));
    case "join":
      return plan.on === undefined ? [] : [`Join Cond: ${names.text(plan.on)}`];
    case "aggregate": {
      const keys = plan.groups.map((group) => group.expr);
      return listed("Group Key", names.listText(keys));
    }
    case "window": {
      return [
        ...listed("Partition Key", names.listText(plan.partitionBy)),
        ...listed("Order", names.sortText(plan.orderBy)),
      ];
    }
    case "sort":
      return [`Sort Key: ${names.sortText(plan.keys)}`];
    default:
      return [];
  }
}

/** A line that is there if it says something. */
function listed(label: string, text: string): string[] {
  return text === "" ? [] : [`${label}: ${text}`];
}

function scanDetails({ table, bounds }: ScanPlan, names: PlanNames): string[] {
  if (bounds === undefined) return [];
  const columns = bounds.index?.columns.map((item) => item.column) ?? table.primaryKey;
  const name = (i: number): string => table.columns[columns[i] ?? -1]?.name ?? "";
  const parts = bounds.equal.map((expr, i) => `${name(i)} = ${names.text(expr)}`);
  const next = name(bounds.equal.length);
  const { from, to } = bounds;
  if (from) parts.push(`${next} ${from.inclusive ? ">=" : ">"} ${names.text(from.expr)}`);
  if (to) parts.push(`${next} ${to.inclusive ? "<=" : "<"} ${names.text(to.expr)}`);
  return parts.length === 0 ? [] : [`Index Cond: (${parts.join(" AND ")})`];
}
