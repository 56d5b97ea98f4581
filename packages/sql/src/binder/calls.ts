import { AegisError } from "../contract/errors.js";
import type { CallNode, ExpressionNode } from "../parser/ast.js";
import { typeByName } from "../types/index.js";
import { bindAggregate } from "./aggregates.js";
import { catalogCall } from "./catalog-calls.js";
import { tryCoerce } from "./coerce.js";
import { bindConditional } from "./conditional-calls.js";
import type { Expr } from "./expr.js";
import { bindExpression } from "./expression.js";
import { functionNotFound, isKnown, tryScalar } from "./functions.js";
import { bindGrouping } from "./grouping-call.js";
import { hypothetical } from "./hypothetical.js";
import type { Scope } from "./scope.js";
import { bindSetCall } from "./set-calls.js";
import { INTEGER } from "./tree.js";
import { bindWindowCall } from "./windows.js";

/** A call by name: whatever kind of function it turns out to be. */
export function bindCall(node: CallNode, scope: Scope): Expr {
  const name = node.path.at(-1)!;
  const { registry } = scope.statement.context;
  checkSchema(node);
  if (node.over !== undefined) return bindWindowCall(node, scope);
  const other = hypothetical(node) ?? catalogCall(node);
  if (other !== undefined) return bindExpression(other, scope);
  if (node.path.length === 1 && name === "grouping") return bindGrouping(node, scope);
  if (registry.aggregate(name).length > 0) return bindAggregate(node, scope);
  if (registry.window(name).length > 0) {
    throw wrongKind(`window function ${name} requires an OVER clause`, node);
  }
  checkPlain(node, name, scope);
  const conditional = bindConditional(node, scope);
  if (conditional !== undefined) return conditional;
  if (registry.table(name).length > 0) return bindSetCall(node, scope);
  return bindPlain(node, name, scope);
}

/** Schemas that functions may be called in; they are one here. */
const SCHEMAS: ReadonlySet<string> = new Set(["pg_catalog", "public", "information_schema"]);

function checkSchema(node: CallNode): void {
  const schema = node.path.at(-2);
  if (schema === undefined || SCHEMAS.has(schema)) return;
  throw new AegisError("SCHEMA_NOT_FOUND", `schema "${schema}" has no functions`, {
    position: node.position,
  });
}

function wrongKind(message: string, { position }: CallNode): AegisError {
  return new AegisError("WRONG_OBJECT_TYPE", message, { position });
}

/** DISTINCT, ORDER BY, FILTER and WITHIN GROUP are for aggregates. */
function checkPlain(node: CallNode, name: string, scope: Scope): void {
  const what = node.star
    ? "(*)"
    : node.distinct
      ? "DISTINCT"
      : node.withinGroup
        ? "WITHIN GROUP"
        : node.orderBy.length > 0
          ? "ORDER BY"
          : node.filter !== undefined
            ? "FILTER"
            : undefined;
  if (what === undefined) return;
  if (!isKnown(scope.statement, name)) {
    const args = node.arguments.map((argument) => bindExpression(argument, scope));
    throw functionNotFound(scope.statement, name, args, node.position);
  }
  throw wrongKind(`${what} specified, but ${name} is not an aggregate function`, node);
}

export function bindArguments(node: CallNode, scope: Scope): readonly Expr[] {
  const { argumentNames } = node;
  const args = spread(node).map((argument) => bindExpression(argument, scope));
  return argumentNames === undefined ? args : inOrder(node, argumentNames, args);
}

/** `f(VARIADIC ARRAY[a, b])` is `f(a, b)`; the length of other arrays would be known too late. */
function spread(node: CallNode): readonly ExpressionNode[] {
  if (!node.variadic) return node.arguments;
  const last = node.arguments.at(-1);
  if (last?.kind === "array") return [...node.arguments.slice(0, -1), ...last.items];
  throw new AegisError("UNSUPPORTED", "VARIADIC takes an array that is written out", {
    position: node.position,
    hint: "Write VARIADIC ARRAY[…], or list the arguments one by one.",
  });
}

function bindPlain(node: CallNode, name: string, scope: Scope): Expr {
  const { statement } = scope;
  const { position } = node;
  const args = bindArguments(node, scope);
  const expr = tryScalar(statement, name, args, position);
  if (expr !== undefined) return expr;
  const [only] = args;
  const type = only !== undefined && args.length === 1 ? typeByName(name) : undefined;
  // A type's name called like a function is a cast.
  if (only !== undefined && type !== undefined) {
    const cast = tryCoerce(statement, only, type, "explicit", position);
    if (cast !== undefined) return cast;
  }
  throw functionNotFound(statement, name, args, position);
}

/** Functions whose arguments have names; those left out are 0. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  make_interval: ["years", "months", "weeks", "days", "hours", "mins", "secs"],
  make_date: ["year", "month", "day"],
  make_time: ["hour", "min", "sec"],
  make_timestamp: ["year", "month", "mday", "hour", "min", "sec"],
};

function inOrder(
  node: CallNode,
  names: readonly (string | undefined)[],
  args: readonly Expr[],
): readonly Expr[] {
  const order = NAMED[node.path.at(-1)!] ?? [];
  const placed: (Expr | undefined)[] = order.map(() => undefined);
  args.forEach((arg, i) => {
    const name = names[i];
    const index = name === undefined ? i : order.indexOf(name);
    if (index < 0 || placed[index] !== undefined) {
      const message = `function ${node.path.at(-1)!} has no argument named "${name}" here`;
      throw new AegisError("FUNCTION_NOT_FOUND", message, {
        position: node.arguments[i]!.position,
        hint: "Give the arguments in their order, without names.",
      });
    }
    placed[index] = arg;
  });
  return placed.map((arg) => arg ?? { kind: "const", value: 0, type: INTEGER });
}
