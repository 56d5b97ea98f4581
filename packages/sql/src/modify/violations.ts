import { AegisError } from "../contract/errors.js";
import type { IndexInfo, TableInfo } from "../contract/source.js";
import type { Value } from "../contract/types.js";
import { fromStorage } from "../types/storage.js";
import { toText } from "../types/text-output.js";

/** "(a, b)=(1, two)", as PostgreSQL names a key in the details of an error. */
export function keyText(
  table: TableInfo,
  columns: readonly number[],
  row: readonly Value[],
): string {
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
