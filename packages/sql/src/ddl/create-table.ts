import { AegisError } from "../contract/errors.js";
import type { TableInfo } from "../contract/source.js";
import type { CreateTableStatement } from "../parser/ast.js";
import {
  addColumn,
  addConstraints,
  type ColumnSequence,
  createColumnSequences,
  tableConstraints,
  validateColumn,
} from "./columns.js";
import type { DefinitionContext } from "./context.js";
import { emptyDefinition, TableDraft } from "./draft.js";
import { assertNewColumn, LikeSource } from "./like.js";
import { nameForCreation, relationExists, relationNames } from "./names.js";

const MAX_COLUMNS = 1600;

export function createTable(statement: CreateTableStatement, context: DefinitionContext): void {
  const name = nameForCreation(statement.table, context);
  if (relationNames(context.sink, name.schema).has(name.name)) {
    if (!statement.ifNotExists) throw relationExists(name.name);
    context.notice(`relation "${name.name}" already exists, skipping`);
    return;
  }
  noteTemporary(statement.temporary, name.name, context);
  const draft = new TableDraft(emptyDefinition(name.schema, name.name), context);
  draft.names.take(name.name);
  const likes = statement.likes.map((like) => new LikeSource(like, draft, context));
  const sequences = addColumns(draft, statement, likes);
  for (const column of statement.columns) validateColumn(draft, column, context);
  const constraints = [
    ...statement.columns.flatMap((column) => tableConstraints(column)),
    ...statement.constraints,
  ];
  for (const like of likes) like.addChecks();
  addConstraints(draft, constraints, context);
  for (const like of likes) like.addIndexes();
  const table: TableInfo = context.sink.createTable(draft.definition);
  createColumnSequences(table.id, sequences, context);
}

function addColumns(
  draft: TableDraft,
  { columns }: CreateTableStatement,
  likes: readonly LikeSource[],
): ColumnSequence[] {
  const sequences: ColumnSequence[] = [];
  for (let at = 0; at <= columns.length; at++) {
    for (const like of likes) if (like.at === at) sequences.push(...like.addColumns());
    const column = columns[at];
    if (column === undefined) break;
    assertNewColumn(draft, column.name, column.position);
    const sequence = addColumn(draft, column);
    if (sequence !== undefined) sequences.push(sequence);
  }
  if (draft.columns.length > MAX_COLUMNS) {
    const message = `tables can have at most ${MAX_COLUMNS} columns`;
    throw new AegisError("LIMIT_EXCEEDED", message, { sqlState: "54011" });
  }
  return sequences;
}

/** Who asks for a temporary table should know that it stays. */
export function noteTemporary(temporary: boolean, name: string, context: DefinitionContext): void {
  if (!temporary) return;
  context.notice(`relation "${name}" is not temporary: it is kept until it is dropped`);
}
