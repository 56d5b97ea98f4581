import { AegisError } from "../contract/index.js";
import type { CallNode, ExpressionNode, QuantifiedNode } from "./ast.js";
import { MAX_OPERATOR_CHAIN } from "./limits.js";
import { atQuery, parsePrimary } from "./parse-primary.js";
import * as P from "./precedence.js";
import { parseQuery } from "./parse-query.js";
import { parseType } from "./parse-type.js";
import type { TokenReader } from "./reader.js";
import { Numeral, Operator, Word } from "./tokens.js";

export function parseExpression(reader: TokenReader): ExpressionNode {
  return reader.nested(() => climb(reader, P.OR));
}

/** Without AND, OR and IS: what DEFAULT takes, so that `DEFAULT 1 NOT NULL` ends in time. */
export function parseRestricted(reader: TokenReader): ExpressionNode {
  return reader.nested(() => climb(reader, P.COMPARISON));
}

/** Without IN and comparisons as well: the first operand of POSITION. */
export function parseOperand(reader: TokenReader): ExpressionNode {
  return reader.nested(() => climb(reader, P.OTHER));
}

function climb(reader: TokenReader, loosest: number): ExpressionNode {
  let left = parsePrefix(reader);
  let single = 0;
  for (let length = 0; ; length += 1) {
    const level = P.precedence(reader);
    if (level < loosest || level === 0) return left;
    // Comparisons and ranges do not chain: `a < b < c` is an error as in PostgreSQL.
    if (level === single) throw reader.error();
    single = level === P.COMPARISON || level === P.RANGE ? level : 0;
    if (length > MAX_OPERATOR_CHAIN) {
      throw new AegisError("NESTING_TOO_DEEP", "too many operators in a row", {
        position: reader.position,
        detail: `The limit is ${MAX_OPERATOR_CHAIN}.`,
      });
    }
    left = parseInfix(reader, left, level);
  }
}

function parsePrefix(reader: TokenReader): ExpressionNode {
  const { position } = reader;
  const { kind, text } = reader.peek();
  if (kind === Word && text === "not") {
    reader.next();
    return { kind: "not", argument: reader.nested(() => climb(reader, P.NOT)), position };
  }
  if (kind !== Operator || text === "?" || text === "*") return parsePrimary(reader);
  reader.next();
  const level = text === "+" || text === "-" ? P.SIGN : P.OTHER + 1;
  if (text === "-" && reader.peek().kind === Numeral) return negative(reader, position);
  const argument = reader.nested(() => climb(reader, level));
  return { kind: "unary", operator: text, argument, position };
}

/** A literal such as -9223372036854775808 has its sign, unless a cast binds tighter. */
function negative(reader: TokenReader, position: number): ExpressionNode {
  const argument = climb(reader, P.SIGN);
  if (argument.kind !== "number") return { kind: "unary", operator: "-", argument, position };
  return { kind: "number", text: `-${argument.text}`, position };
}

function parseInfix(reader: TokenReader, left: ExpressionNode, level: number): ExpressionNode {
  const { position } = reader;
  const { kind, text } = reader.peek();
  if (kind === Operator || text === "operator") {
    return parseOperator(reader, left, level, position);
  }
  switch (text) {
    case "and":
    case "or":
      return parseChain(reader, left, text, position);
    case "is":
      return parseIs(reader, left, position);
    case "isnull":
    case "notnull":
      reader.next();
      return { kind: "is", argument: left, what: "null", negated: text === "notnull", position };
    case "at": {
      reader.expect("at", "time", "zone");
      const zone = climb(reader, P.ZONE + 1);
      return plainCall("timezone", [zone, left], position);
    }
    case "collate":
      reader.next();
      return { kind: "collate", argument: left, collation: reader.path(), position };
    case "overlaps":
      reader.next();
      return plainCall("overlaps", [left, climb(reader, P.RANGE + 1)], position);
    default:
      return parseRange(reader, left, position);
  }
}

export function plainCall(
  name: string,
  items: readonly ExpressionNode[],
  position: number,
): CallNode {
  return {
    kind: "call",
    path: [name],
    arguments: items,
    star: false,
    distinct: false,
    variadic: false,
    orderBy: [],
    withinGroup: false,
    position,
  };
}

/** `a AND b AND c` is one node, however long, so that nothing recurses over it. */
function parseChain(
  reader: TokenReader,
  left: ExpressionNode,
  kind: "and" | "or",
  position: number,
): ExpressionNode {
  const items = [left];
  while (reader.accept(kind)) items.push(climb(reader, kind === "and" ? P.NOT : P.AND));
  return { kind, items, position };
}

function operatorName(reader: TokenReader): string {
  if (!reader.accept("operator")) return reader.next().text;
  return reader.parenthesized(() => {
    while (reader.peek().kind === Word) {
      reader.next();
      reader.expectSymbol(".");
    }
    if (reader.peek().kind !== Operator) throw reader.error();
    return reader.next().text;
  });
}

function parseOperator(
  reader: TokenReader,
  left: ExpressionNode,
  level: number,
  position: number,
): ExpressionNode {
  const name = operatorName(reader);
  const operator = name === "!=" ? "<>" : name;
  const any = reader.at("any") || reader.at("some");
  if ((any || reader.at("all")) && reader.atSymbol("(", 1)) {
    reader.next();
    return parseQuantified(reader, left, operator, any ? "any" : "all", position);
  }
  return { kind: "binary", operator, left, right: climb(reader, level + 1), position };
}

function parseQuantified(
  reader: TokenReader,
  left: ExpressionNode,
  operator: string,
  quantifier: "any" | "all",
  position: number,
): QuantifiedNode {
  const right = reader.parenthesized(() =>
    atQuery(reader) ? parseQuery(reader) : parseExpression(reader),
  );
  const unwrapped = "kind" in right && right.kind === "subquery" ? right.query : right;
  return { kind: "quantified", operator, quantifier, left, right: unwrapped, position };
}

function parseIs(reader: TokenReader, left: ExpressionNode, position: number): ExpressionNode {
  reader.expect("is");
  const negated = reader.accept("not");
  if (reader.accept("distinct", "from")) {
    const right = climb(reader, P.IS + 1);
    return { kind: "isDistinct", left, right, negated, position };
  }
  const what = reader.expectOneOf("null", "true", "false", "unknown", "distinct");
  if (what === "null" || what === "true" || what === "false" || what === "unknown") {
    return { kind: "is", argument: left, what, negated, position };
  }
  throw reader.error(["from"]);
}

function parseRange(reader: TokenReader, left: ExpressionNode, position: number): ExpressionNode {
  const negated = reader.accept("not");
  const word = reader.expectOneOf(...P.NEGATABLE);
  switch (word) {
    case "between": {
      const symmetric = reader.accept("symmetric");
      if (!symmetric) reader.accept("asymmetric");
      const low = climb(reader, P.RANGE + 1);
      reader.expect("and");
      const high = climb(reader, P.RANGE + 1);
      return { kind: "between", argument: left, low, high, symmetric, negated, position };
    }
    case "in":
      return parseIn(reader, left, negated, position);
    default:
      return parseLike(reader, left, word, negated, position);
  }
}

function parseIn(
  reader: TokenReader,
  argument: ExpressionNode,
  negated: boolean,
  position: number,
): ExpressionNode {
  return reader.parenthesized((): ExpressionNode => {
    if (atQuery(reader)) {
      return { kind: "inQuery", argument, query: parseQuery(reader), negated, position };
    }
    const items = reader.list(() => parseExpression(reader));
    const [only] = items;
    if (items.length === 1 && only?.kind === "subquery") {
      return { kind: "inQuery", argument, query: only.query, negated, position };
    }
    return { kind: "inList", argument, items, negated, position };
  });
}

function parseLike(
  reader: TokenReader,
  argument: ExpressionNode,
  word: string,
  negated: boolean,
  position: number,
): ExpressionNode {
  const style = word === "similar" ? "similar" : word === "ilike" ? "ilike" : "like";
  if (style === "similar") reader.expect("to");
  const any = reader.at("any") || reader.at("some");
  if ((any || reader.at("all")) && reader.atSymbol("(", 1)) {
    reader.next();
    const operator = `${negated ? "!" : ""}${style === "ilike" ? "~~*" : "~~"}`;
    return parseQuantified(reader, argument, operator, any ? "any" : "all", position);
  }
  const pattern = climb(reader, P.RANGE + 1);
  const base = { kind: "like", style, argument, pattern, negated, position } as const;
  return reader.accept("escape") ? { ...base, escape: climb(reader, P.RANGE + 1) } : base;
}

/** `::type`, which binds tighter than everything but `.` and `[]`. */
export function parseCastSuffix(reader: TokenReader, argument: ExpressionNode): ExpressionNode {
  const { position } = reader;
  reader.expectSymbol("::");
  return { kind: "cast", argument, type: parseType(reader), position };
}
