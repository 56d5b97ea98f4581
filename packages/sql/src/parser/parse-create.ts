import type {
  CreateIndexStatement,
  CreateSchemaStatement,
  CreateViewStatement,
  DefinitionStatement,
  SortItem,
} from "./ast.js";
import { parseExpression } from "./parse-expression.js";
import { parseQuery } from "./parse-query.js";
import { parseObjectName } from "./parse-select.js";
import { parseSequence } from "./parse-sequence.js";
import { parseCreateTable, parseNullsNotDistinct } from "./parse-table.js";
import { parseSortOrder } from "./parse-window.js";
import type { TokenReader } from "./reader.js";

export function parseCreate(reader: TokenReader): DefinitionStatement {
  const { position } = reader;
  reader.expect("create");
  const replace = reader.accept("or", "replace");
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
  reader.expect("as");
  const { start } = reader.peek();
  const query = parseQuery(reader);
  const text = reader.textFrom(start);
  if (base.materialized) reader.accept("with", "data");
  return { kind: "createView", ...base, ifNotExists, view, columns, query, text };
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
