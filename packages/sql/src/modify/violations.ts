import { AegisError } from "../contract/errors.js";
import type { ForeignKeyInfo, IndexInfo, TableInfo } from "../contract/source.js";
import type { Value } from "../contract/types.js";
import { fromStorage } from "../types/storage.js";
import { toText } from "../types/text-output.js";

/** "(a, b)=(1, two)", as PostgreSQL names a key in the details of an error. */
function keyText(table: TableInfo, columns: readonly number[], row: readonly Value[]): string {
  const names = columns.map((column) => table.columns[column]!.name);
  const values = columns.map((column) => valueText(table, column, row[column] ?? null));
  return `(${names.join(", ")})=(${values.join(", ")})`;
}

function valueText(table: TableInfo, column: number, value: Value): string {
  const { type } = table.columns[column]!;
  const datum = fromStorage(value, type);
  return datum === null ? "null" : toText(datum, type, "UTC");
}

/** A row's key is in a unique index already; for sinks to throw. */
export function duplicateKey(
  table: TableInfo,
  index: IndexInfo,
  row: readonly Value[],
): AegisError {
  const columns = index.columns.map(({ column }) => column);
  return new AegisError(
    "UNIQUE_VIOLATION",
    `duplicate key value violates unique constraint "${index.name}"`,
    {
      detail: `Key ${keyText(table, columns, row)} already exists.`,
      table: table.name,
      constraint: index.name,
    },
  );
}

/** Two rows that exist share a key of an index that is to be made unique; for sinks to throw. */
export function duplicatedKey(
  table: TableInfo,
  index: IndexInfo,
  row: readonly Value[],
): AegisError {
  const columns = index.columns.map(({ column }) => column);
  return new AegisError("UNIQUE_VIOLATION", `could not create unique index "${index.name}"`, {
    detail: `Key ${keyText(table, columns, row)} is duplicated.`,
    table: table.name,
    constraint: index.name,
  });
}

/** Characters of a value that a message shows, as PostgreSQL cuts them. */
const MAX_SHOWN = 64;

/** "(1, null, abc)", for the detail of a row that was refused. */
function rowText(table: TableInfo, row: readonly Value[]): string {
  const values = table.columns.map((_, column) => {
    const text = valueText(table, column, row[column] ?? null);
    return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
  });
  return `(${values.join(", ")})`;
}

export function notNullViolation(
  table: TableInfo,
  column: number,
  row: readonly Value[],
): AegisError {
  const { name } = table.columns[column]!;
  return new AegisError(
    "NOT_NULL_VIOLATION",
    `null value in column "${name}" of relation "${table.name}" violates not-null constraint`,
    {
      detail: `Failing row contains ${rowText(table, row)}.`,
      table: table.name,
      column: name,
    },
  );
}

export function checkViolation(
  table: TableInfo,
  constraint: string,
  row: readonly Value[],
): AegisError {
  return new AegisError(
    "CHECK_VIOLATION",
    `new row for relation "${table.name}" violates check constraint "${constraint}"`,
    {
      detail: `Failing row contains ${rowText(table, row)}.`,
      table: table.name,
      constraint,
    },
  );
}

/** A row of `child` refers to a row of `parent` that is not there. */
export function missingParent(
  child: TableInfo,
  key: ForeignKeyInfo,
  parent: TableInfo,
  row: readonly Value[],
): AegisError {
  return new AegisError(
    "FOREIGN_KEY_VIOLATION",
    `insert or update on table "${child.name}" violates foreign key constraint "${key.name}"`,
    {
      detail: `Key ${keyText(child, key.columns, row)} is not present in table "${parent.name}".`,
      table: child.name,
      constraint: key.name,
    },
  );
}

/** MATCH FULL wants all of a key or nothing of it. */
export function partialKey(child: TableInfo, key: ForeignKeyInfo): AegisError {
  return new AegisError(
    "FOREIGN_KEY_VIOLATION",
    `insert or update on table "${child.name}" violates foreign key constraint "${key.name}"`,
    {
      detail: "MATCH FULL does not allow mixing of null and nonnull key values.",
      table: child.name,
      constraint: key.name,
    },
  );
}

/** A row of the parent cannot go or change while rows of the child refer to it. */
export function stillReferenced(
  { parent, parentColumns, key, child }: ReferenceSides,
  row: readonly Value[],
  isRestricted: boolean,
): AegisError {
  const what = isRestricted
    ? "RESTRICT setting of foreign key constraint"
    : "foreign key constraint";
  const where = `on table "${child.table.name}"`;
  const still = isRestricted ? "" : "still ";
  return new AegisError(
    "FOREIGN_KEY_VIOLATION",
    `update or delete on table "${parent.name}" violates ${what} "${key.name}" ${where}`,
    {
      detail: `Key ${keyText(parent, parentColumns, row)} is ${still}referenced from table "${child.table.name}".`,
      sqlState: isRestricted ? "23001" : undefined,
      table: child.table.name,
      constraint: key.name,
    },
  );
}

/** The two tables of a foreign key. */
export interface ReferenceSides {
  readonly parent: TableInfo;
  readonly parentColumns: readonly number[];
  readonly key: ForeignKeyInfo;
  readonly child: { readonly table: TableInfo };
}

/** One INSERT … ON CONFLICT DO UPDATE comes twice upon the same row. */
export function secondUpdate(): AegisError {
  return new AegisError(
    "CARDINALITY_VIOLATION",
    "ON CONFLICT DO UPDATE command cannot affect row a second time",
    {
      hint: "Ensure that no rows proposed for insertion within the same command have duplicate constrained values.",
    },
  );
}
