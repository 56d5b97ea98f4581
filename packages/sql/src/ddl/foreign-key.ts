import { AegisError } from "../contract/errors.js";
import type { ForeignKeyInfo, TableInfo } from "../contract/source.js";
import type { ReferentialAction, TableConstraint } from "../parser/ast.js";
import { castsImplicitly } from "../types/common-type.js";
import { typeName } from "../types/names.js";
import type { SqlType, SqlTypeName } from "../types/sql-type.js";
import type { DefinitionContext } from "./context.js";
import type { TableDraft } from "./draft.js";
import { coversExactly } from "./keys.js";
import { requireTable } from "./lookup.js";
import { schemaOf } from "./names.js";

type ForeignKeyConstraint = Extract<TableConstraint, { kind: "foreignKey" }>;

/** The same for every key that the table has or that leads to it, after a type has changed. */
export function assertKeysFit(
  table: TableInfo,
  position: number,
  context: DefinitionContext,
): void {
  for (const child of context.sink.tables()) {
    for (const key of child.foreignKeys) {
      const parent = context.sink.table(key.refSchema, key.refTable);
      if (parent === undefined || (parent.id !== table.id && child.id !== table.id)) continue;
      const columns = key.refColumns.map((name) => columnOf(parent, name, position));
      assertTypes(child, key, parent, columns, position);
    }
  }
}

/** Adds a foreign key; the rows there are stay unchecked. */
export function addForeignKey(
  draft: TableDraft,
  constraint: ForeignKeyConstraint,
  context: DefinitionContext,
): void {
  const { references, position } = constraint;
  const parent = parentOf(draft, constraint, context);
  const columns = constraint.columns.map((name) => columnOf(draft.table, name, position));
  const parentColumns = parentKey(parent, references.columns, position);
  if (parentColumns.length !== columns.length) {
    const message = "number of referencing and referenced columns for foreign key disagree";
    throw new AegisError("INVALID_FOREIGN_KEY", message, { position });
  }
  const name = chooseName(draft, constraint);
  const key: ForeignKeyInfo = {
    name,
    columns,
    refSchema: parent.schema,
    refTable: parent.name,
    refColumns: parentColumns.map((at) => parent.columns[at]!.name),
    onDelete: references.onDelete,
    onUpdate: references.onUpdate,
    match: references.match,
  };
  assertTypes(draft.table, key, parent, parentColumns, position);
  assertGenerated(draft.table, key, position);
  draft.foreignKeys.push(key);
}

/** A table may refer to itself, also while it is being made. */
function parentOf(
  draft: TableDraft,
  { references }: ForeignKeyConstraint,
  context: DefinitionContext,
): TableInfo {
  const { table: object } = references;
  const schema = schemaOf(object);
  if (object.path.at(-1) === draft.name && (schema ?? draft.schema) === draft.schema) {
    return draft.table;
  }
  return requireTable(object, context);
}

function chooseName(draft: TableDraft, { name, columns }: ForeignKeyConstraint): string {
  if (name === undefined) return draft.names.choose(draft.name, columns.join("_"), "fkey");
  draft.assertNewConstraint(name);
  return draft.names.take(name);
}

function columnOf(table: TableInfo, name: string, position: number): number {
  const at = table.columns.findIndex((column) => column.name === name);
  if (at >= 0) return at;
  const message = `column "${name}" referenced in foreign key constraint does not exist`;
  throw new AegisError("COLUMN_NOT_FOUND", message, { position, column: name });
}

/** The columns of the parent that are referred to: a key of it. */
function parentKey(
  parent: TableInfo,
  names: readonly string[],
  position: number,
): readonly number[] {
  if (names.length === 0) {
    if (parent.primaryKey.length > 0) return parent.primaryKey;
    const message = `there is no primary key for referenced table "${parent.name}"`;
    throw new AegisError("TYPE_NOT_FOUND", message, { position, table: parent.name });
  }
  const columns = names.map((name) => columnOf(parent, name, position));
  const isKey = parent.indexes.some((index) => index.unique && coversExactly(index, columns));
  if (isKey) return columns;
  const message = `there is no unique constraint matching given keys for referenced table "${parent.name}"`;
  throw new AegisError("INVALID_FOREIGN_KEY", message, { position, table: parent.name });
}

/** Throws where values of the two sides could not be compared. */
function assertTypes(
  table: TableInfo,
  key: ForeignKeyInfo,
  parent: TableInfo,
  parentColumns: readonly number[],
  position: number,
): void {
  key.columns.forEach((at, i) => {
    const child = table.columns[at]!;
    const column = parent.columns[parentColumns[i]!]!;
    const from = child.type;
    const to = column.type;
    if (castsImplicitly(from, to) || sameFamily(from, to)) return;
    const names = `"${child.name}" of the referencing table and "${column.name}" of the referenced table`;
    const message = `foreign key constraint "${key.name}" cannot be implemented`;
    throw new AegisError("TYPE_MISMATCH", message, {
      detail: `Key columns ${names} are of incompatible types: ${typeName(from)} and ${typeName(to)}.`,
      position,
    });
  });
}

/** Types that one index compares with each other. */
const FAMILIES: readonly ReadonlySet<SqlTypeName>[] = [
  new Set(["smallint", "integer", "bigint"]),
  new Set(["real", "double precision"]),
  new Set(["date", "timestamp", "timestamptz"]),
];

function sameFamily(a: SqlType, b: SqlType): boolean {
  return FAMILIES.some((family) => family.has(a.name) && family.has(b.name));
}

const CHANGES: ReadonlySet<ReferentialAction> = new Set(["cascade", "set null", "set default"]);

/** A generated column cannot be given the value that an action asks for. */
function assertGenerated(table: TableInfo, key: ForeignKeyInfo, position: number): void {
  if (!key.columns.some((at) => table.columns[at]!.generatedSql !== undefined)) return;
  const clause = CHANGES.has(key.onUpdate)
    ? "ON UPDATE"
    : key.onDelete !== "cascade" && CHANGES.has(key.onDelete)
      ? "ON DELETE"
      : undefined;
  if (clause === undefined) return;
  const message = `invalid ${clause} action for foreign key constraint containing generated column`;
  throw new AegisError("PARSE_ERROR", message, { position });
}
