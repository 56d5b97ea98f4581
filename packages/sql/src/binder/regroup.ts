import { AegisError } from "../contract/errors.js";
import { columnExpr, mapParts } from "../planner/expressions.js";
import { mapChildren, mapExprs } from "../planner/nodes.js";
import type { LogicalPlan } from "../planner/plan.js";
import { withPlan } from "../planner/rewrite.js";
import type { ColumnDef, Expr } from "./expr.js";
import type { Relation, Scope } from "./scope.js";
import { sameExpr } from "./tree.js";

export interface Group {
  readonly expr: Expr;
  readonly column: ColumnDef;
}

/**
 * Puts the columns of the groups in place of what is grouped by. Throws GROUPING_ERROR for a column
 * of this query that is neither grouped by nor inside of an aggregate. Subqueries are entered: what
 * they take from this query is taken from its groups.
 */
export function rewriteGrouped(
  expr: Expr,
  groups: readonly Group[],
  severalSets: boolean,
  groupings: ReadonlyMap<number, Expr>,
  scope: Scope,
): Expr {
  const { origins } = scope.statement;
  const visit = (part: Expr, inSubquery: boolean): Expr => {
    // A constant is itself wherever it is not left out of a grouping set.
    if (part.kind !== "const" || severalSets) {
      const group = groups.find((candidate) => sameExpr(candidate.expr, part));
      if (group !== undefined) return placed(columnExpr(group.column), part, scope);
    }
    if (part.kind === "column") {
      const value = groupings.get(part.id);
      if (value !== undefined) return value;
      const origin = origins.get(part.id);
      if (origin?.scope === scope && origin.kind === "input") {
        throw ungrouped(part, origin.relation, inSubquery, scope);
      }
      return part;
    }
    const mapped = mapParts(part, (inner) => visit(inner, inSubquery));
    return withPlan(mapped, visitPlan);
  };
  const visitPlan = (plan: LogicalPlan): LogicalPlan =>
    mapExprs(mapChildren(plan, visitPlan), (inner) => visit(inner, true));
  return visit(expr, false);
}

function placed(expr: Expr, original: Expr, scope: Scope): Expr {
  const position = scope.statement.positionOf(original);
  if (position !== undefined) scope.statement.remember(expr, position);
  return expr;
}

function ungrouped(
  column: Extract<Expr, { kind: "column" }>,
  relation: Relation | undefined,
  inSubquery: boolean,
  scope: Scope,
): AegisError {
  const qualified = relation?.name === undefined ? column.name : `${relation.name}.${column.name}`;
  const message = inSubquery
    ? `subquery uses ungrouped column "${qualified}" from outer query`
    : `column "${qualified}" must appear in the GROUP BY clause or be used in an aggregate function`;
  return new AegisError("GROUPING_ERROR", message, {
    position: scope.statement.positionOf(column),
    column: column.name,
    hint: inSubquery ? undefined : `Add it to GROUP BY, or aggregate it: max(${qualified}).`,
  });
}

/**
 * Columns that follow from the groups, because the groups hold the primary key of their table.
 * `keys` are the indexes of the groups that hold it.
 */
export function dependentColumns(
  exprs: readonly Expr[],
  sets: readonly (readonly number[])[] | undefined,
  scope: Scope,
): readonly { readonly expr: Expr; readonly keys: readonly number[] }[] {
  const found: { readonly expr: Expr; readonly keys: readonly number[] }[] = [];
  const grouped = new Map<number, number>();
  exprs.forEach((expr, i) => {
    if (expr.kind === "column") grouped.set(expr.id, i);
  });
  for (const relation of tableRelations(scope)) {
    const { table, columns } = relation;
    if (table === undefined || table.primaryKey.length === 0) continue;
    const keys = table.primaryKey.map((key) => grouped.get(idOf(columns[key]!.expr)));
    if (!keys.every((key) => key !== undefined)) continue;
    if (sets?.every((set) => keys.every((key) => set.includes(key))) === false) continue;
    for (const { expr } of columns) {
      const id = idOf(expr);
      if (scope.used.has(id) && !grouped.has(id)) found.push({ expr, keys });
    }
  }
  return found;
}

function idOf(expr: Expr): number {
  return expr.kind === "column" ? expr.id : -1;
}

function tableRelations(scope: Scope): readonly Relation[] {
  return scope.relations.filter((relation) => relation.table !== undefined);
}
