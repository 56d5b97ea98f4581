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
  const sequences = addColumns(draft, statement);
  for (const column of statement.columns) validateColumn(draft, column, context);
  const constraints = [
    ...statement.columns.flatMap((column) => tableConstraints(column)),
    ...statement.constraints,
  ];
  addConstraints(draft, constraints, context);
  const table: TableInfo = context.sink.createTable(draft.definition);
  createColumnSequences(table.id, sequences, context);
}

function addColumns(draft: TableDraft, { columns }: CreateTableStatement): ColumnSequence[] {
  if (columns.length > MAX_COLUMNS) {
    const message = `tables can have at most ${MAX_COLUMNS} columns`;
    throw new AegisError("LIMIT_EXCEEDED", message, { sqlState: "54011" });
  }
  const sequences: ColumnSequence[] = [];
  for (const column of columns) {
    assertNewColumn(draft, column.name, column.position);
    const sequence = addColumn(draft, column);
    if (sequence !== undefined) sequences.push(sequence);
  }
  return sequences;
}

function assertNewColumn(draft: TableDraft, name: string, position: number): void {
  if (!draft.columns.some((column) => column.name === name)) return;
  const message = `column "${name}" specified more than once`;
  throw new AegisError("COLUMN_EXISTS", message, { position, column: name });
}

/** Who asks for a temporary table should know that it stays. */
export function noteTemporary(temporary: boolean, name: string, context: DefinitionContext): void {
  if (!temporary) return;
  context.notice(`relation "${name}" is not temporary: it is kept until it is dropped`);
}
