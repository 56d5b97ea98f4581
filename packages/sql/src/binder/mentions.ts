import type { QueryNode } from "../parser/ast.js";

/**
 * Whether a table of this name may be meant anywhere inside of a query. A common table of the same
 * name further in would hide it, which a recursive query's check may leave aside.
 */
export function mentions(query: QueryNode, name: string): boolean {
  const queue: unknown[] = [query];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (Array.isArray(node)) {
      for (const item of node) queue.push(item);
      continue;
    }
    if (typeof node !== "object" || node === null) continue;
    const { kind, path } = node as { readonly kind?: unknown; readonly path?: unknown };
    const isTable = kind === "table" && Array.isArray(path);
    if (isTable && path.length === 1 && path[0] === name) return true;
    for (const part of Object.values(node)) if (typeof part === "object") queue.push(part);
  }
  return false;
}
