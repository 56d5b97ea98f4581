import type {
  Assignment,
  ColumnName,
  DeleteStatement,
  ExpressionNode,
  InsertStatement,
  OnConflict,
  SortItem,
  UpdateStatement,
  WithClause,
} from "./ast.js";
import { parseExpression } from "./parse-expression.js";
import { parseFrom } from "./parse-from.js";
import { parseQuery } from "./parse-query.js";
import { parseObjectName, parseReturning } from "./parse-select.js";
import { parseSortOrder } from "./parse-window.js";
import type { TokenReader } from "./reader.js";

type With = WithClause | undefined;

export function parseInsert(reader: TokenReader, clause: With, position: number): InsertStatement {
  reader.expect("insert", "into");
  const table = parseObjectName(reader);
  const alias = reader.accept("as") ? reader.name() : undefined;
  const columns = atColumns(reader) ? parseColumnNames(reader) : undefined;
  const overriding = parseOverriding(reader);
  const source = reader.accept("default", "values") ? undefined : parseQuery(reader);
  const onConflict = reader.accept("on") ? parseOnConflict(reader) : undefined;
  return {
    kind: "insert",
    ...(clause !== undefined && { with: clause }),
    table,
    ...(alias !== undefined && { alias }),
    ...(columns !== undefined && { columns }),
    ...(overriding !== undefined && { overriding }),
    ...(source !== undefined && { source }),
    ...(onConflict !== undefined && { onConflict }),
    returning: parseReturning(reader),
    position,
  };
}

/** A parenthesis after the table may also begin the query. */
function atColumns(reader: TokenReader): boolean {
  if (!reader.atSymbol("(") || !reader.atName(1)) return false;
  return reader.peek(1).text !== "values" || !reader.atSymbol("(", 2);
}

function parseColumnNames(reader: TokenReader): ColumnName[] {
  return reader.parenthesized(() =>
    reader.list(() => {
      const { position } = reader;
      return { name: reader.name(), position };
    }),
  );
}

function parseOverriding(reader: TokenReader): "system" | "user" | undefined {
  if (!reader.accept("overriding")) return undefined;
  const whose = reader.expectOneOf("system", "user") as "system" | "user";
  reader.expect("value");
  return whose;
}

function parseOnConflict(reader: TokenReader): OnConflict {
  const { position } = reader;
  reader.expect("conflict");
  const target = reader.atSymbol("(")
    ? reader.parenthesized(() => reader.list(() => parseTargetItem(reader)))
    : [];
  const targetWhere =
    target.length > 0 && reader.accept("where") ? parseExpression(reader) : undefined;
  const constraint =
    target.length === 0 && reader.accept("on", "constraint") ? reader.name() : undefined;
  const base = {
    target,
    ...(targetWhere !== undefined && { targetWhere }),
    ...(constraint !== undefined && { constraint }),
    position,
  };
  reader.expect("do");
  if (reader.accept("nothing")) return { ...base, action: "nothing", assignments: [] };
  reader.expect("update", "set");
  const assignments = parseAssignments(reader);
  const where = reader.accept("where") ? parseExpression(reader) : undefined;
  return { ...base, action: "update", assignments, ...(where !== undefined && { where }) };
}

function parseTargetItem(reader: TokenReader): SortItem {
  const { position } = reader;
  return { ...parseSortOrder(reader, parseExpression(reader)), position };
}

function parseAssignments(reader: TokenReader): Assignment[] {
  return reader.list(() => {
    const { position } = reader;
    const columns = reader.atSymbol("(") ? reader.names() : [reader.name()];
    const field = columns.length === 1 && reader.acceptSymbol(".") ? reader.label() : undefined;
    reader.expectSymbol("=");
    const value = parseExpression(reader);
    return { columns, ...(field !== undefined && { field }), value, position };
  });
}

interface Target {
  readonly table: UpdateStatement["table"];
  readonly alias?: string;
}

/** The table of UPDATE and DELETE; SET cannot be its alias without AS. */
function parseTarget(reader: TokenReader): Target {
  reader.accept("only");
  const table = parseObjectName(reader);
  reader.acceptSymbol("*");
  const aliased = reader.accept("as") || (reader.atName() && !reader.at("set"));
  return aliased ? { table, alias: reader.name() } : { table };
}

function parseWhere(reader: TokenReader): { readonly where?: ExpressionNode } {
  return reader.accept("where") ? { where: parseExpression(reader) } : {};
}

export function parseUpdate(reader: TokenReader, clause: With, position: number): UpdateStatement {
  reader.expect("update");
  const target = parseTarget(reader);
  reader.expect("set");
  const assignments = parseAssignments(reader);
  const from = reader.accept("from") ? reader.list(() => parseFrom(reader)) : [];
  return {
    kind: "update",
    ...(clause !== undefined && { with: clause }),
    ...target,
    assignments,
    from,
    ...parseWhere(reader),
    returning: parseReturning(reader),
    position,
  };
}

export function parseDelete(reader: TokenReader, clause: With, position: number): DeleteStatement {
  reader.expect("delete", "from");
  const target = parseTarget(reader);
  const using = reader.accept("using") ? reader.list(() => parseFrom(reader)) : [];
  return {
    kind: "delete",
    ...(clause !== undefined && { with: clause }),
    ...target,
    using,
    ...parseWhere(reader),
    returning: parseReturning(reader),
    position,
  };
}
