import { AegisError } from "../contract/errors.js";
import type { ColumnInfo } from "../contract/source.js";
import { bindQuery } from "../binder/index.js";
import { batchDatums } from "../executor/column.js";
import { runPlan } from "../executor/driver.js";
import { compilePlan } from "../executor/index.js";
import { checkLimits } from "../executor/run-limits.js";
import { RowForm } from "../modify/row-form.js";
import type { CreateTableAsStatement } from "../parser/ast.js";
import { optimize } from "../planner/index.js";
import type { Datum } from "../types/datum.js";
import { type DefinitionContext, executionContext } from "./context.js";
import { noteTemporary } from "./create-table.js";
import { emptyDefinition } from "./draft.js";
import { nameForCreation, relationExists, relationNames } from "./names.js";

/** What a row that waits to be written is taken to need, beside its values. */
const BYTES_A_ROW = 64;
const BYTES_A_VALUE = 16;
/** Rows written between two looks at deadline and signal. */
const ROWS_A_CHECK = 2048;

/** Gives how many rows the new table has. */
export function createTableAs(
  statement: CreateTableAsStatement,
  context: DefinitionContext,
): number {
  const { sink, registry, searchPath } = context;
  const name = nameForCreation(statement.table, context);
  if (relationNames(sink, name.schema).has(name.name)) {
    if (!statement.ifNotExists) throw relationExists(name.name);
    context.notice(`relation "${name.name}" already exists, skipping`);
    return 0;
  }
  noteTemporary(statement.temporary, name.name, context);
  const bound = bindQuery(statement.query, { source: sink, registry, paramTypes: [], searchPath });
  const plan = compilePlan(optimize(bound.plan, sink));
  const columns = newColumns(statement, plan.columns);
  const rows: Datum[][] = [];
  const run = executionContext(context);
  if (statement.withData) {
    runPlan(plan, run, (batch) => {
      run.memory.reserve(batch.selected * (BYTES_A_ROW + BYTES_A_VALUE * columns.length));
      const datums = batchDatums(batch, plan.columns);
      for (let j = 0; j < batch.selected; j++) {
        const at = batch.selection === null ? j : batch.selection[j]!;
        rows.push(datums.map((column) => column[at]!));
      }
    });
  }
  const table = sink.createTable({ ...emptyDefinition(name.schema, name.name), columns });
  const form = new RowForm(table);
  for (const [i, row] of rows.entries()) {
    if (i % ROWS_A_CHECK === 0) checkLimits(run);
    sink.insert(table, form.store(row));
  }
  return rows.length;
}

function newColumns(
  { columns: names, position }: CreateTableAsStatement,
  output: readonly Pick<ColumnInfo, "name" | "type">[],
): readonly ColumnInfo[] {
  if (names.length > output.length) {
    throw new AegisError("PARSE_ERROR", "too many column names were specified", { position });
  }
  const columns = output.map(({ name, type }, i) => ({
    name: names[i] ?? name,
    type,
    notNull: false,
    defaultSql: undefined,
    identity: undefined,
    generatedSql: undefined,
  }));
  columns.forEach(({ name }, i) => {
    if (columns.findIndex((column) => column.name === name) === i) return;
    const message = `column "${name}" specified more than once`;
    throw new AegisError("COLUMN_EXISTS", message, { position, column: name });
  });
  return columns;
}
