import { AegisError } from "../contract/errors.js";
import type { ForeignKeyInfo, TableInfo } from "../contract/source.js";
import { batchDatums } from "../executor/column.js";
import { compileRow } from "../executor/expression/index.js";
import { ReferenceGraph } from "../modify/reference-graph.js";
import { ReferenceKeeper } from "../modify/references.js";
import { RowForm } from "../modify/row-form.js";
import { bindCheck, parseStored, rowColumns } from "../binder/modify/stored-expressions.js";
import type { Datum } from "../types/datum.js";
import { type DefinitionContext, executionContext } from "./context.js";
import { newStatement } from "./expressions.js";

/** All rows of a table as datums. The table must not be written to meanwhile. */
function* tableRows(
  table: TableInfo,
  { sink }: DefinitionContext,
): Generator<readonly Datum[], void> {
  const columns = table.columns.map((_, i) => i);
  for (const batch of sink.scan(table, { columns })) {
    const datums = batchDatums(batch, table.columns);
    for (let j = 0; j < batch.selected; j++) {
      const at = batch.selection === null ? j : batch.selection[j]!;
      yield datums.map((column) => column[at]!);
    }
  }
}

/** Throws where a row has a NULL in the column. */
export function assertNoNulls(table: TableInfo, column: number, context: DefinitionContext): void {
  for (const batch of context.sink.scan(table, { columns: [column] })) {
    const { nulls } = batch.columns[0]!;
    if (nulls === null) continue;
    for (let j = 0; j < batch.selected; j++) {
      const at = batch.selection === null ? j : batch.selection[j]!;
      if (nulls[at] === 1) throw containsNulls(table, column);
    }
  }
}

export function containsNulls(table: TableInfo, column: number): AegisError {
  const { name } = table.columns[column]!;
  const message = `column "${name}" of relation "${table.name}" contains null values`;
  return new AegisError("NOT_NULL_VIOLATION", message, { table: table.name, column: name });
}

/** Throws where a row fails the check. */
export function assertCheckHolds(
  table: TableInfo,
  check: { readonly name: string; readonly sql: string },
  context: DefinitionContext,
): void {
  const statement = newStatement(context);
  const row = rowColumns(statement, table);
  const test = compileRow(bindCheck(statement, table, row, parseStored(check.sql)), row);
  const execution = executionContext(context);
  for (const datums of tableRows(table, context)) {
    if (test(datums, execution) !== false) continue;
    const message = `check constraint "${check.name}" of relation "${table.name}" is violated by some row`;
    throw new AegisError("CHECK_VIOLATION", message, {
      table: table.name,
      constraint: check.name,
    });
  }
}

/** Throws where a row refers to none of the parent. */
export function assertReferencesHold(
  table: TableInfo,
  key: ForeignKeyInfo,
  context: DefinitionContext,
): void {
  const parent = context.sink.table(key.refSchema, key.refTable)!;
  const child = { table, row: [], generated: [], checks: [], defaults: [] };
  const graph = new ReferenceGraph([{ key, parent, child }]);
  const keeper = new ReferenceKeeper(graph, executionContext(context));
  const form = new RowForm(table);
  for (const datums of tableRows(table, context)) keeper.inserted(table, form.store(datums));
  keeper.finish();
}
