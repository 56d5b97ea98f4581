import type { AggregateCall, ColumnDef, ColumnId, Expr } from "../../binder/expr.js";
import { joined } from "../build.js";
import { columnExpr, columnsOf, idsOf } from "../expressions.js";
import { isSelfContained } from "../free-columns.js";
import type { AggregatePlan, LogicalPlan } from "../plan.js";
import { substitute } from "../rewrite.js";
import { pullUp } from "./pull-up.js";

export interface JoinedScalar {
  /** The outer rows, each with the subquery's row beside it, or NULLs. */
  readonly input: LogicalPlan;
  /** What the subquery gives, over the columns of `input`. */
  readonly value: Expr;
}

/**
 * Joins a correlated scalar subquery to the rows it is evaluated for: each of them stays exactly
 * once. `always`: the subquery is evaluated for every row, so that it may fail for each.
 */
export function joinScalar(
  input: LogicalPlan,
  plan: LogicalPlan,
  always: boolean,
): JoinedScalar | undefined {
  const aggregated = splitAggregate(plan);
  if (aggregated !== undefined) return joinAggregate(input, aggregated);
  if (!always || plan.output.length !== 1) return undefined;
  const pulled = pullUp(plan, false);
  if (pulled === undefined || pulled.conditions.length === 0) return undefined;
  const value = columnExpr(plan.output[0]!);
  return { input: joined("single", input, pulled.plan, pulled.conditions), value };
}

interface Aggregated {
  readonly aggregate: AggregatePlan;
  /** The subquery's value over the aggregate's columns. */
  readonly value: Expr;
}

/** An aggregate without groups under projections: exactly one row, whatever there is below. */
function splitAggregate(plan: LogicalPlan): Aggregated | undefined {
  if (plan.output.length !== 1) return undefined;
  let value: Expr = columnExpr(plan.output[0]!);
  let node = plan;
  while (node.kind === "project") {
    const { exprs, output } = node;
    value = substitute(value, new Map(output.map((column, i) => [column.id, exprs[i]!])));
    node = node.input;
  }
  if (node.kind !== "aggregate" || node.groups.length > 0) return undefined;
  if (node.groupingSets !== undefined) return undefined;
  return { aggregate: node, value };
}

function joinAggregate(
  input: LogicalPlan,
  { aggregate, value }: Aggregated,
): JoinedScalar | undefined {
  const pulled = pullUp(aggregate.input, false);
  if (pulled === undefined || pulled.conditions.length === 0) return undefined;
  if (!readsOnly(aggregate, pulled.plan)) return undefined;
  const inside = idsOf(pulled.plan.output);
  const keys = equalColumns(pulled.conditions, inside);
  if (keys === undefined) return undefined;
  const groups = pulled.plan.output
    .filter((column) => keys.has(column.id))
    .map((column) => ({ id: column.id, expr: columnExpr(column) }));
  const grouped: AggregatePlan = {
    ...aggregate,
    input: pulled.plan,
    groups,
    output: [...pulled.plan.output.filter((column) => keys.has(column.id)), ...aggregate.output],
  };
  const empties = new Map<ColumnId, Expr>();
  for (const call of aggregate.aggregates) {
    const empty = emptyValue(call);
    if (empty === undefined) return undefined;
    if (empty !== null) empties.set(call.id, orElse(call, empty));
  }
  return {
    input: joined("left", input, grouped, pulled.conditions),
    value: substitute(value, empties),
  };
}

/** Whether everything that the aggregate reads is among its new input's columns. */
function readsOnly(aggregate: AggregatePlan, input: LogicalPlan): boolean {
  return isSelfContained({ ...aggregate, input });
}

/**
 * The inner columns of conditions that all are `inner = outer`: grouping by them gives each outer
 * row its own group. Another comparison would need a group for every outer row, and an inner side
 * that is the same for several values of its column would give an outer row several groups.
 */
function equalColumns(
  conditions: readonly Expr[],
  inside: ReadonlySet<ColumnId>,
): Set<ColumnId> | undefined {
  const keys = new Set<ColumnId>();
  for (const condition of conditions) {
    if (condition.kind !== "call" || condition.fn.name !== "=") return undefined;
    const [a, b] = condition.args as [Expr, Expr];
    const inner = [a, b].find((side) => [...columnsOf(side)].some((id) => inside.has(id)));
    const outer = inner === a ? b : a;
    if (inner === undefined) return undefined;
    if ([...columnsOf(outer)].some((id) => inside.has(id))) return undefined;
    const id = columnBehind(inner);
    if (id === undefined || !inside.has(id)) return undefined;
    keys.add(id);
  }
  return keys;
}

type TypeName = Expr["type"]["name"];

/** Casts that give different values for different values. */
const DISTINGUISHING: Readonly<Partial<Record<TypeName, readonly TypeName[]>>> = {
  smallint: ["integer", "bigint", "numeric", "real", "double precision"],
  integer: ["bigint", "numeric", "double precision"],
  bigint: ["numeric"],
  real: ["double precision"],
  varchar: ["text"],
  char: ["text"],
  date: ["timestamp"],
};

/** The column that an expression is, but for casts that tell its values apart. */
function columnBehind(expr: Expr): ColumnId | undefined {
  if (expr.kind === "column") return expr.id;
  if (expr.kind !== "cast" || expr.type.length !== undefined) return undefined;
  if (expr.type.precision !== undefined || expr.type.scale !== undefined) return undefined;
  const told = DISTINGUISHING[expr.arg.type.name]?.includes(expr.type.name) ?? false;
  return told ? columnBehind(expr.arg) : undefined;
}

/**
 * What an aggregate gives over no rows: null for NULL, which the outer join gives by itself.
 * Undefined: not known without running it.
 */
function emptyValue(call: AggregateCall): 0 | null | undefined {
  const { name } = call.fn;
  if (name === "count" || name === "regr_count") return 0;
  return name === "grouping" ? undefined : null;
}

function orElse(call: AggregateCall, value: number): Expr {
  const column: ColumnDef = { id: call.id, name: call.name, type: call.type };
  const otherwise: Expr = { kind: "const", value, type: call.type };
  return { kind: "coalesce", args: [columnExpr(column), otherwise], type: call.type };
}
