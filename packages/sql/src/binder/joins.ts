import { AegisError } from "../contract/errors.js";
import type { JoinNode } from "../parser/ast.js";
import type { LogicalPlan } from "../planner/plan.js";
import { commonType, sameBase } from "../types/index.js";
import { coerce, located } from "./coerce.js";
import type { Expr } from "./expr.js";
import { bindCondition } from "./expression.js";
import { bindFromNode, mergeRelations, renameColumns, seeing, type FromItem } from "./from.js";
import { bindOperator } from "./functions.js";
import { joinOf } from "./plans.js";
import type { Relation, Scope, ScopeColumn } from "./scope.js";
import { allOf } from "./tree.js";

export function bindJoin(node: JoinNode, scope: Scope, visible: readonly Relation[]): FromItem {
  const left = bindFromNode(node.left, scope, visible);
  // What may be missing on the left cannot be referred to from the right.
  const oneSided = node.type === "right" || node.type === "full";
  const seen = oneSided ? visible : [...visible, ...left.relations];
  const outOfReach = scope.outOfReach;
  if (oneSided) scope.outOfReach = [...outOfReach, ...left.relations];
  const right = bindFromNode(node.right, scope, seen);
  scope.outOfReach = outOfReach;
  const relations = mergeRelations(
    markNullable(left.relations, oneSided),
    markNullable(right.relations, node.type === "left" || node.type === "full"),
    node.position,
  );
  const lateralUsed = left.lateralUsed || right.lateralUsed;
  const join = (on: Expr | undefined): LogicalPlan =>
    joinOf(joinKind(node, on), left.plan, right.plan, on, right.lateralUsed);
  const names = node.natural ? commonNames(left, right) : node.using;
  if (names === undefined) {
    const on = node.on === undefined ? undefined : bindOn(node, scope, relations);
    return aliased(node, { plan: join(on), relations, lateralUsed });
  }
  const pairs = names.map((name) => pairOf(name, left, right, node));
  checkRepeated(names, node);
  const conditions = pairs.map(([a, b]) =>
    bindOperator(scope.statement, "=", [a.expr, b.expr], node.position),
  );
  const merged = pairs.map(([a, b]) => mergeColumn(a, b, node, scope));
  const whole = mergedRelation(merged, names, left, right);
  const hidden = relations.map((relation) => ({ ...relation, bare: false }));
  const on = conditions.length === 0 && node.type === "inner" ? undefined : allOf(conditions);
  return aliased(node, { plan: join(on), relations: [whole, ...hidden], lateralUsed });
}

function joinKind(node: JoinNode, on: Expr | undefined): JoinNode["type"] {
  return node.type === "inner" && on === undefined ? "cross" : node.type;
}

function bindOn(node: JoinNode, scope: Scope, relations: readonly Relation[]): Expr {
  const { result } = seeing(scope, relations, [], () => {
    scope.clause = "joinOn";
    return bindCondition(node.on!, scope, "JOIN/ON");
  });
  return result;
}

function markNullable(relations: readonly Relation[], nullable: boolean): readonly Relation[] {
  return nullable ? relations.map((relation) => ({ ...relation, nullable: true })) : relations;
}

function bareColumns({ relations }: FromItem): readonly ScopeColumn[] {
  return relations.filter((relation) => relation.bare).flatMap((relation) => relation.columns);
}

/** Names that both sides have, in the left side's order. */
function commonNames(left: FromItem, right: FromItem): readonly string[] {
  const names = new Set(bareColumns(right).map((column) => column.name));
  return [...new Set(bareColumns(left).map((column) => column.name))].filter((name) =>
    names.has(name),
  );
}

function checkRepeated(names: readonly string[], { position }: JoinNode): void {
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated === undefined) return;
  const message = `column name "${repeated}" appears more than once in USING clause`;
  throw new AegisError("COLUMN_EXISTS", message, { position, column: repeated });
}

function pairOf(
  name: string,
  left: FromItem,
  right: FromItem,
  node: JoinNode,
): readonly [ScopeColumn, ScopeColumn] {
  return [sideColumn(name, left, "left", node), sideColumn(name, right, "right", node)];
}

function sideColumn(name: string, item: FromItem, side: string, node: JoinNode): ScopeColumn {
  const { position } = node;
  const found = bareColumns(item).filter((column) => column.name === name);
  const [column] = found;
  if (column === undefined) {
    const message = `column "${name}" specified in USING clause does not exist in ${side} table`;
    throw new AegisError("COLUMN_NOT_FOUND", message, { position, column: name });
  }
  if (found.length > 1) {
    const message = `common column name "${name}" appears more than once in ${side} table`;
    throw new AegisError("AMBIGUOUS_COLUMN", message, { position, column: name });
  }
  return column;
}

/** The one column of USING: the side that has all rows, or whichever of the two is there. */
function mergeColumn(
  left: ScopeColumn,
  right: ScopeColumn,
  node: JoinNode,
  scope: Scope,
): ScopeColumn {
  const { statement } = scope;
  const { position } = node;
  const type = located(position, () => commonType([left.expr.type, right.expr.type], "JOIN/USING"));
  const cast = (expr: Expr): Expr => coerce(statement, expr, type, "implicit", position);
  const { name } = left;
  switch (node.type) {
    case "left":
      return { name, expr: cast(left.expr) };
    case "right":
      return { name, expr: cast(right.expr) };
    case "full":
      return { name, expr: { kind: "coalesce", args: [cast(left.expr), cast(right.expr)], type } };
    default: {
      const plainRight = !sameBase(left.expr.type, type) && sameBase(right.expr.type, type);
      return { name, expr: plainRight ? right.expr : cast(left.expr) };
    }
  }
}

/** The columns of a join with USING: the merged ones, then the others of both sides. */
function mergedRelation(
  merged: readonly ScopeColumn[],
  names: readonly string[],
  left: FromItem,
  right: FromItem,
): Relation {
  const isOther = (column: ScopeColumn): boolean => !names.includes(column.name);
  return {
    name: undefined,
    schema: undefined,
    table: undefined,
    columns: [
      ...merged,
      ...bareColumns(left).filter(isOther),
      ...bareColumns(right).filter(isOther),
    ],
    named: false,
    bare: true,
    nullable: false,
    scalar: false,
  };
}

/** `(a JOIN b …) AS x`: one relation, whose columns hide those inside. */
function aliased(node: JoinNode, item: FromItem): FromItem {
  if (node.alias === undefined) return item;
  const relation: Relation = {
    name: node.alias,
    schema: undefined,
    table: undefined,
    columns: bareColumns(item),
    named: true,
    bare: true,
    nullable: false,
    scalar: false,
  };
  return { ...item, relations: [renameColumns(relation, node.columns, node.position)] };
}
