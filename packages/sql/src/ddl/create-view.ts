import { AegisError } from "../contract/errors.js";
import type { ViewInfo } from "../contract/source.js";
import { bindQuery } from "../binder/index.js";
import type { CreateViewStatement, RefreshStatement } from "../parser/ast.js";
import { typeText } from "../types/names.js";
import type { DefinitionContext } from "./context.js";
import { noteTemporary } from "./create-table.js";
import { findRelation, missingRelation, wrongKind } from "./lookup.js";
import { withoutStars } from "./view-stars.js";
import { nameForCreation, relationExists, relationNames } from "./names.js";

export function createView(statement: CreateViewStatement, context: DefinitionContext): void {
  const { sink, registry, searchPath } = context;
  const name = nameForCreation(statement.view, context);
  const existing = sink.view(name.schema, name.name);
  if (relationNames(sink, name.schema).has(name.name)) {
    if (statement.ifNotExists) {
      context.notice(`relation "${name.name}" already exists, skipping`);
      return;
    }
    if (existing === undefined || !statement.replace) throw relationExists(name.name);
  }
  noteTemporary(statement.temporary, name.name, context);
  const bound = bindQuery(statement.query, { source: sink, registry, paramTypes: [], searchPath });
  if (bound.params.length > 0) {
    throw new AegisError("PARSE_ERROR", "views must not contain parameters", {
      position: statement.position,
    });
  }
  const columns = namedColumns(statement, bound.plan.output);
  const view: ViewInfo = { ...name, columns, sql: withoutStars(statement.text, context) };
  if (existing !== undefined) assertReplaces(existing, view);
  sink.createView(view, existing !== undefined);
  if (!statement.materialized) return;
  context.notice(`"${name.name}" is a view like others: it always has the rows of its query`);
}

export function refreshView({ view }: RefreshStatement, context: DefinitionContext): void {
  const relation = findRelation(view, context);
  if (relation === undefined) throw missingRelation(view);
  if (relation.kind !== "view") throw wrongKind(view, relation.kind, "view");
  const { name } = relation.view;
  context.notice(`"${name}" always has the rows of its query: there is nothing to refresh`);
}

function namedColumns(
  { columns: names, position }: CreateViewStatement,
  output: ViewInfo["columns"],
): ViewInfo["columns"] {
  if (names.length > output.length) {
    const message = "CREATE VIEW specifies more column names than columns";
    throw new AegisError("PARSE_ERROR", message, { position });
  }
  const columns = output.map(({ name, type }, i) => ({ name: names[i] ?? name, type }));
  columns.forEach(({ name }, i) => {
    if (columns.findIndex((column) => column.name === name) === i) return;
    const message = `column "${name}" specified more than once`;
    throw new AegisError("COLUMN_EXISTS", message, { position, column: name });
  });
  return columns;
}

/** A replaced view keeps its columns and may get more behind them. */
function assertReplaces(before: ViewInfo, after: ViewInfo): void {
  if (after.columns.length < before.columns.length) {
    throw new AegisError("INVALID_DEFINITION", "cannot drop columns from view");
  }
  before.columns.forEach((column, i) => {
    const other = after.columns[i]!;
    if (column.name !== other.name) {
      const message = `cannot change name of view column "${column.name}" to "${other.name}"`;
      throw new AegisError("INVALID_DEFINITION", message, {
        hint: "Use ALTER VIEW ... RENAME COLUMN ... to change name of view column instead.",
      });
    }
    const [from, to] = [typeText(column.type), typeText(other.type)];
    if (from === to) return;
    const message = `cannot change data type of view column "${column.name}" from ${from} to ${to}`;
    throw new AegisError("INVALID_DEFINITION", message);
  });
}
