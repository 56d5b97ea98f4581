import { AegisError } from "../contract/errors.js";
import type { TableInfo } from "../contract/source.js";
import type { TruncateStatement } from "../parser/ast.js";
import type { DefinitionContext } from "./context.js";
import { referencesTo } from "./dependents.js";
import { requireTable } from "./lookup.js";
import { restartSequences } from "./sequences.js";

export function truncate(statement: TruncateStatement, context: DefinitionContext): void {
  const tables: TableInfo[] = [];
  const add = (table: TableInfo): void => {
    if (!tables.some(({ id }) => id === table.id)) tables.push(table);
  };
  for (const object of statement.tables) add(requireTable(object, context));
  // The list grows while it is gone through: with CASCADE by the tables that refer to it.
  for (const parent of tables) {
    for (const { table } of referencesTo(parent, context)) {
      if (tables.some(({ id }) => id === table.id)) continue;
      if (!statement.cascade) throw referenced(parent, table, statement.position);
      context.notice(`truncate cascades to table "${table.name}"`);
      add(table);
    }
  }
  for (const table of tables) {
    context.sink.truncate(table);
    if (statement.restartIdentity) restartSequences(table, context);
  }
}

function referenced(parent: TableInfo, child: TableInfo, position: number): AegisError {
  return new AegisError(
    "UNSUPPORTED",
    "cannot truncate a table referenced in a foreign key constraint",
    {
      detail: `Table "${child.name}" references "${parent.name}".`,
      hint: `Truncate table "${child.name}" at the same time, or use TRUNCATE ... CASCADE.`,
      table: parent.name,
      position,
    },
  );
}
