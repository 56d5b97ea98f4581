import { eachDeep } from "../planner/rewrite.js";
import type { Expr } from "./expr.js";
import type { Scope } from "./scope.js";
import type { Origin } from "./statement.js";

/** Where the columns that the expressions read come from; those inside of subqueries too. */
export function originsOf(exprs: readonly Expr[], scope: Scope): readonly Origin[] {
  const origins: Origin[] = [];
  for (const expr of exprs) {
    eachDeep(expr, (part) => {
      if (part.kind !== "column") return;
      const origin = scope.statement.origins.get(part.id);
      if (origin !== undefined) origins.push(origin);
    });
  }
  return origins;
}

/** The nearest level around `scope`, itself included, that the columns belong to. */
export function nearestLevel(origins: readonly Origin[], scope: Scope): Scope | undefined {
  const levels = new Set(origins.map((origin) => origin.scope));
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    if (levels.has(at)) return at;
  }
  return undefined;
}
