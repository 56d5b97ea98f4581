import type {
  CommonTable,
  ExpressionNode,
  LockingClause,
  QueryBody,
  QueryNode,
  SetOperationNode,
  ValuesNode,
  WithClause,
} from "./ast.js";
import { AegisError } from "../contract/index.js";
import { MAX_OPERATOR_CHAIN } from "./limits.js";
import { parseExpression, parseOperand } from "./parse-expression.js";
import { parseDelete, parseInsert, parseUpdate } from "./parse-modify.js";
import { parseObjectName, parseSelect } from "./parse-select.js";
import { parseSortItems } from "./parse-window.js";
import type { TokenReader } from "./reader.js";

const TAIL: ReadonlySet<string> = new Set([
  "union",
  "intersect",
  "except",
  "order",
  "limit",
  "offset",
  "fetch",
]);

/** Whether what comes next continues a query that stood in parentheses. */
export function atQueryTail(reader: TokenReader): boolean {
  return reader.atAny(TAIL);
}

/** A query around a body, with nothing else yet. */
export function queryOf(body: QueryBody, position: number): QueryNode {
  return { kind: "query", body, orderBy: [], withTies: false, locking: [], position };
}

export function parseQuery(reader: TokenReader): QueryNode {
  return reader.nested(() => {
    const { position } = reader;
    const clause = parseWith(reader);
    return parseQueryAfterWith(reader, clause, position);
  });
}

export function parseQueryAfterWith(
  reader: TokenReader,
  clause: WithClause | undefined,
  position: number,
): QueryNode {
  const query = parseQueryTail(reader, queryOf(parsePrimaryBody(reader), position));
  return clause === undefined ? query : { ...query, with: clause };
}

/** Set operations, order and limits behind the first body of a query. */
export function parseQueryTail(reader: TokenReader, start: QueryNode): QueryNode {
  const body = parseSetOperations(reader, start.body, false);
  const orderBy = reader.at("order") ? parseSortItems(reader) : [];
  const bounds = parseBounds(reader);
  const locking: LockingClause[] = [];
  while (reader.at("for")) locking.push(parseLocking(reader));
  const late = locking.length > 0 && bounds.limit === undefined ? parseBounds(reader) : bounds;
  const query = { ...start, body, orderBy, ...bounds, ...late, locking };
  const bare = orderBy.length === 0 && locking.length === 0 && body === start.body;
  // Parentheses around a whole query change nothing, and would only deepen the tree.
  const inner = bare && body.kind === "query" && query.limit === undefined;
  return inner && query.offset === undefined && start.with === undefined ? body : query;
}

/** INTERSECT binds tighter than UNION and EXCEPT, which bind alike from the left. */
function parseSetOperations(reader: TokenReader, first: QueryBody, tight: boolean): QueryBody {
  let left = first;
  for (let length = 0; ; length += 1) {
    const { position } = reader;
    const operator = setOperator(reader, tight);
    if (operator === undefined) return left;
    if (length > MAX_OPERATOR_CHAIN) {
      throw new AegisError("NESTING_TOO_DEEP", "too many set operations in a row", { position });
    }
    reader.next();
    const all = reader.accept("all");
    if (!all) reader.accept("distinct");
    const right = parsePrimaryBody(reader);
    const whole = operator === "intersect" ? right : parseSetOperations(reader, right, true);
    left = { kind: "setOperation", operator, all, left, right: whole, position };
  }
}

function setOperator(
  reader: TokenReader,
  tight: boolean,
): SetOperationNode["operator"] | undefined {
  if (reader.at("intersect")) return "intersect";
  if (tight) return undefined;
  if (reader.at("union")) return "union";
  return reader.at("except") ? "except" : undefined;
}

function parsePrimaryBody(reader: TokenReader): QueryBody {
  const { position } = reader;
  if (reader.atSymbol("(")) return reader.parenthesized(() => parseQuery(reader));
  if (reader.at("values")) return parseValues(reader);
  if (!reader.accept("table")) return parseSelect(reader);
  const only = reader.accept("only");
  const table = { kind: "table", ...parseObjectName(reader), only, columns: [] } as const;
  return {
    kind: "select",
    distinct: false,
    distinctOn: [],
    items: [{ expression: { kind: "star", qualifier: [], position }, position }],
    from: [table],
    groupBy: [],
    groupByDistinct: false,
    windows: [],
    position,
  };
}

function parseValues(reader: TokenReader): ValuesNode {
  const { position } = reader;
  reader.expect("values");
  const rows = reader.list(() =>
    reader.parenthesized(() => reader.list(() => parseExpression(reader))),
  );
  return { kind: "values", rows, position };
}

interface Bounds {
  readonly limit?: ExpressionNode;
  readonly offset?: ExpressionNode;
  readonly withTies: boolean;
}

/** LIMIT, OFFSET and FETCH in any order. */
function parseBounds(reader: TokenReader): Bounds {
  let bounds: Bounds = { withTies: false };
  for (;;) {
    if (reader.accept("limit")) {
      if (reader.accept("all")) continue;
      bounds = { ...bounds, limit: parseExpression(reader) };
      if (reader.acceptSymbol(",")) throw reader.error();
    } else if (reader.accept("offset")) {
      bounds = { ...bounds, offset: parseExpression(reader) };
      if (!reader.accept("rows")) reader.accept("row");
    } else if (reader.accept("fetch")) {
      bounds = { ...bounds, ...parseFetch(reader) };
    } else return bounds;
  }
}

function parseFetch(reader: TokenReader): Bounds {
  reader.expectOneOf("first", "next");
  const { position } = reader;
  const one = reader.at("row") || reader.at("rows");
  const limit: ExpressionNode = one
    ? { kind: "number", text: "1", position }
    : parseOperand(reader);
  reader.expectOneOf("row", "rows");
  const withTies = reader.accept("with", "ties");
  if (!withTies) reader.expect("only");
  return { limit, withTies };
}

function parseLocking(reader: TokenReader): LockingClause {
  const { position } = reader;
  reader.expect("for");
  let strength: LockingClause["strength"] = "update";
  if (reader.accept("no", "key", "update")) strength = "no key update";
  else if (reader.accept("key", "share")) strength = "key share";
  else if (reader.expectOneOf("update", "share") === "share") strength = "share";
  const of = reader.accept("of") ? reader.list(() => parseObjectName(reader)) : [];
  let wait: LockingClause["wait"] = "wait";
  if (reader.accept("nowait")) wait = "nowait";
  else if (reader.accept("skip", "locked")) wait = "skip locked";
  return { strength, of, wait, position };
}

/** WITH, if it comes next. */
export function parseWith(reader: TokenReader): WithClause | undefined {
  const { position } = reader;
  if (!reader.accept("with")) return undefined;
  const recursive = reader.accept("recursive");
  const tables = reader.list(() => parseCommonTable(reader));
  return { recursive, tables, position };
}

function parseCommonTable(reader: TokenReader): CommonTable {
  const { position } = reader;
  const name = reader.name();
  const columns = reader.atSymbol("(") ? reader.names() : [];
  reader.expect("as");
  const not = reader.accept("not");
  const said = not || reader.at("materialized");
  if (said) reader.expect("materialized");
  const body = reader.parenthesized(() => parseCommonBody(reader));
  return { name, columns, ...(said && { materialized: !not }), body, position };
}

function parseCommonBody(reader: TokenReader): CommonTable["body"] {
  return reader.nested(() => {
    const { position } = reader;
    const clause = parseWith(reader);
    if (reader.at("insert")) return parseInsert(reader, clause, position);
    if (reader.at("update")) return parseUpdate(reader, clause, position);
    if (reader.at("delete")) return parseDelete(reader, clause, position);
    return parseQueryAfterWith(reader, clause, position);
  });
}
