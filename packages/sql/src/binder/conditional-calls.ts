import { AegisError } from "../contract/errors.js";
import type { CallNode } from "../parser/ast.js";
import { bindArguments } from "./calls.js";
import { withoutSets } from "./case.js";
import { unify } from "./coerce.js";
import type { Expr } from "./expr.js";
import { bindOperator } from "./functions.js";
import type { Scope } from "./scope.js";
import { TEXT } from "./tree.js";

const NAMES: ReadonlySet<string> = new Set(["coalesce", "greatest", "least", "nullif"]);

/** COALESCE, GREATEST, LEAST and NULLIF, whose types follow rules of their own; or undefined. */
export function bindConditional(node: CallNode, scope: Scope): Expr | undefined {
  const name = node.path.at(-1)!;
  if (node.path.length > 1 || !NAMES.has(name)) return undefined;
  const what = name.toUpperCase();
  const args = withoutSets(scope, what, () => bindArguments(node, scope));
  if (name === "nullif" && args.length === 2) return bindNullIf(args, node, scope);
  if (name === "nullif" || args.length === 0) {
    const needed = name === "nullif" ? "two arguments" : "an argument";
    const message = `${what} needs ${needed}`;
    throw new AegisError("PARSE_ERROR", message, { position: node.position });
  }
  const positions = node.arguments.map((argument) => argument.position);
  const { exprs, type } = unify(scope.statement, args, what, positions);
  if (name === "coalesce") return { kind: "coalesce", args: exprs, type };
  return callOf(name, exprs, type, node, scope);
}

/** The value is what `=` compares, cast as that needs it. */
function bindNullIf(args: readonly Expr[], node: CallNode, scope: Scope): Expr {
  const equal = bindOperator(scope.statement, "=", args, node.position);
  const compared = equal.kind === "call" ? equal.args : args;
  const { type } = compared[0]!;
  return callOf("nullif", compared, type.name === "varchar" ? TEXT : type, node, scope);
}

function callOf(
  name: string,
  args: readonly Expr[],
  type: Expr["type"],
  { position }: CallNode,
  scope: Scope,
): Expr {
  const fn = scope.statement.context.registry.scalar(name)[0];
  if (fn === undefined) {
    throw new AegisError("FUNCTION_NOT_FOUND", `function ${name} does not exist`, { position });
  }
  const made = fn.forTypes?.(args.map((arg) => arg.type)) ?? fn;
  return { kind: "call", fn: made, args, type, position };
}
