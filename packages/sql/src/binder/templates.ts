import type { ExpressionNode } from "../parser/ast.js";
import { parseExpression } from "../parser/index.js";

/** An expression that others are put into, for calls that are another way to write one. */
export type Template = (values: readonly ExpressionNode[], position: number) => ExpressionNode;

/**
 * `$1` in the text stands for the first value, and so on. Errors are located at the call. The text is
 * parsed when it is first wanted: an import must not build the lexer.
 */
export function template(text: string): Template {
  let tree: ExpressionNode | undefined;
  return (values, position) => {
    tree ??= parseExpression(text);
    return filled(tree, values, position) as ExpressionNode;
  };
}

function filled(node: unknown, values: readonly ExpressionNode[], position: number): unknown {
  if (Array.isArray(node)) return node.map((item) => filled(item, values, position));
  if (typeof node !== "object" || node === null) return node;
  const { kind, index } = node as { readonly kind?: unknown; readonly index?: unknown };
  if (kind === "parameter" && typeof index === "number") return values[index - 1];
  return Object.fromEntries(
    Object.entries(node).map(([name, part]) => [
      name,
      name === "position" ? position : filled(part, values, position),
    ]),
  );
}
