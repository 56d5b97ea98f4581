import type {
  CreateIndexStatement,
  CreateSchemaStatement,
  CreateViewStatement,
  DefinitionStatement,
  RefreshStatement,
  SortItem,
} from "./ast.js";
import { refuseAbsentKind } from "./parse-absent.js";
import { parseExpression } from "./parse-expression.js";
import { parseQuery } from "./parse-query.js";
import { parseObjectName } from "./parse-select.js";
import { parseSequence } from "./parse-sequence.js";
import { noteSkipped, skipStorage, skipTableStorage } from "./parse-storage.js";
import { parseCreateTable, parseNullsNotDistinct } from "./parse-table.js";
import { parseSortOrder } from "./parse-window.js";
import type { TokenReader } from "./reader.js";

export function parseCreate(reader: TokenReader): DefinitionStatement {
  const { position } = reader;
  reader.expect("create");
  const replace = reader.accept("or", "replace");
  refuseAbsentKind(reader, position);
  if (!replace) {
    if (reader.at("unique") || reader.at("index")) return parseIndex(reader, position);
    if (reader.accept("schema")) return parseSchema(reader, position);
  }
  const temporary = reader.accept("temporary") || reader.accept("temp");
  if (!temporary && !replace) reader.accept("unlogged");
  if (!replace && reader.accept("table")) return parseCreateTable(reader, temporary, position);
  if (!replace && reader.accept("sequence")) {
    return parseSequence(reader, "createSequence", position);
  }
  const materialized = !replace && reader.accept("materialized");
  if (!reader.accept("view")) {
    throw reader.error(["table", "view", "index", "sequence", "schema"]);
  }
  return parseView(reader, { replace, temporary, materialized, position });
}

/** `REFRESH MATERIALIZED VIEW v`, which has the rows of its query at any time. */
export function parseRefresh(reader: TokenReader): RefreshStatement {
  const { position } = reader;
  reader.expect("refresh", "materialized", "view");
  reader.accept("concurrently");
  const view = parseObjectName(reader);
  if (!reader.accept("with", "no", "data")) reader.accept("with", "data");
  return { kind: "refresh", view, position };
}

function parseSchema(reader: TokenReader, position: number): CreateSchemaStatement {
  const ifNotExists = reader.accept("if", "not", "exists");
  const name = reader.name();
  if (reader.accept("authorization")) reader.label();
  return { kind: "createSchema", name, ifNotExists, position };
}

function parseView(
  reader: TokenReader,
  base: Pick<CreateViewStatement, "replace" | "temporary" | "materialized" | "position">,
): CreateViewStatement {
  const ifNotExists = reader.accept("if", "not", "exists");
  const view = parseObjectName(reader);
  const columns = reader.atSymbol("(") ? reader.names() : [];
  skipTableStorage(reader);
  reader.expect("as");
  const { start } = reader.peek();
  const query = parseQuery(reader);
  const text = reader.textFrom(start);
  if (base.materialized && !reader.accept("with", "no", "data")) reader.accept("with", "data");
  skipCheckOption(reader);
  return { kind: "createView", ...base, ifNotExists, view, columns, query, text };
}

/** Views are for reading, so that there are no rows to check. */
function skipCheckOption(reader: TokenReader): void {
  const { start } = reader.peek();
  if (!reader.accept("with")) return;
  if (!reader.accept("local")) reader.accept("cascaded");
  reader.expect("check", "option");
  noteSkipped(reader, start, "views are for reading");
}

function parseIndex(reader: TokenReader, position: number): CreateIndexStatement {
  const unique = reader.accept("unique");
  reader.expect("index");
  reader.accept("concurrently");
  const ifNotExists = reader.accept("if", "not", "exists");
  const name = reader.at("on") ? undefined : reader.name();
  reader.expect("on");
  reader.accept("only");
  const table = parseObjectName(reader);
  const method = reader.accept("using") ? reader.name() : undefined;
  const items = reader.parenthesized(() => reader.list(() => parseIndexItem(reader)));
  const include = reader.accept("include") ? reader.names() : [];
  const nullsNotDistinct = parseNullsNotDistinct(reader);
  skipStorage(reader);
  const where = reader.accept("where") ? parseExpression(reader) : undefined;
  return {
    kind: "createIndex",
    ...(name !== undefined && { name }),
    ifNotExists,
    unique,
    nullsNotDistinct,
    table,
    ...(method !== undefined && { method }),
    items,
    include,
    ...(where !== undefined && { where }),
    position,
  };
}

/** The operator class that may stand between key and order says nothing to us. */
function parseIndexItem(reader: TokenReader): SortItem {
  const { position } = reader;
  const expression = parseExpression(reader);
  if (reader.atName() && !reader.at("nulls")) reader.path();
  return { ...parseSortOrder(reader, expression), position };
}
