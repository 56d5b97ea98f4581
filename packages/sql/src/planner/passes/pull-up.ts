import type { ColumnId, Expr } from "../../binder/expr.js";
import { filtered, joinOutput } from "../build.js";
import {
  columnExpr,
  columnsOf,
  conjuncts,
  conjunction,
  idsOf,
  isSubquery,
} from "../expressions.js";
import { isSelfContained } from "../free-columns.js";
import type { JoinPlan, LogicalPlan, ProjectPlan } from "../plan.js";

/** A plan that no longer looks outside, and the conditions that tie its rows to those outside. */
export interface PulledUp {
  readonly plan: LogicalPlan;
  readonly conditions: readonly Expr[];
}

/**
 * Moves the conditions on outer columns from inside a subquery's plan to where the subquery is
 * joined. The result has the columns that those conditions read in its output, behind its own.
 * Undefined where the outer columns are used in another way; the subquery then runs row by row.
 *
 * `rowsOnly`: only the presence of rows matters (EXISTS), not which columns they have.
 */
export function pullUp(plan: LogicalPlan, rowsOnly: boolean): PulledUp | undefined {
  if (isSelfContained(plan)) return { plan, conditions: [] };
  switch (plan.kind) {
    case "filter":
      return pullFilter(plan, rowsOnly);
    case "project":
      return rowsOnly ? pullUp(plan.input, true) : pullProject(plan);
    case "join":
      return pullJoin(plan);
    case "sort":
      // Without a limit around it an order says nothing about which rows there are.
      return pullUp(plan.input, rowsOnly);
    case "distinct":
      return rowsOnly ? pullUp(plan.input, true) : undefined;
    case "limit":
      return rowsOnly && takesAny(plan.limit) && plan.offset === undefined
        ? pullUp(plan.input, true)
        : undefined;
    case "cte": {
      if (!isSelfContained(plan.definition)) return undefined;
      const body = pullUp(plan.body, rowsOnly);
      if (body === undefined) return undefined;
      return { ...body, plan: { ...plan, body: body.plan, output: body.plan.output } };
    }
    default:
      return undefined;
  }
}

function takesAny(limit: Expr | undefined): boolean {
  if (limit === undefined) return true;
  return limit.kind === "const" && typeof limit.value === "number" && limit.value > 0;
}

/** The conditions of a predicate that are about the plan's own rows, and the others. */
function splitOuter(
  predicates: readonly Expr[],
  inside: ReadonlySet<ColumnId>,
): { readonly local: Expr[]; readonly outer: Expr[] } {
  const local: Expr[] = [];
  const outer: Expr[] = [];
  for (const predicate of predicates) {
    const isLocal = [...columnsOf(predicate)].every((id) => inside.has(id));
    (isLocal ? local : outer).push(predicate);
  }
  return { local, outer };
}

function pullFilter(
  plan: Extract<LogicalPlan, { kind: "filter" }>,
  rowsOnly: boolean,
): PulledUp | undefined {
  const input = pullUp(plan.input, rowsOnly);
  if (input === undefined) return undefined;
  // A projection that was left out may have made columns that the predicate reads.
  const inside = idsOf(input.plan.output);
  if (plan.input.output.some((column) => !inside.has(column.id))) return undefined;
  const { local, outer } = splitOuter(conjuncts(plan.predicate), inside);
  // A subquery would be run for every pair of rows that the join looks at.
  if (outer.some(isSubquery)) return undefined;
  return { plan: filtered(input.plan, local), conditions: [...input.conditions, ...outer] };
}

function pullProject(plan: ProjectPlan): PulledUp | undefined {
  const input = pullUp(plan.input, false);
  if (input === undefined) return undefined;
  const inside = idsOf(input.plan.output);
  for (const expr of plan.exprs) {
    for (const id of columnsOf(expr)) if (!inside.has(id)) return undefined;
  }
  const present = idsOf(plan.output);
  const wanted = new Set(input.conditions.flatMap((condition) => [...columnsOf(condition)]));
  const added = input.plan.output.filter(({ id }) => wanted.has(id) && !present.has(id));
  const project: ProjectPlan = {
    ...plan,
    input: input.plan,
    exprs: [...plan.exprs, ...added.map(columnExpr)],
    output: [...plan.output, ...added],
  };
  return { plan: project, conditions: input.conditions };
}

function pullJoin(plan: JoinPlan): PulledUp | undefined {
  if (plan.lateral) return undefined;
  const inner = plan.join === "inner" || plan.join === "cross";
  const keepsLeft = inner || plan.join === "left" || plan.join === "semi" || plan.join === "anti";
  const left = keepsLeft ? pullUp(plan.left, false) : contained(plan.left);
  const right = inner ? pullUp(plan.right, false) : contained(plan.right);
  if (left === undefined || right === undefined) return undefined;
  const inside = new Set([...idsOf(left.plan.output), ...idsOf(right.plan.output)]);
  const { local, outer } = splitOuter(conjuncts(plan.on), inside);
  if (outer.length > 0 && (!inner || outer.some(isSubquery))) return undefined;
  const join = inner ? (local.length > 0 ? "inner" : "cross") : plan.join;
  return {
    plan: {
      ...plan,
      join,
      left: left.plan,
      right: right.plan,
      on: conjunction(local),
      output: joinOutput(join, left.plan, right.plan),
    },
    conditions: [...left.conditions, ...right.conditions, ...outer],
  };
}

function contained(plan: LogicalPlan): PulledUp | undefined {
  return isSelfContained(plan) ? { plan, conditions: [] } : undefined;
}
