import type { ColumnId, Expr } from "../binder/expr.js";
import { mapList, mapSortKeys } from "./expressions.js";
import type { BoundConflict, LogicalPlan, ModifyPlan } from "./plan.js";

/** INSERT, UPDATE or DELETE. */
export function isModify(plan: LogicalPlan): plan is ModifyPlan {
  return plan.kind === "insert" || plan.kind === "update" || plan.kind === "delete";
}

/** The inputs of a node, in order. */
export function children(plan: LogicalPlan): readonly LogicalPlan[] {
  switch (plan.kind) {
    case "scan":
    case "values":
    case "cteScan":
    case "tableFunction":
      return [];
    case "join":
    case "setOperation":
      return [plan.left, plan.right];
    case "cte":
      return [plan.definition, plan.body];
    case "recursive":
      return [plan.base, plan.step];
    default:
      return [plan.input];
  }
}

/** The node over other inputs; itself if they are the same. Its output is left as it is. */
export function mapChildren(
  plan: LogicalPlan,
  fn: (child: LogicalPlan) => LogicalPlan,
): LogicalPlan {
  switch (plan.kind) {
    case "scan":
    case "values":
    case "cteScan":
    case "tableFunction":
      return plan;
    case "join":
    case "setOperation": {
      const left = fn(plan.left);
      const right = fn(plan.right);
      return left === plan.left && right === plan.right ? plan : { ...plan, left, right };
    }
    case "cte": {
      const definition = fn(plan.definition);
      const body = fn(plan.body);
      if (definition === plan.definition && body === plan.body) return plan;
      return { ...plan, definition, body, output: body.output };
    }
    case "recursive": {
      const base = fn(plan.base);
      const step = fn(plan.step);
      return base === plan.base && step === plan.step ? plan : { ...plan, base, step };
    }
    case "filter":
    case "sort":
    case "limit":
    case "distinct": {
      const input = fn(plan.input);
      return input === plan.input ? plan : { ...plan, input, output: input.output };
    }
    default: {
      const input = fn(plan.input);
      return input === plan.input ? plan : { ...plan, input };
    }
  }
}

/** The expressions of the node itself. */
export function nodeExprs(plan: LogicalPlan): readonly Expr[] {
  const exprs: Expr[] = [];
  mapExprs(plan, (expr) => {
    exprs.push(expr);
    return expr;
  });
  return exprs;
}

/** The node with its own expressions replaced; itself if none changes. */
export function mapExprs(plan: LogicalPlan, fn: (expr: Expr) => Expr): LogicalPlan {
  switch (plan.kind) {
    case "scan":
      return mapScan(plan, fn);
    case "values": {
      const rows = mapList(plan.rows, (row) => mapList(row, fn));
      return rows === plan.rows ? plan : { ...plan, rows };
    }
    case "filter": {
      const predicate = fn(plan.predicate);
      return predicate === plan.predicate ? plan : { ...plan, predicate };
    }
    case "project": {
      const exprs = mapList(plan.exprs, fn);
      return exprs === plan.exprs ? plan : { ...plan, exprs };
    }
    case "join": {
      const on = optional(plan.on, fn);
      return on === plan.on ? plan : { ...plan, on };
    }
    case "aggregate":
      return mapAggregate(plan, fn);
    case "window":
      return mapWindow(plan, fn);
    case "sort": {
      const keys = mapSortKeys(plan.keys, fn);
      return keys === plan.keys ? plan : { ...plan, keys };
    }
    case "limit": {
      const limit = optional(plan.limit, fn);
      const offset = optional(plan.offset, fn);
      const withTies = plan.withTies && mapSortKeys(plan.withTies, fn);
      if (limit === plan.limit && offset === plan.offset && withTies === plan.withTies) return plan;
      return { ...plan, limit, offset, withTies };
    }
    case "distinct": {
      const on = plan.on && mapList(plan.on, fn);
      return on === plan.on ? plan : { ...plan, on };
    }
    case "tableFunction": {
      const calls = mapList(plan.calls, (call) => {
        const args = mapList(call.args, fn);
        return args === call.args ? call : { ...call, args };
      });
      return calls === plan.calls ? plan : { ...plan, calls };
    }
    case "setOperation":
    case "cte":
    case "cteScan":
    case "recursive":
      return plan;
    case "insert":
    case "update":
    case "delete":
      return mapModify(plan, fn);
  }
}

function optional(expr: Expr | undefined, fn: (expr: Expr) => Expr): Expr | undefined {
  return expr === undefined ? undefined : fn(expr);
}

function mapScan(plan: Extract<LogicalPlan, { kind: "scan" }>, fn: (e: Expr) => Expr): LogicalPlan {
  const prune = mapList(plan.prune, (range) => {
    const min = optional(range.min, fn);
    const max = optional(range.max, fn);
    return min === range.min && max === range.max ? range : { ...range, min, max };
  });
  const { bounds } = plan;
  if (bounds === undefined) return prune === plan.prune ? plan : { ...plan, prune };
  const equal = mapList(bounds.equal, fn);
  const from = bounds.from && mapEnd(bounds.from, fn);
  const to = bounds.to && mapEnd(bounds.to, fn);
  const same = equal === bounds.equal && from === bounds.from && to === bounds.to;
  if (same && prune === plan.prune) return plan;
  const ends = { ...(from && { from }), ...(to && { to }) };
  return { ...plan, prune, bounds: { index: bounds.index, equal, ...ends } };
}

function mapEnd<T extends { readonly expr: Expr }>(end: T, fn: (e: Expr) => Expr): T {
  const expr = fn(end.expr);
  return expr === end.expr ? end : { ...end, expr };
}

function mapAggregate(
  plan: Extract<LogicalPlan, { kind: "aggregate" }>,
  fn: (expr: Expr) => Expr,
): LogicalPlan {
  const groups = mapList(plan.groups, (group) => mapEnd(group, fn));
  const aggregates = mapList(plan.aggregates, (call) => {
    const args = mapList(call.args, fn);
    const filter = optional(call.filter, fn);
    const orderBy = mapSortKeys(call.orderBy, fn);
    if (args === call.args && filter === call.filter && orderBy === call.orderBy) return call;
    return { ...call, args, filter, orderBy };
  });
  if (groups === plan.groups && aggregates === plan.aggregates) return plan;
  return { ...plan, groups, aggregates };
}

function mapWindow(
  plan: Extract<LogicalPlan, { kind: "window" }>,
  fn: (expr: Expr) => Expr,
): LogicalPlan {
  const partitionBy = mapList(plan.partitionBy, fn);
  const orderBy = mapSortKeys(plan.orderBy, fn);
  const calls = mapList(plan.calls, (call) => {
    const args = mapList(call.args, fn);
    const filter = optional(call.filter, fn);
    const start = mapBound(call.frame.start, fn);
    const end = mapBound(call.frame.end, fn);
    const sameFrame = start === call.frame.start && end === call.frame.end;
    if (args === call.args && filter === call.filter && sameFrame) return call;
    return { ...call, args, filter, frame: sameFrame ? call.frame : { ...call.frame, start, end } };
  });
  const same = partitionBy === plan.partitionBy && orderBy === plan.orderBy;
  return same && calls === plan.calls ? plan : { ...plan, partitionBy, orderBy, calls };
}

type Bound = Extract<LogicalPlan, { kind: "window" }>["calls"][number]["frame"]["start"];

function mapBound(bound: Bound, fn: (expr: Expr) => Expr): Bound {
  if (bound.kind !== "preceding" && bound.kind !== "following") return bound;
  const offset = fn(bound.offset);
  return offset === bound.offset ? bound : { ...bound, offset };
}

/** Rules and foreign keys belong to tables, not to the statement: they are left alone. */
function mapModify(
  plan: Extract<LogicalPlan, { kind: "insert" | "update" | "delete" }>,
  fn: (expr: Expr) => Expr,
): LogicalPlan {
  const returning = plan.returning && mapList(plan.returning, fn);
  const same = returning === plan.returning;
  switch (plan.kind) {
    case "delete":
      return same ? plan : { ...plan, returning };
    case "update": {
      const set = mapList(plan.set, (item) => mapEnd(item, fn));
      return same && set === plan.set ? plan : { ...plan, returning, set };
    }
    case "insert": {
      const onConflict = plan.onConflict && mapConflict(plan.onConflict, fn);
      return same && onConflict === plan.onConflict ? plan : { ...plan, returning, onConflict };
    }
  }
}

function mapConflict(conflict: BoundConflict, fn: (expr: Expr) => Expr): BoundConflict {
  const set = mapList(conflict.set, (item) => mapEnd(item, fn));
  const where = optional(conflict.where, fn);
  return set === conflict.set && where === conflict.where ? conflict : { ...conflict, set, where };
}

/** Columns that the node makes, seen above it or by its own expressions. */
export function nodeColumns(plan: LogicalPlan): readonly ColumnId[] {
  const ids = plan.output.map((column) => column.id);
  switch (plan.kind) {
    case "aggregate":
      ids.push(...plan.groups.map((group) => group.id));
      ids.push(...plan.aggregates.map((call) => call.id));
      break;
    case "window":
      ids.push(...plan.calls.map((call) => call.id));
      break;
    case "insert":
      ids.push(...plan.rules.row.map((column) => column.id));
      ids.push(...(plan.onConflict?.excluded ?? []).map((column) => column.id));
      ids.push(...(plan.onConflict?.existing ?? []).map((column) => column.id));
      break;
    case "update":
      ids.push(...plan.rules.row.map((column) => column.id));
      break;
    case "delete":
      ids.push(...plan.oldRow.map((column) => column.id));
      break;
    default:
  }
  return ids;
}
