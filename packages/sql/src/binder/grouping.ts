import { AegisError } from "../contract/errors.js";
import { scalar } from "../functions/define.js";
import type { ScalarFunction } from "../functions/registry.js";
import { columnExpr } from "../planner/expressions.js";
import type { ExpressionNode, SelectNode } from "../parser/ast.js";
import type { LogicalPlan } from "../planner/plan.js";
import { call } from "./constructors.js";
import type { ColumnDef, Expr } from "./expr.js";
import { expandGroupingSets } from "./grouping-sets.js";
import { originsOf } from "./levels.js";
import { isNumber } from "./numbers.js";
import { dependentColumns, rewriteGrouped, type Group } from "./regroup.js";
import type { Scope } from "./scope.js";
import { requireEquality } from "./sort-keys.js";
import { targetOf, type Target } from "./targets.js";
import { INTEGER, sameExpr } from "./tree.js";

export interface Groups {
  readonly exprs: readonly Expr[];
  /** Indexes into `exprs`; undefined: one set of all. */
  readonly sets: readonly (readonly number[])[] | undefined;
  /** Whether GROUP BY was written. */
  readonly written: boolean;
}

const GROUP_BY = { name: "GROUP BY", inputFirst: true } as const;

/** What GROUP BY groups by. */
export function bindGroups(node: SelectNode, targets: readonly Target[], scope: Scope): Groups {
  if (node.groupBy.length === 0) return { exprs: [], sets: undefined, written: false };
  // Expressions that are no output column must not become one.
  const known = [...targets];
  const exprs: Expr[] = [];
  const indexOf = (item: ExpressionNode): number => {
    const { expr } = known[targetOf(item, GROUP_BY, known, scope)]!;
    checkGroup(expr, item.position, scope);
    const same = exprs.findIndex((other) => sameExpr(other, expr));
    return same >= 0 ? same : exprs.push(expr) - 1;
  };
  const sets = expandGroupingSets(node, indexOf);
  const [only] = sets;
  const single = sets.length === 1 && only!.length === exprs.length;
  return { exprs, sets: single ? undefined : sets, written: true };
}

function checkGroup(expr: Expr, position: number, scope: Scope): void {
  requireEquality(expr, position);
  for (const { scope: level, kind } of originsOf([expr], scope)) {
    if (level !== scope) continue;
    if (kind === "aggregate") {
      const message = "aggregate functions are not allowed in GROUP BY";
      throw new AegisError("GROUPING_ERROR", message, { position });
    }
    if (kind === "window") {
      const message = "window functions are not allowed in GROUP BY";
      throw new AegisError("WINDOWING_ERROR", message, { position });
    }
  }
}

export function isGrouped(groups: Groups, having: Expr | undefined, scope: Scope): boolean {
  const collected = scope.aggregates.length > 0 || scope.groupings.length > 0;
  return groups.written || having !== undefined || collected;
}

/** The grouping node, and what makes expressions over its input expressions over its output. */
export function buildAggregate(
  input: LogicalPlan,
  { exprs, sets }: Groups,
  scope: Scope,
): { readonly plan: LogicalPlan; readonly rewrite: (expr: Expr) => Expr } {
  const { statement } = scope;
  const groups: Group[] = [];
  const add = (expr: Expr): void => {
    const column = statement.column(expr.kind === "column" ? expr.name : "group", expr.type);
    if (isNumber(statement, expr)) statement.numbers.add(column.id);
    groups.push({ expr, column });
  };
  exprs.forEach(add);
  const dependents = dependentColumns(exprs, sets, scope);
  for (const { expr } of dependents) add(expr);
  const allSets = sets?.map((set) => [
    ...set,
    ...dependents.flatMap(({ keys }, i) =>
      keys.every((key) => set.includes(key)) ? [exprs.length + i] : [],
    ),
  ]);
  const setNumber = sets === undefined ? undefined : statement.column("grouping set", INTEGER);
  const calls = groupingValues(sets, exprs, setNumber, scope);
  const output = [
    ...groups.map((group) => group.column),
    ...(setNumber === undefined ? [] : [setNumber]),
    ...scope.aggregates.map(({ id, name, type }) => ({ id, name, type })),
  ];
  const plan: LogicalPlan = {
    kind: "aggregate",
    input,
    groups: groups.map(({ expr, column }) => ({ id: column.id, expr })),
    groupingSets: allSets,
    groupingId: setNumber?.id,
    aggregates: scope.aggregates,
    output,
  };
  return {
    plan,
    rewrite: (expr) => rewriteGrouped(expr, groups, sets !== undefined, calls, scope),
  };
}

/** The value of each GROUPING(…), from the number of the grouping set. */
function groupingValues(
  sets: Groups["sets"],
  exprs: readonly Expr[],
  setNumber: ColumnDef | undefined,
  scope: Scope,
): ReadonlyMap<number, Expr> {
  const values = new Map<number, Expr>();
  for (const { id, args, position } of scope.groupings) {
    const indexes = args.map((arg) => {
      const index = exprs.findIndex((expr) => sameExpr(expr, arg));
      if (index >= 0) return index;
      const message =
        "arguments to GROUPING must be grouping expressions of the associated query level";
      throw new AegisError("GROUPING_ERROR", message, { position });
    });
    values.set(
      id,
      setNumber === undefined || sets === undefined
        ? { kind: "const", value: 0, type: INTEGER }
        : call(maskFunction(sets, indexes), [columnExpr(setNumber)], INTEGER, position),
    );
  }
  return values;
}

/** A bit for each argument, set where the grouping set leaves it out; the last is the lowest. */
function maskFunction(
  sets: readonly (readonly number[])[],
  indexes: readonly number[],
): ScalarFunction {
  const masks = sets.map((set) =>
    indexes.reduce((mask, index) => mask * 2 + (set.includes(index) ? 0 : 1), 0),
  );
  return scalar("grouping", [INTEGER], INTEGER, ([set]) => masks[set as number] ?? null);
}
