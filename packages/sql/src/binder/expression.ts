import { AegisError, unreachable } from "../contract/errors.js";
import type { ExpressionNode } from "../parser/ast.js";
import { bindArray, bindField, bindRow, bindSubscript } from "./composites.js";
import { bindCall } from "./calls.js";
import { bindCase } from "./case.js";
import { coerce, coerceBoolean } from "./coerce.js";
import { bindBetween, bindBinary, bindDistinct, bindIs } from "./comparison.js";
import type { Expr } from "./expr.js";
import { bindOperator, bindScalar } from "./functions.js";
import { bindInList, bindInQuery, bindQuantified } from "./in.js";
import { bitLiteral, numberLiteral } from "./literals.js";
import { requireRelation, resolveColumn, wholeRowOf } from "./lookup.js";
import { bindRegclass, isRegclass } from "./regclass.js";
import type { Scope } from "./scope.js";
import { startOf } from "./start-of.js";
import { bindArrayQuery, bindExists, bindScalarSubquery } from "./subqueries.js";
import { BOOLEAN, negate, TEXT, UNKNOWN } from "./tree.js";
import { resolveType } from "./type-names.js";
import { intervalText } from "./interval-fields.js";

/**
 * Binds an expression in a scope: names resolved, overloads chosen, implicit casts written out.
 * Literals and parameters that nothing gave a type yet come back as "unknown"; whoever uses the
 * value casts it (`coerce`, `coerceBoolean`, `resolveUnknown`).
 */
export function bindExpression(node: ExpressionNode, scope: Scope): Expr {
  scope.statement.enter(node.position);
  const expr = bindNode(node, scope);
  scope.statement.leave();
  return expr;
}

function bindNode(node: ExpressionNode, scope: Scope): Expr {
  switch (node.kind) {
    case "number":
      return numberLiteral(node);
    case "string": {
      const literal: Expr = { kind: "const", value: node.value, type: UNKNOWN };
      scope.statement.remember(literal, node.position);
      return literal;
    }
    case "bits":
      return bitLiteral(node);
    case "boolean":
      return { kind: "const", value: node.value, type: BOOLEAN };
    case "null":
      return { kind: "const", value: null, type: UNKNOWN };
    case "default":
      throw misplaced("DEFAULT is not allowed in this context", node.position);
    case "star": {
      const { qualifier, position } = node;
      if (qualifier.length === 0) throw misplaced('"*" is not allowed in this context', position);
      return wholeRowOf(scope, requireRelation(scope, qualifier, position).relation, position);
    }
    case "parameter":
      return scope.statement.parameters.reference(node.index - 1);
    case "column":
      return resolveColumn(scope, node.path, node.position);
    case "and":
    case "or":
      return bindLogical(node, scope);
    case "not": {
      const arg = bindExpression(node.argument, scope);
      return negate(coerceBoolean(scope.statement, arg, "NOT", startOf(node.argument)));
    }
    case "case":
      return bindCase(node, scope);
    case "cast":
      return bindCast(node, scope);
    case "collate":
      return bindCollate(node, scope);
    case "call":
      return bindCall(node, scope);
    case "array":
      return bindArray(node, scope, undefined);
    case "row":
      return bindRow(node, scope);
    case "subscript":
      return bindSubscript(node, scope);
    case "field":
      return bindField(node, scope);
    default:
      return bindOperation(node, scope);
  }
}

type Operation = Extract<
  ExpressionNode,
  {
    kind:
      | "unary"
      | "binary"
      | "is"
      | "isDistinct"
      | "between"
      | "inList"
      | "inQuery"
      | "like"
      | "quantified"
      | "subquery"
      | "exists"
      | "arrayQuery";
  }
>;

function bindOperation(node: Operation, scope: Scope): Expr {
  switch (node.kind) {
    case "unary": {
      const arg = bindExpression(node.argument, scope);
      return bindOperator(scope.statement, `unary ${node.operator}`, [arg], node.position);
    }
    case "binary":
      return bindBinary(node, scope);
    case "is":
      return bindIs(node, scope);
    case "isDistinct":
      return bindDistinct(node, scope);
    case "between":
      return bindBetween(node, scope);
    case "inList":
      return bindInList(node, scope);
    case "inQuery":
      return bindInQuery(node, scope);
    case "like":
      return bindLike(node, scope);
    case "quantified":
      return bindQuantified(node, scope);
    case "subquery":
      return bindScalarSubquery(node, scope);
    case "exists":
      return bindExists(node, scope);
    case "arrayQuery":
      return bindArrayQuery(node, scope);
    default:
      return unreachable(node);
  }
}

function misplaced(message: string, position: number): AegisError {
  return new AegisError("PARSE_ERROR", message, { position });
}

function bindLogical(node: Extract<ExpressionNode, { kind: "and" | "or" }>, scope: Scope): Expr {
  const what = node.kind.toUpperCase();
  const args = node.items.map((item) =>
    coerceBoolean(scope.statement, bindExpression(item, scope), what, startOf(item)),
  );
  return { kind: node.kind, args, type: BOOLEAN };
}

function bindCast(node: Extract<ExpressionNode, { kind: "cast" }>, scope: Scope): Expr {
  if (isRegclass(node)) return bindRegclass(node, scope);
  const type = resolveType(node.type);
  const { argument, position } = node;
  // The name that a number was made of is that name again.
  if (argument.kind === "cast" && isRegclass(argument) && type.name === "text") {
    const name = bindExpression(argument.argument, scope);
    if (name.type.name === "unknown") {
      return coerce(scope.statement, name, TEXT, "explicit", position);
    }
  }
  // The elements of ARRAY[…]::type[] are read as the type at once, so that ARRAY[]::int[] works.
  if (argument.kind === "array" && type.name === "array") return bindArray(argument, scope, type);
  if (argument.kind === "string" && type.name === "interval") {
    const text = intervalText(argument.value, node.type.intervalFields);
    const literal: Expr = { kind: "const", value: text, type: UNKNOWN };
    return coerce(scope.statement, literal, type, "explicit", argument.position);
  }
  const expr = bindExpression(argument, scope);
  const at = expr.type.name === "unknown" ? argument.position : position;
  return coerce(scope.statement, expr, type, "explicit", at);
}

const COLLATIONS: ReadonlySet<string> = new Set(["C", "POSIX", "default", "ucs_basic", "C.UTF-8"]);

function bindCollate(node: Extract<ExpressionNode, { kind: "collate" }>, scope: Scope): Expr {
  const expr = bindExpression(node.argument, scope);
  const collation = node.collation.at(-1)!;
  const { position } = node;
  if (!COLLATIONS.has(collation)) {
    const message = `collation "${collation}" for encoding "UTF8" does not exist`;
    const hint = 'Text is ordered by code points; COLLATE takes "C" and "default".';
    throw new AegisError("TYPE_NOT_FOUND", message, { position, hint });
  }
  const { name } = expr.type;
  if (name === "unknown") return coerce(scope.statement, expr, TEXT, "implicit", position);
  if (name === "text" || name === "varchar" || name === "char" || name === "array") return expr;
  const message = `collations are not supported by type ${name}`;
  throw new AegisError("TYPE_MISMATCH", message, { position });
}

function bindLike(node: Extract<ExpressionNode, { kind: "like" }>, scope: Scope): Expr {
  const { statement } = scope;
  const { position, style } = node;
  const argument = bindExpression(node.argument, scope);
  let pattern = bindExpression(node.pattern, scope);
  const escape = node.escape && bindExpression(node.escape, scope);
  if (style === "similar") {
    const args = escape === undefined ? [pattern] : [pattern, escape];
    pattern = bindScalar(statement, "similar_to_escape", args, position);
    return bindOperator(statement, node.negated ? "!~" : "~", [argument, pattern], position);
  }
  if (escape !== undefined) {
    pattern = bindScalar(statement, "like_escape", [pattern, escape], position);
  }
  const symbol = `${node.negated ? "!" : ""}~~${style === "ilike" ? "*" : ""}`;
  return bindOperator(statement, symbol, [argument, pattern], position);
}

/** A condition; `what` names its place ("WHERE", "JOIN/ON"). */
export function bindCondition(node: ExpressionNode, scope: Scope, what: string): Expr {
  return coerceBoolean(scope.statement, bindExpression(node, scope), what, startOf(node));
}
