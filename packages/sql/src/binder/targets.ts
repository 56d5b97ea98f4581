import { AegisError } from "../contract/errors.js";
import type { ExpressionNode, SelectItem } from "../parser/ast.js";
import { resolveUnknown } from "./coerce.js";
import type { Expr } from "./expr.js";
import { bindExpression } from "./expression.js";
import { MAX_COLUMNS } from "./limits.js";
import { findBareHere } from "./lookup.js";
import { outputName } from "./output-names.js";
import type { Scope } from "./scope.js";
import { startOf } from "./start-of.js";
import { expand, isExpansion } from "./stars.js";
import { sameExpr } from "./tree.js";

/** A value that a SELECT computes for each row; hidden ones are only sorted or told apart by. */
export interface Target {
  readonly name: string;
  expr: Expr;
  readonly position: number;
  readonly hidden: boolean;
}

/** Binds a select list (or RETURNING), stars expanded. */
export function bindTargets(items: readonly SelectItem[], scope: Scope): Target[] {
  const targets: Target[] = [];
  for (const { expression, alias, position } of items) {
    if (isExpansion(expression)) {
      for (const { name, expr } of expand(expression, scope)) {
        targets.push({ name, expr, position, hidden: false });
      }
    } else {
      const expr = bindExpression(expression, scope);
      targets.push({ name: alias ?? outputName(expression), expr, position, hidden: false });
    }
    if (targets.length <= MAX_COLUMNS) continue;
    const message = `target lists can have at most ${MAX_COLUMNS} entries`;
    throw new AegisError("LIMIT_EXCEEDED", message, { position, sqlState: "54011" });
  }
  return targets;
}

export interface TargetClause {
  /** How messages name it. */
  readonly name: "ORDER BY" | "GROUP BY" | "DISTINCT ON";
  /** A name is an input column first, and an output column if there is none. */
  readonly inputFirst: boolean;
}

/**
 * The target that an expression of ORDER BY, GROUP BY or DISTINCT ON means: an output column by
 * name or number, one that computes the same, or a new hidden one.
 */
export function targetOf(
  node: ExpressionNode,
  clause: TargetClause,
  targets: Target[],
  scope: Scope,
): number {
  const byName = namedTarget(node, clause, targets, scope);
  const index = byName ?? numberedTarget(node, clause, targets);
  if (index !== undefined) {
    settle(targets[index]!, scope);
    return index;
  }
  const bound = resolveUnknown(scope.statement, bindExpression(node, scope), node.position);
  const same = targets.findIndex((target) => sameExpr(target.expr, bound));
  if (same >= 0) return same;
  targets.push({ name: "?column?", expr: bound, position: startOf(node), hidden: true });
  return targets.length - 1;
}

/** What is sorted or grouped by has a type, at the latest text. */
function settle(target: Target, scope: Scope): void {
  target.expr = resolveUnknown(scope.statement, target.expr, target.position);
}

function namedTarget(
  node: ExpressionNode,
  clause: TargetClause,
  targets: readonly Target[],
  scope: Scope,
): number | undefined {
  if (node.kind !== "column" || node.path.length !== 1) return undefined;
  const [name] = node.path;
  if (clause.inputFirst && findBareHere(scope, name!, node.position) !== undefined) {
    return undefined;
  }
  let found: number | undefined;
  for (const [i, target] of targets.entries()) {
    if (target.hidden || target.name !== name) continue;
    if (found !== undefined && !sameExpr(targets[found]!.expr, target.expr)) {
      throw new AegisError("AMBIGUOUS_COLUMN", `${clause.name} "${name}" is ambiguous`, {
        position: node.position,
        column: name,
      });
    }
    found ??= i;
  }
  return found;
}

function numberedTarget(
  node: ExpressionNode,
  clause: TargetClause,
  targets: readonly Target[],
): number | undefined {
  const { position } = node;
  const isConstant = node.kind === "string" || node.kind === "null" || node.kind === "bits";
  if (node.kind !== "number" && !isConstant) return undefined;
  const ordinal = node.kind === "number" && /^-?\d+$/.test(node.text) ? Number(node.text) : NaN;
  if (!Number.isSafeInteger(ordinal)) {
    throw new AegisError("PARSE_ERROR", `non-integer constant in ${clause.name}`, { position });
  }
  const target = targets[ordinal - 1];
  if (target !== undefined && !target.hidden) return ordinal - 1;
  const message = `${clause.name} position ${ordinal} is not in select list`;
  throw new AegisError("INVALID_COLUMN_REFERENCE", message, { position });
}
