import type { TableInfo } from "../contract/source.js";
import type { DefinitionContext } from "./context.js";
import type { ForeignKeyDependent } from "./dependents.js";

/** Foreign keys, its own included, that lead to columns of the table for which `picks` holds. */
export function referencesToColumns(
  { schema, name }: TableInfo,
  picks: (columns: readonly string[]) => boolean,
  context: DefinitionContext,
): readonly ForeignKeyDependent[] {
  return context.sink
    .tables()
    .flatMap((table) =>
      table.foreignKeys
        .filter((key) => key.refSchema === schema && key.refTable === name && picks(key.refColumns))
        .map((key) => ({ kind: "foreignKey" as const, table, key })),
    );
}
