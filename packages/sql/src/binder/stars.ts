import { AegisError } from "../contract/errors.js";
import type { ExpressionNode, StarNode } from "../parser/ast.js";
import { fieldOf } from "./constructors.js";
import type { Expr } from "./expr.js";
import { bindExpression } from "./expression.js";
import { referTo, requireRelation } from "./lookup.js";
import type { Scope, ScopeColumn } from "./scope.js";

/** The columns that `*` or `t.*` stands for. */
export function expandStar(node: StarNode, scope: Scope): readonly ScopeColumn[] {
  const { position } = node;
  if (node.qualifier.length > 0) {
    const { relation, scope: owner } = requireRelation(scope, node.qualifier, position);
    owner.lateralUsed = true;
    const paths = relation.columns.map(({ name }) => [...node.qualifier, name]);
    scope.statement.stars.set(node, paths);
    return placed(relation.columns, scope, position);
  }
  const shown = scope.relations.filter((relation) => relation.bare);
  const columns = shown.flatMap((relation) => relation.columns);
  const paths = shown.flatMap((relation) =>
    relation.columns.map(({ name }) =>
      relation.named && relation.name !== undefined ? [relation.name, name] : [name],
    ),
  );
  scope.statement.stars.set(node, paths);
  if (scope.relations.length === 0) {
    throw new AegisError("PARSE_ERROR", "SELECT * with no tables specified is not valid", {
      position,
    });
  }
  return placed(columns, scope, position);
}

function placed(
  columns: readonly ScopeColumn[],
  scope: Scope,
  position: number,
): readonly ScopeColumn[] {
  return columns.map(({ name, expr }) => ({ name, expr: referTo(scope, expr, position) }));
}

/** Whether the item stands for several columns: `*`, `t.*`, `(row).*`. */
export function isExpansion(node: ExpressionNode): boolean {
  return node.kind === "star" || (node.kind === "field" && node.field === "*");
}

/** The columns of an item for which `isExpansion` holds. */
export function expand(node: ExpressionNode, scope: Scope): readonly ScopeColumn[] {
  if (node.kind === "star") return expandStar(node, scope);
  if (node.kind !== "field") throw new AegisError("INTERNAL", "nothing to expand");
  const record: Expr = bindExpression(node.argument, scope);
  const fields = record.type.fields;
  if (fields === undefined) {
    const message = "record type has not been registered: its columns are not known";
    throw new AegisError("WRONG_OBJECT_TYPE", message, { position: node.position });
  }
  return fields.map(({ name }, i) => ({ name, expr: fieldOf(record, i) }));
}
