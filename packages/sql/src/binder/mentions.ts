import { AegisError } from "../contract/errors.js";
import type { QueryBody, QueryNode } from "../parser/ast.js";

type Context = "subquery" | "outer join" | "INTERSECT" | "EXCEPT" | undefined;

/** Calls `found` for each table of this name inside of a query, with what it stands in. */
function eachMention(
  root: QueryBody,
  name: string,
  found: (position: number, context: Context) => void,
): void {
  const queue: { readonly node: unknown; readonly context: Context }[] = [
    { node: root, context: undefined },
  ];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const { node, context } = next;
    if (typeof node !== "object" || node === null) continue;
    const { kind, path, position } = node as Partial<Record<string, unknown>>;
    if (kind === "table" && Array.isArray(path) && path.length === 1 && path[0] === name) {
      found(position as number, context);
    }
    for (const [key, part] of Object.entries(node)) {
      if (typeof part !== "object") continue;
      queue.push({ node: part, context: contextOf(node, key) ?? context });
    }
  }
}

/** What a part of a node stands in, beyond what the node itself does. */
function contextOf(node: object, key: string): Context {
  const { kind, type, operator, all } = node as Partial<Record<string, unknown>>;
  switch (kind) {
    case "subquery":
    case "exists":
    case "arrayQuery":
    case "inQuery":
      return key === "query" ? "subquery" : undefined;
    case "quantified":
      return key === "right" ? "subquery" : undefined;
    case "join": {
      const nullable =
        type === "full" ||
        (type === "left" && key === "right") ||
        (type === "right" && key === "left");
      return nullable ? "outer join" : undefined;
    }
    case "setOperation":
      if (operator === "intersect" && all === true) return "INTERSECT";
      return operator === "except" && (all === true || key === "right") ? "EXCEPT" : undefined;
    default:
      return undefined;
  }
}

/**
 * Whether a table of this name may be meant anywhere inside of a query. A common table of the same
 * name further in would hide it, which a recursive query's check may leave aside.
 */
export function mentions(query: QueryNode, name: string): boolean {
  let found = false;
  eachMention(query, name, () => {
    found = true;
  });
  return found;
}

/** The step of a recursive query may read its own rows only where more of them make more rows. */
export function checkReferences(step: QueryBody, name: string): void {
  eachMention(step, name, (position, context) => {
    if (context === undefined) return;
    const where =
      context === "subquery" ? "a subquery" : context === "outer join" ? "an outer join" : context;
    const message = `recursive reference to query "${name}" must not appear within ${where}`;
    throw new AegisError("INVALID_RECURSION", message, { position });
  });
}
