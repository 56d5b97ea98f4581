import { AegisError } from "../contract/errors.js";
import type { QueryNode, SelectNode } from "../parser/ast.js";
import type { Scope } from "./scope.js";

/**
 * FOR UPDATE and FOR SHARE change nothing, since commits validate what was read; what they cannot
 * mean is refused all the same.
 */
export function checkLocking(node: SelectNode, tail: QueryNode, scope: Scope): void {
  for (const { strength, of, position } of tail.locking) {
    const what = `FOR ${strength.toUpperCase()}`;
    const refused = node.distinct
      ? "with DISTINCT clause"
      : node.groupBy.length > 0
        ? "with GROUP BY clause"
        : node.having !== undefined
          ? "with HAVING clause"
          : scope.aggregates.length > 0
            ? "with aggregate functions"
            : scope.windows.length > 0
              ? "with window functions"
              : undefined;
    if (refused !== undefined) {
      throw new AegisError("UNSUPPORTED", `${what} is not allowed ${refused}`, { position });
    }
    for (const { path, position: at } of of) {
      const name = path.at(-1)!;
      if (scope.relations.some((relation) => relation.name === name)) continue;
      const message = `relation "${name}" in ${what} clause not found in FROM clause`;
      throw new AegisError("TABLE_NOT_FOUND", message, { position: at, table: name });
    }
  }
}
