import { AegisError } from "../contract/errors.js";
import { bindQuery } from "../binder/query.js";
import type { Statement } from "../binder/statement.js";
import type { StarNode } from "../parser/ast.js";
import { parseStatement } from "../parser/index.js";
import type { DefinitionContext } from "./context.js";
import { newStatement } from "./expressions.js";
import { quoteIdentifier } from "./names.js";
import { collect, withStarsReplaced } from "./stored-text.js";

/**
 * The text of a view with the columns that its stars stand for today: what its tables gain or lose
 * later does not change what the view is. A text that cannot say it this way stays as it is.
 */
export function withoutStars(text: string, context: DefinitionContext): string {
  if (!text.includes("*")) return text;
  const { tree, statement } = bindText(text, context);
  const stars = collect(tree, (node) =>
    "kind" in node && node.kind === "star" ? (node as StarNode) : undefined,
  );
  const expanded = withStarsReplaced(text, stars, (star) =>
    statement.stars
      .get(star)
      ?.map((path) => path.map(quoteIdentifier).join("."))
      .join(", "),
  );
  try {
    bindText(expanded, context);
    return expanded;
  } catch (error) {
    // Two columns of one name that only the star can tell apart.
    if (error instanceof AegisError) return text;
    throw error;
  }
}

function bindText(
  text: string,
  context: DefinitionContext,
): { readonly tree: object; readonly statement: Statement } {
  const tree = parseStatement(text);
  if (tree.kind !== "query") throw new AegisError("INTERNAL", "a view that is not a query");
  const statement = newStatement(context);
  bindQuery(tree, { statement, outer: undefined, ctes: undefined });
  return { tree, statement };
}
