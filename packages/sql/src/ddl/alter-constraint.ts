import { AegisError } from "../contract/errors.js";
import type { IndexInfo, TableInfo } from "../contract/source.js";
import type { AlterAction, TableConstraint } from "../parser/ast.js";
import { applyConstraints } from "./apply-draft.js";
import { addConstraint } from "./constraints.js";
import type { DefinitionContext } from "./context.js";
import { dropDependents, refuseDrop } from "./dependents.js";
import { TableDraft } from "./draft.js";
import { currentTable } from "./lookup.js";
import { assertNewRelation } from "./names.js";
import { assertCheckHolds, assertReferencesHold } from "./rows.js";
import { referencesToColumns } from "./referenced-keys.js";

type DropConstraint = Extract<AlterAction, { kind: "dropColumn" | "dropConstraint" }>;
type RenameConstraint = Extract<AlterAction, { kind: "renameColumn" | "renameConstraint" }>;

export function addTableConstraint(
  table: TableInfo,
  constraint: TableConstraint,
  context: DefinitionContext,
): void {
  const draft = new TableDraft(table, context);
  addConstraint(draft, constraint, context);
  applyConstraints(table, draft, context, constraint.notValid !== true);
}

/** Looks at the rows that were there when the constraint was added. */
export function validateConstraint(
  table: TableInfo,
  { name, position }: Extract<AlterAction, { kind: "validateConstraint" }>,
  context: DefinitionContext,
): void {
  const check = table.checks.find((item) => item.name === name);
  if (check !== undefined) {
    assertCheckHolds(table, check, context);
    return;
  }
  const key = table.foreignKeys.find((item) => item.name === name);
  if (key !== undefined) {
    assertReferencesHold(table, key, context);
    return;
  }
  if (hasConstraint(table, name)) {
    const message = `constraint "${name}" of relation "${table.name}" is not a foreign key or check constraint`;
    throw new AegisError("WRONG_OBJECT_TYPE", message, { position, constraint: name });
  }
  const message = `constraint "${name}" of relation "${table.name}" does not exist`;
  throw new AegisError("CONSTRAINT_NOT_FOUND", message, { position, constraint: name });
}

export function dropConstraint(
  table: TableInfo,
  { name, ifExists, cascade, position }: DropConstraint,
  context: DefinitionContext,
): void {
  if (!hasConstraint(table, name)) {
    const message = `constraint "${name}" of relation "${table.name}" does not exist`;
    if (!ifExists) {
      throw new AegisError("CONSTRAINT_NOT_FOUND", message, { position, constraint: name });
    }
    context.notice(`${message}, skipping`);
    return;
  }
  const index = keyNamed(table, name);
  if (index !== undefined) freeKey(table, index, cascade, context);
  const current = currentTable(table, context);
  const kept = <T extends { readonly name: string }>(items: readonly T[]): T[] =>
    items.filter((item) => item.name !== name);
  context.sink.alterTable(current, {
    kind: "setConstraints",
    primaryKey: index?.constraint === "primary" ? [] : current.primaryKey,
    indexes: index === undefined ? current.indexes : kept(current.indexes),
    foreignKeys: kept(current.foreignKeys),
    checks: kept(current.checks),
  });
}

function keyNamed(table: TableInfo, name: string): IndexInfo | undefined {
  return table.indexes.find((index) => index.constraint !== undefined && index.name === name);
}

function hasConstraint(table: TableInfo, name: string): boolean {
  if (keyNamed(table, name) !== undefined) return true;
  return [...table.foreignKeys, ...table.checks].some((constraint) => constraint.name === name);
}

/** Foreign keys need the key that they refer to. */
function freeKey(
  table: TableInfo,
  index: IndexInfo,
  cascade: boolean,
  context: DefinitionContext,
): void {
  const names = index.columns.map(({ column }) => table.columns[column]!.name);
  const dependents = referencesToColumns(
    table,
    (columns) => columns.length === names.length && columns.every((name) => names.includes(name)),
    context,
  );
  if (dependents.length === 0) return;
  const label = `constraint ${index.name} on table ${table.name}`;
  if (!cascade) refuseDrop(label, dependents, `index ${index.name}`);
  dropDependents(dependents, context);
}

export function renameConstraint(
  table: TableInfo,
  { name, newName, position }: RenameConstraint,
  context: DefinitionContext,
): void {
  if (!hasConstraint(table, name)) {
    const message = `constraint "${name}" for table "${table.name}" does not exist`;
    throw new AegisError("CONSTRAINT_NOT_FOUND", message, { position, constraint: name });
  }
  if (keyNamed(table, name) !== undefined) {
    assertNewRelation(context.sink, { schema: table.schema, name: newName });
  }
  new TableDraft(table, context).assertNewConstraint(newName);
  const renamed = <T extends { readonly name: string }>(items: readonly T[]): T[] =>
    items.map((item) => (item.name === name ? { ...item, name: newName } : item));
  const { primaryKey, indexes, foreignKeys, checks } = table;
  context.sink.alterTable(table, {
    kind: "setConstraints",
    primaryKey,
    indexes: keyNamed(table, name) === undefined ? indexes : renamed(indexes),
    foreignKeys: renamed(foreignKeys),
    checks: renamed(checks),
  });
}
