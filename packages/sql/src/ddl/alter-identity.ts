import { AegisError } from "../contract/errors.js";
import type { ColumnInfo, TableInfo } from "../contract/source.js";
import type { AlterAction } from "../parser/ast.js";
import { assertIdentityType, columnSequenceOptions } from "./columns.js";
import type { DefinitionContext } from "./context.js";
import { currentTable, requireColumn } from "./lookup.js";
import { NameChooser, nameForCreation, sequenceKey } from "./names.js";
import { changeSequence, newSequence, nextvalSql, ownedSequences } from "./sequences.js";

type AddIdentity = Extract<AlterAction, { kind: "addIdentity" | "setIdentity" }>;
type DropIdentity = Extract<AlterAction, { kind: "dropIdentity" | "dropExpression" }>;

export function addIdentity(
  table: TableInfo,
  action: AddIdentity,
  context: DefinitionContext,
): void {
  const { position, options } = action;
  const column = requireColumn(table, action.column, position);
  const info = table.columns[column]!;
  const what = `column "${info.name}" of relation "${table.name}"`;
  if (!info.notNull) {
    throw unready(`${what} must be declared NOT NULL before identity can be added`, position);
  }
  if (info.identity !== undefined) throw unready(`${what} is already an identity column`, position);
  if (info.defaultSql !== undefined) throw unready(`${what} already has a default value`, position);
  assertIdentityType(info.type, position);
  const name =
    options.sequenceName === undefined
      ? {
          schema: table.schema,
          name: new NameChooser(context.sink, table.schema).choose(table.name, info.name, "seq"),
        }
      : nameForCreation({ path: options.sequenceName, position }, context);
  const key = sequenceKey(name);
  const ownedBy = { tableId: table.id, column: info.name };
  context.sink.createSequence(
    newSequence(key, { ...columnSequenceOptions(info.type), ...options }, ownedBy),
  );
  const identity = action.always === true ? "always" : "byDefault";
  setColumn(table, column, { identity, defaultSql: nextvalSql(key) }, context);
}

export function setIdentity(
  table: TableInfo,
  action: AddIdentity,
  context: DefinitionContext,
): void {
  const column = requireColumn(table, action.column, action.position);
  const info = table.columns[column]!;
  if (info.identity === undefined) throw notIdentity(table, info, action.position);
  if (action.always !== undefined) {
    setColumn(table, column, { identity: action.always ? "always" : "byDefault" }, context);
  }
  for (const sequence of ownedSequences(table, info.name, context)) {
    changeSequence(sequence, action.options, sequence.ownedBy, context);
  }
}

export function dropIdentity(
  table: TableInfo,
  { column: name, ifExists, position }: DropIdentity,
  context: DefinitionContext,
): void {
  const column = requireColumn(table, name, position);
  const info = table.columns[column]!;
  if (info.identity === undefined) {
    const error = notIdentity(table, info, position);
    if (!ifExists) throw error;
    context.notice(`${error.message}, skipping`);
    return;
  }
  const sequences = ownedSequences(table, name, context);
  setColumn(table, column, { identity: undefined, defaultSql: undefined }, context);
  for (const sequence of sequences) context.sink.dropSequence(sequence.name);
}

/** The column keeps the values that were generated. */
export function dropExpression(
  table: TableInfo,
  { column: name, ifExists, position }: DropIdentity,
  context: DefinitionContext,
): void {
  const column = requireColumn(table, name, position);
  if (table.columns[column]!.generatedSql === undefined) {
    const message = `column "${name}" of relation "${table.name}" is not a generated column`;
    if (!ifExists) throw unready(message, position);
    context.notice(`${message}, skipping`);
    return;
  }
  setColumn(table, column, { generatedSql: undefined }, context);
}

function setColumn(
  table: TableInfo,
  column: number,
  part: Partial<ColumnInfo>,
  context: DefinitionContext,
): void {
  const info = { ...table.columns[column]!, ...part };
  const change = { kind: "alterColumn", column, info, convert: undefined } as const;
  context.sink.alterTable(currentTable(table, context), change);
}

function notIdentity(table: TableInfo, { name }: ColumnInfo, position: number): AegisError {
  return unready(
    `column "${name}" of relation "${table.name}" is not an identity column`,
    position,
  );
}

function unready(message: string, position: number): AegisError {
  return new AegisError("INVALID_DEFINITION", message, { sqlState: "55000", position });
}
