import { AegisError } from "../contract/index.js";
import type {
  ExpressionNode,
  GroupingNode,
  NamedWindow,
  ObjectName,
  SelectItem,
  SelectNode,
} from "./ast.js";
import { NEEDS_AS } from "./keywords.js";
import { MAX_SELECT_ITEMS } from "./limits.js";
import { parseExpression } from "./parse-expression.js";
import { parseFrom } from "./parse-from.js";
import { parseWindow } from "./parse-window.js";
import type { ListLimit, TokenReader } from "./reader.js";
import { Quoted, Word } from "./tokens.js";

export function parseObjectName(reader: TokenReader): ObjectName {
  const { position } = reader;
  return { path: reader.path(), position };
}

export function parseSelect(reader: TokenReader): SelectNode {
  const { position } = reader;
  reader.expect("select");
  const distinct = reader.accept("distinct");
  if (!distinct) reader.accept("all");
  const distinctOn =
    distinct && reader.accept("on")
      ? reader.parenthesized(() => reader.list(() => parseExpression(reader)))
      : [];
  const items = atItems(reader) ? parseSelectItems(reader) : [];
  const from = reader.accept("from") ? reader.list(() => parseFrom(reader)) : [];
  const where = reader.accept("where") ? parseExpression(reader) : undefined;
  const grouped = reader.accept("group", "by");
  const groupByDistinct = grouped && reader.accept("distinct");
  if (grouped && !groupByDistinct) reader.accept("all");
  const groupBy = grouped ? reader.list(() => parseGrouping(reader)) : [];
  const having = reader.accept("having") ? parseExpression(reader) : undefined;
  const windows = reader.accept("window") ? reader.list(() => parseNamedWindow(reader)) : [];
  return {
    kind: "select",
    distinct,
    distinctOn,
    items,
    from,
    ...(where !== undefined && { where }),
    groupBy,
    groupByDistinct,
    ...(having !== undefined && { having }),
    windows,
    position,
  };
}

const AFTER_ITEMS: ReadonlySet<string> = new Set([
  "from",
  "where",
  "group",
  "having",
  "window",
  "union",
  "intersect",
  "except",
  "order",
  "limit",
  "offset",
  "fetch",
]);

/** PostgreSQL allows a select list of nothing. */
function atItems(reader: TokenReader): boolean {
  return !(
    reader.atEnd ||
    reader.atSymbol(")") ||
    reader.atSymbol(";") ||
    reader.atAny(AFTER_ITEMS)
  );
}

const SELECT_ITEMS: ListLimit = {
  count: MAX_SELECT_ITEMS,
  error: (position) => {
    const message = `target lists can have at most ${MAX_SELECT_ITEMS} entries`;
    return new AegisError("LIMIT_EXCEEDED", message, { position, sqlState: "54011" });
  },
};

function parseSelectItems(reader: TokenReader): SelectItem[] {
  return reader.list(() => parseSelectItem(reader), SELECT_ITEMS);
}

/** Also an item of RETURNING. */
function parseSelectItem(reader: TokenReader): SelectItem {
  const { position } = reader;
  const expression = parseExpression(reader);
  if (expression.kind === "default") throw reader.error();
  if (reader.accept("as")) return { expression, alias: reader.label(), position };
  const { kind, text } = reader.peek();
  if (kind === Quoted || (kind === Word && !NEEDS_AS.has(text))) {
    return { expression, alias: reader.next().text, position };
  }
  return { expression, position };
}

/** RETURNING, if it comes next. */
export function parseReturning(reader: TokenReader): SelectItem[] {
  return reader.accept("returning") ? parseSelectItems(reader) : [];
}

function parseNamedWindow(reader: TokenReader): NamedWindow {
  const { position } = reader;
  const name = reader.name();
  reader.expect("as");
  return { name, window: parseWindow(reader), position };
}

function parseGrouping(reader: TokenReader): GroupingNode {
  const { position } = reader;
  if (reader.accept("grouping", "sets")) {
    const items = reader.nested(() =>
      reader.parenthesized(() => reader.list(() => parseGrouping(reader))),
    );
    return { kind: "sets", items, position };
  }
  if ((reader.at("rollup") || reader.at("cube")) && reader.atSymbol("(", 1)) {
    const kind = reader.next().text === "cube" ? "cube" : "rollup";
    const items = reader.parenthesized(() => reader.list(() => parseGroupingItem(reader)));
    return { kind, items, position };
  }
  return { kind: "expressions", items: parseGroupingItem(reader) };
}

/** `a`, `(a, b)` or `()`. */
function parseGroupingItem(reader: TokenReader): readonly ExpressionNode[] {
  if (reader.atSymbol("(") && reader.atSymbol(")", 1)) {
    reader.next();
    reader.next();
    return [];
  }
  const expression = parseExpression(reader);
  return expression.kind === "row" ? expression.items : [expression];
}
