import type { CallNode, ExpressionNode } from "./ast.js";
import { parseExpression, parseOperand, plainCall } from "./parse-expression.js";
import { parseQuery } from "./parse-query.js";
import { parseSortItems, parseWindowReference } from "./parse-window.js";
import { parseString } from "./parse-primary.js";
import type { TokenReader } from "./reader.js";
import { Text } from "./tokens.js";

interface Argument {
  readonly name: string | undefined;
  readonly value: ExpressionNode;
}

function parseArgument(reader: TokenReader): Argument {
  const named = reader.atSymbol("=>", 1) || reader.atSymbol(":=", 1);
  if (!named) return { name: undefined, value: parseExpression(reader) };
  const name = reader.label();
  reader.next();
  return { name, value: parseExpression(reader) };
}

/** What stands in the parentheses, and the FILTER, WITHIN GROUP and OVER behind them. */
export function parseCall(
  reader: TokenReader,
  path: readonly string[],
  position: number,
): CallNode {
  reader.expectSymbol("(");
  const star = reader.atSymbol("*") && reader.atSymbol(")", 1);
  if (star) reader.next();
  const distinct = reader.accept("distinct");
  if (!distinct) reader.accept("all");
  let variadic = false;
  const list: Argument[] = [];
  if (!reader.atSymbol(")")) {
    do {
      variadic = reader.accept("variadic");
      list.push(parseArgument(reader));
    } while (!variadic && reader.acceptSymbol(","));
  }
  const ordered = reader.at("order") ? parseSortItems(reader) : [];
  reader.expectSymbol(")");
  const withinGroup = reader.accept("within", "group");
  const orderBy = withinGroup ? reader.parenthesized(() => parseSortItems(reader)) : ordered;
  const filter = parseFilter(reader);
  const over = reader.accept("over") ? parseWindowReference(reader) : undefined;
  return {
    kind: "call",
    path,
    arguments: list.map(({ value }) => value),
    ...(list.some(({ name }) => name !== undefined) && {
      argumentNames: list.map(({ name }) => name),
    }),
    star,
    distinct,
    variadic,
    orderBy,
    withinGroup,
    ...(filter !== undefined && { filter }),
    ...(over !== undefined && { over }),
    position,
  };
}

function parseFilter(reader: TokenReader): ExpressionNode | undefined {
  if (!reader.at("filter") || !reader.atSymbol("(", 1)) return undefined;
  reader.next();
  return reader.parenthesized(() => {
    reader.expect("where");
    return parseExpression(reader);
  });
}

/** Calls whose arguments have a syntax of their own; undefined for all others. */
export function parseSpecialCall(reader: TokenReader, word: string): ExpressionNode | undefined {
  const { position } = reader;
  const inner = (parse: () => ExpressionNode): ExpressionNode => {
    reader.next();
    return reader.parenthesized(parse);
  };
  switch (word) {
    case "exists":
      return inner(() => ({ kind: "exists", query: parseQuery(reader), position }));
    case "row":
      return inner(() => {
        const items = reader.atSymbol(")") ? [] : reader.list(() => parseExpression(reader));
        return { kind: "row", items, position };
      });
    case "extract":
      return inner(() => parseExtract(reader, position));
    case "trim":
      return inner(() => parseTrim(reader, position));
    case "position":
      return inner(() => parsePosition(reader, position));
    case "substring":
    case "overlay":
      return inner(() => parseKeywordArguments(reader, word, position));
    case "current_time":
    case "current_timestamp":
    case "localtime":
    case "localtimestamp":
      reader.next();
      return parseCall(reader, [word], position);
    default:
      return undefined;
  }
}

function parseExtract(reader: TokenReader, position: number): ExpressionNode {
  const field: ExpressionNode = {
    kind: "string",
    position: reader.position,
    value: reader.peek().kind === Text ? parseString(reader) : reader.label(),
  };
  reader.expect("from");
  return plainCall("extract", [field, parseExpression(reader)], position);
}

/** `trim(both 'x' from y)` is btrim, and so on. */
function parseTrim(reader: TokenReader, position: number): ExpressionNode {
  const name = reader.accept("leading") ? "ltrim" : reader.accept("trailing") ? "rtrim" : "btrim";
  reader.accept("both");
  if (reader.accept("from")) {
    return plainCall(
      name,
      reader.list(() => parseExpression(reader)),
      position,
    );
  }
  const first = parseExpression(reader);
  if (reader.accept("from")) {
    const rest = reader.list(() => parseExpression(reader));
    return plainCall(name, [...rest, first], position);
  }
  const items = [first];
  while (reader.acceptSymbol(",")) items.push(parseExpression(reader));
  return plainCall(name, items, position);
}

function parsePosition(reader: TokenReader, position: number): ExpressionNode {
  // A full expression would take IN for itself.
  const needle = parseOperand(reader);
  reader.expect("in");
  return plainCall("position", [parseExpression(reader), needle], position);
}

/** `substring(a FROM b FOR c)`, `overlay(a PLACING b FROM c FOR d)`, or plain arguments. */
function parseKeywordArguments(
  reader: TokenReader,
  word: string,
  position: number,
): ExpressionNode {
  const items = reader.atSymbol(")") ? [] : reader.list(() => parseExpression(reader));
  // `SIMILAR p ESCAPE e` is the same as `FROM p FOR e`.
  if (word === "substring" && reader.accept("similar")) {
    items.push(parseExpression(reader));
    reader.expect("escape");
    items.push(parseExpression(reader));
  }
  const parts: Record<string, ExpressionNode> = {};
  while (!reader.atSymbol(")")) {
    const keyword = reader.expectOneOf("from", "for", "placing");
    parts[keyword] = parseExpression(reader);
  }
  const { from, for: length, placing } = parts;
  if (placing !== undefined) items.push(placing);
  if (from !== undefined) items.push(from);
  else if (length !== undefined) items.push({ kind: "number", text: "1", position });
  if (length !== undefined) items.push(length);
  return plainCall(word, items, position);
}
