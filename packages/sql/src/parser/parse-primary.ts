import { AegisError } from "../contract/index.js";
import type { CaseBranch, ExpressionNode, FieldNode, SubscriptNode, TypeName } from "./ast.js";
import { FUNCTION_NAMES, RESERVED, TYPE_WORDS, VALUE_FUNCTIONS } from "./keywords.js";
import { parseCall, parseSpecialCall } from "./parse-call.js";
import { parseCastSuffix, parseExpression, plainCall } from "./parse-expression.js";
import { atQueryTail, parseQuery, parseQueryTail, queryOf } from "./parse-query.js";
import { intervalFields, parseSimpleType, parseType } from "./parse-type.js";
import { stringValue } from "./quotes.js";
import type { TokenReader } from "./reader.js";
import * as T from "./tokens.js";

/** Whether a query starts here, rather than an expression. */
export function atQuery(reader: TokenReader): boolean {
  return reader.at("select") || reader.at("values") || reader.at("with") || reader.at("table");
}

/** A value with the subscripts, fields and casts behind it. */
export function parsePrimary(reader: TokenReader): ExpressionNode {
  const start = reader.mark;
  const atom = parseAtom(reader);
  const parenthesized = reader.peek(start - reader.mark).text === "(";
  let node = atom;
  for (;;) {
    if (reader.atSymbol("::")) node = parseCastSuffix(reader, node);
    else if (reader.atSymbol("[")) node = parseSubscript(reader, node, node !== atom);
    else if (reader.atSymbol(".") && (parenthesized || node.kind === "subscript")) {
      node = parseField(reader, node);
    } else return node;
  }
}

function parseField(reader: TokenReader, argument: ExpressionNode): FieldNode {
  const { position } = reader;
  reader.expectSymbol(".");
  const field = reader.acceptSymbol("*") ? "*" : reader.label();
  return { kind: "field", argument, field, position };
}

function parseSubscript(
  reader: TokenReader,
  argument: ExpressionNode,
  suffixed: boolean,
): SubscriptNode {
  const { position } = reader;
  reader.expectSymbol("[");
  const low = reader.atSymbol(":") ? undefined : parseExpression(reader);
  const slice = reader.acceptSymbol(":");
  const high = slice && !reader.atSymbol("]") ? parseExpression(reader) : undefined;
  reader.expectSymbol("]");
  return {
    kind: "subscript",
    argument,
    continues: suffixed && argument.kind === "subscript",
    slice,
    ...(low !== undefined && { low }),
    ...(high !== undefined && { high }),
    position,
  };
}

/** The value of a string token; adjacent strings on several lines are one, as in the standard. */
export function parseString(reader: TokenReader): string {
  const parts: string[] = [];
  do {
    const { text, start } = reader.next();
    parts.push(stringValue(text, start));
  } while (reader.peek().kind === T.Text && reader.atNewLine);
  return parts.join("");
}

/** N'…' is of type character, as in PostgreSQL: blanks at its end do not count. */
function parseText(reader: TokenReader): ExpressionNode {
  const { position } = reader;
  const national = /^n'/i.test(reader.peek().text);
  const literal: ExpressionNode = { kind: "string", value: parseString(reader), position };
  if (!national) return literal;
  const type: TypeName = { path: ["bpchar"], modifiers: [], dimensions: 0, position };
  return { kind: "cast", argument: literal, type, position };
}

function parseAtom(reader: TokenReader): ExpressionNode {
  const { position } = reader;
  const { kind, text } = reader.peek();
  switch (kind) {
    case T.Numeral:
      reader.next();
      return { kind: "number", text: text.replaceAll("_", ""), position };
    case T.Text:
      return parseText(reader);
    case T.Bits:
      return parseBits(reader);
    case T.Word:
      return parseWord(reader, text);
    case T.Quoted:
      return parseNamed(reader);
    default:
  }
  if (reader.atParameter) return reader.parameter();
  if (text === "(") return parseParenthesized(reader);
  if (text === "*") {
    reader.next();
    return { kind: "star", qualifier: [], position };
  }
  throw reader.error();
}

function parseBits(reader: TokenReader): ExpressionNode {
  const { position } = reader;
  const { text } = reader.next();
  const base = text[0]!.toLowerCase() === "x" ? "hex" : "binary";
  const digits = text.slice(2, -1);
  const bad = /[^0-9a-f]/i.exec(digits) ?? (base === "binary" ? /[^01]/.exec(digits) : null);
  if (bad !== null) {
    const message = `"${bad[0]}" is not a valid ${base} digit`;
    throw new AegisError("INVALID_TEXT_REPRESENTATION", message, { position });
  }
  return { kind: "bits", base, digits, position };
}

/** `(expression)`, `(a, b)` or `(query)`; which of them shows only behind nested parentheses. */
function parseParenthesized(reader: TokenReader): ExpressionNode {
  const { position } = reader;
  return reader.parenthesized((): ExpressionNode => {
    if (atQuery(reader)) return { kind: "subquery", query: parseQuery(reader), position };
    const first = parseExpression(reader);
    if (first.kind === "subquery" && atQueryTail(reader)) {
      const query = parseQueryTail(reader, queryOf(first.query, position));
      return { kind: "subquery", query, position };
    }
    if (!reader.atSymbol(",")) return first;
    const items = [first];
    while (reader.acceptSymbol(",")) items.push(parseExpression(reader));
    return { kind: "row", items, position };
  });
}

function parseWord(reader: TokenReader, word: string): ExpressionNode {
  const { position } = reader;
  switch (word) {
    case "null":
      reader.next();
      return { kind: "null", position };
    case "true":
    case "false":
      reader.next();
      return { kind: "boolean", value: word === "true", position };
    case "default":
      reader.next();
      return { kind: "default", position };
    case "case":
      return parseCase(reader);
    case "cast":
      return parseCast(reader);
    case "array":
      return parseArray(reader);
    default:
  }
  if (reader.atSymbol("(", 1)) {
    const special = parseSpecialCall(reader, word);
    if (special !== undefined) return special;
  } else if (VALUE_FUNCTIONS.has(word)) {
    reader.next();
    return plainCall(word, [], position);
  }
  return parseTypedLiteral(reader, word) ?? parseNamed(reader);
}

/** `DATE '2024-01-01'`, `INTERVAL '1' DAY`, `double precision '1'`. */
function parseTypedLiteral(reader: TokenReader, word: string): ExpressionNode | undefined {
  if (RESERVED.has(word) || FUNCTION_NAMES.has(word)) return undefined;
  const mayBeType = TYPE_WORDS.has(word) || reader.peek(1).kind === T.Text;
  if (!mayBeType) return undefined;
  const { mark, position } = reader;
  const type = typeBeforeString(reader);
  if (type === undefined) {
    reader.reset(mark);
    return undefined;
  }
  const argument: ExpressionNode = {
    kind: "string",
    position: reader.position,
    value: parseString(reader),
  };
  const fields = word === "interval" ? intervalFields(reader) : undefined;
  const whole = fields === undefined ? type : { ...type, intervalFields: fields };
  return { kind: "cast", argument, type: whole, position };
}

/** A word such as `time` is a type only where a string follows, else it names a column. */
function typeBeforeString(reader: TokenReader): TypeName | undefined {
  try {
    const type = parseSimpleType(reader);
    return reader.peek().kind === T.Text ? type : undefined;
  } catch (error) {
    if (error instanceof AegisError && error.code === "PARSE_ERROR") return undefined;
    throw error;
  }
}

/** A column, `t.*`, or a call. */
function parseNamed(reader: TokenReader): ExpressionNode {
  const { position } = reader;
  const { kind, text } = reader.peek();
  const callable = kind === T.Word && FUNCTION_NAMES.has(text) && reader.atSymbol("(", 1);
  if (!callable && !reader.atName()) throw reader.error();
  const path = [reader.next().text];
  while (reader.acceptSymbol(".")) {
    if (reader.acceptSymbol("*")) return { kind: "star", qualifier: path, position };
    path.push(reader.label());
  }
  if (reader.atSymbol("(")) return parseCall(reader, path, position);
  return { kind: "column", path, position };
}

function parseCase(reader: TokenReader): ExpressionNode {
  const { position } = reader;
  reader.expect("case");
  const operand = reader.at("when") ? undefined : parseExpression(reader);
  const branches: CaseBranch[] = [];
  do {
    reader.expect("when");
    const when = parseExpression(reader);
    reader.expect("then");
    branches.push({ when, then: parseExpression(reader) });
  } while (reader.at("when"));
  const otherwise = reader.accept("else") ? parseExpression(reader) : undefined;
  reader.expect("end");
  return {
    kind: "case",
    ...(operand !== undefined && { operand }),
    branches,
    ...(otherwise !== undefined && { otherwise }),
    position,
  };
}

function parseCast(reader: TokenReader): ExpressionNode {
  const { position } = reader;
  reader.expect("cast");
  return reader.parenthesized((): ExpressionNode => {
    const argument = parseExpression(reader);
    reader.expect("as");
    return { kind: "cast", argument, type: parseType(reader), position };
  });
}

function parseArray(reader: TokenReader): ExpressionNode {
  const { position } = reader;
  reader.expect("array");
  if (!reader.atSymbol("(")) return parseArrayItems(reader, position);
  return reader.parenthesized(() => ({ kind: "arrayQuery", query: parseQuery(reader), position }));
}

/** `[1, 2]`; inside it `[[1], [2]]` needs no ARRAY again. */
function parseArrayItems(reader: TokenReader, position: number): ExpressionNode {
  reader.expectSymbol("[");
  if (reader.acceptSymbol("]")) return { kind: "array", items: [], position };
  const items = reader.list(() =>
    reader.atSymbol("[")
      ? reader.nested(() => parseArrayItems(reader, reader.position))
      : parseExpression(reader),
  );
  reader.expectSymbol("]");
  return { kind: "array", items, position };
}
