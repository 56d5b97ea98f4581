import type { ExpressionNode } from "../parser/ast.js";

/** Where the text of an expression begins; operators themselves are placed at their symbol. */
export function startOf(node: ExpressionNode): number {
  let at = node;
  for (;;) {
    switch (at.kind) {
      case "binary":
      case "isDistinct":
      case "quantified":
        at = at.left;
        break;
      case "is":
      case "between":
      case "inList":
      case "inQuery":
      case "like":
      case "collate":
      case "subscript":
        at = at.argument;
        break;
      case "and":
      case "or":
        at = at.items[0]!;
        break;
      case "cast":
        // A typed literal such as DATE '…' begins with its type.
        if (at.argument.position > at.position) return at.position;
        at = at.argument;
        break;
      default:
        return at.position;
    }
  }
}
