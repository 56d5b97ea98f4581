import type { TableInfo } from "../contract/source.js";
import type { DefinitionContext } from "./context.js";
import type { TableDraft } from "./draft.js";
import { currentTable } from "./lookup.js";
import { assertCheckHolds, assertNoNulls, assertReferencesHold } from "./rows.js";

/**
 * Makes a table's constraints those of the draft, once its rows are found to keep the new ones;
 * without `valid` checks and foreign keys are for rows to come.
 */
export function applyConstraints(
  table: TableInfo,
  draft: TableDraft,
  context: DefinitionContext,
  valid = true,
): void {
  applyNotNull(table, draft, context);
  const { primaryKey, indexes, foreignKeys, checks } = draft;
  context.sink.alterTable(currentTable(table, context), {
    kind: "setConstraints",
    primaryKey,
    indexes,
    foreignKeys,
    checks,
  });
  if (!valid) return;
  const changed = currentTable(table, context);
  for (const check of added(table.checks, checks)) assertCheckHolds(changed, check, context);
  for (const key of added(table.foreignKeys, foreignKeys)) {
    assertReferencesHold(changed, key, context);
  }
}

/** A primary key makes its columns NOT NULL. */
function applyNotNull(table: TableInfo, draft: TableDraft, context: DefinitionContext): void {
  draft.columns.forEach((info, column) => {
    if (info.notNull === table.columns[column]!.notNull) return;
    assertNoNulls(table, column, context);
    const change = { kind: "alterColumn", column, info, convert: undefined } as const;
    context.sink.alterTable(currentTable(table, context), change);
  });
}

function added<T extends { readonly name: string }>(
  before: readonly T[],
  after: readonly T[],
): readonly T[] {
  return after.filter(({ name }) => !before.some((old) => old.name === name));
}
