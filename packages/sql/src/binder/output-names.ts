import type { ExpressionNode, QueryBody, QueryNode } from "../parser/ast.js";
import { internalTypeName } from "./type-names.js";

/** A name and how well it fits: 2 is the expression's own, 1 only serves where no other does. */
interface Name {
  readonly name: string;
  readonly strength: 1 | 2;
}

/** The name of a result column without an alias, as PostgreSQL gives it. */
export function outputName(node: ExpressionNode): string {
  return nameOf(node)?.name ?? "?column?";
}

function own(name: string): Name {
  return { name, strength: 2 };
}

function nameOf(node: ExpressionNode): Name | undefined {
  switch (node.kind) {
    case "column":
    case "call":
      return own(node.path.at(-1)!);
    case "field":
      return own(node.field);
    case "subscript":
    case "collate":
      return nameOf(node.argument);
    case "cast": {
      const inner = nameOf(node.argument);
      if (inner?.strength === 2) return inner;
      return { name: internalTypeName(node.type), strength: 1 };
    }
    case "case": {
      const inner = node.otherwise && nameOf(node.otherwise);
      return inner?.strength === 2 ? inner : { name: "case", strength: 1 };
    }
    case "subquery": {
      const name = queryName(node.query);
      return name === undefined ? undefined : own(name);
    }
    case "exists":
      return own("exists");
    case "arrayQuery":
    case "array":
      return own("array");
    case "row":
      return own("row");
    default:
      return undefined;
  }
}

/** A scalar subquery is named by the first column of its result. */
function queryName(node: QueryNode): string | undefined {
  let body: QueryBody = node;
  while (body.kind === "query" || body.kind === "setOperation") {
    body = body.kind === "query" ? body.body : body.left;
  }
  if (body.kind === "values") return "column1";
  const [item] = body.items;
  return item === undefined ? undefined : (item.alias ?? outputName(item.expression));
}
