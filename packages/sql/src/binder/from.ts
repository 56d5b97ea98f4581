import { AegisError } from "../contract/errors.js";
import type { DerivedTable, FromNode } from "../parser/ast.js";
import type { LogicalPlan } from "../planner/plan.js";
import { bindFunctionTable } from "./from-function.js";
import { bindTable } from "./from-table.js";
import { bindJoin } from "./joins.js";
import { MAX_COLUMNS } from "./limits.js";
import { joinOf, oneRow } from "./plans.js";
import { bindQuery } from "./query.js";
import { addRelation, type Relation, type Scope } from "./scope.js";

/** An item of FROM: its rows, and the names it brings. */
export interface FromItem {
  readonly plan: LogicalPlan;
  readonly relations: readonly Relation[];
  /** Whether it names columns of items before it. */
  readonly lateralUsed: boolean;
}

/** Binds FROM; its names are in the scope from then on. */
export function bindFrom(nodes: readonly FromNode[], scope: Scope): LogicalPlan {
  let plan: LogicalPlan | undefined;
  let relations: readonly Relation[] = [];
  for (const node of nodes) {
    const item = bindFromNode(node, scope, relations);
    plan =
      plan === undefined
        ? item.plan
        : joinOf("cross", plan, item.plan, undefined, item.lateralUsed);
    relations = mergeRelations(relations, item.relations, node.position);
  }
  scope.relations = relations;
  scope.hidden = [];
  return plan ?? oneRow();
}

/** `visible` is what LATERAL may refer to. */
export function bindFromNode(node: FromNode, scope: Scope, visible: readonly Relation[]): FromItem {
  scope.statement.enter(node.position);
  const item = bindItem(node, scope, visible);
  scope.statement.leave();
  return item;
}

function bindItem(node: FromNode, scope: Scope, visible: readonly Relation[]): FromItem {
  switch (node.kind) {
    case "table":
      return bindTable(node, scope);
    case "derived":
      return bindDerived(node, scope, visible);
    case "function":
      return bindFunctionTable(node, scope, visible);
    case "join":
      return bindJoin(node, scope, visible);
  }
}

/**
 * Runs `fn` with these relations in sight and those hidden from it, and says whether anything of
 * this level was named.
 */
export function seeing<T>(
  scope: Scope,
  visible: readonly Relation[],
  hidden: readonly Relation[],
  fn: () => T,
): { readonly result: T; readonly used: boolean } {
  const { relations, hidden: hiddenBefore, lateralUsed, clause } = scope;
  scope.relations = visible;
  scope.hidden = hidden;
  scope.lateralUsed = false;
  scope.clause = "from";
  const result = fn();
  const used = scope.lateralUsed;
  scope.relations = relations;
  scope.hidden = hiddenBefore;
  scope.lateralUsed = lateralUsed || used;
  scope.clause = clause;
  return { result, used };
}

function bindDerived(node: DerivedTable, scope: Scope, visible: readonly Relation[]): FromItem {
  const [seen, unseen] = node.lateral ? [visible, []] : [[], visible];
  const { result, used } = seeing(scope, seen, unseen, () => bindQuery(node.query, scope.inner()));
  const { plan } = result;
  const relation = addRelation(scope, plan.output, { name: node.alias });
  return {
    plan,
    relations: [renameColumns(relation, node.columns, node.position)],
    lateralUsed: used,
  };
}

/** `AS t(a, b)`: new names for the first columns. */
export function renameColumns(
  relation: Relation,
  names: readonly string[],
  position: number,
): Relation {
  if (names.length === 0) return relation;
  const available = relation.columns.length;
  if (names.length > available) {
    const counts = `has ${available} columns available but ${names.length} columns specified`;
    const message = `table "${relation.name ?? ""}" ${counts}`;
    throw new AegisError("INVALID_COLUMN_REFERENCE", message, { position });
  }
  const columns = relation.columns.map(({ name: given, expr }, i) => {
    const name = names[i] ?? given;
    return { name, expr: expr.kind === "column" ? { ...expr, name } : expr };
  });
  return { ...relation, columns };
}

/** Both lists. Two relations of one name could not be told apart. */
export function mergeRelations(
  left: readonly Relation[],
  right: readonly Relation[],
  position: number,
): readonly Relation[] {
  const names = new Map<string, Relation>();
  for (const relation of left) {
    if (relation.named && relation.name !== undefined) names.set(relation.name, relation);
  }
  for (const relation of right) {
    if (!relation.named || relation.name === undefined) continue;
    const other = names.get(relation.name);
    // Tables of different schemas may share a name as long as neither has an alias.
    if (other === undefined || bothTables(relation, other)) continue;
    const message = `table name "${relation.name}" specified more than once`;
    throw new AegisError("DUPLICATE_ALIAS", message, {
      position,
      hint: "Give one of them an alias.",
    });
  }
  const merged = [...left, ...right];
  let width = 0;
  for (const relation of merged) if (relation.bare) width += relation.columns.length;
  if (width > MAX_COLUMNS * 4) {
    throw new AegisError("LIMIT_EXCEEDED", "FROM has too many columns", { position });
  }
  return merged;
}

function bothTables(a: Relation, b: Relation): boolean {
  return a.schema !== undefined && b.schema !== undefined && a.schema !== b.schema;
}
