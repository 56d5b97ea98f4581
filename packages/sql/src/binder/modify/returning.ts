import type { SelectItem } from "../../parser/ast.js";
import { resolveUnknown } from "../coerce.js";
import type { ColumnDef, Expr } from "../expr.js";
import { markNumbers } from "../numbers.js";
import type { Scope } from "../scope.js";
import { bindTargets } from "../targets.js";

export interface BoundReturning {
  readonly returning: readonly Expr[] | undefined;
  readonly output: readonly ColumnDef[];
}

/** RETURNING over what the scope names. */
export function bindReturning(items: readonly SelectItem[], scope: Scope): BoundReturning {
  if (items.length === 0) return { returning: undefined, output: [] };
  const { statement } = scope;
  const targets = scope.within("returning", () => bindTargets(items, scope));
  const returning = targets.map(({ expr, position }) => resolveUnknown(statement, expr, position));
  const output = targets.map(({ name }, i) => statement.column(name, returning[i]!.type));
  markNumbers(statement, output, returning);
  return { returning, output };
}
