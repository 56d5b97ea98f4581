import type {
  Batch,
  ColumnVector,
  RowLocator,
  Source,
  SourceBatch,
  TableInfo,
  Value,
} from "@aegisdb/sql";
import { intervalCell } from "../base/keycode-interval.js";
import { byteFormValue } from "../run/cell.js";

/** The selected rows of batches, as values. */
export function rowsOf(batches: Iterable<Batch>): Value[][] {
  const rows: Value[][] = [];
  for (const batch of batches) {
    for (const row of selectedRows(batch)) {
      rows.push(batch.columns.map((vector) => cell(vector, row)));
    }
  }
  return rows;
}

/** The row with a primary key, as values in table column order. */
export function rowWithKey(
  source: Source,
  table: TableInfo,
  key: readonly Value[],
): Value[] | undefined {
  const row = source.find(table, key);
  return row && table.columns.map((_, column) => row.value(column));
}

/** The same with each row's locator. */
export function locatedRows(
  batches: Iterable<SourceBatch>,
): { readonly locator: RowLocator; readonly row: Value[] }[] {
  const rows: { locator: RowLocator; row: Value[] }[] = [];
  for (const batch of batches) {
    for (const row of selectedRows(batch)) {
      const values = batch.columns.map((vector) => cell(vector, row));
      rows.push({ locator: batch.locators![row]!, row: values });
    }
  }
  return rows;
}

function selectedRows({ length, selection, selected }: Batch): number[] {
  if (selection !== null) return [...selection.subarray(0, selected)];
  return Array.from({ length }, (_, row) => row);
}

function cell(vector: ColumnVector, row: number): Value {
  if (vector.nulls !== null && vector.nulls[row] === 1) return null;
  const { kind } = vector.type;
  if (vector.values !== null) {
    const value = vector.values[row]!;
    if (kind === "bool") return value === 1;
    return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  if (kind === "interval") return intervalCell(vector, row);
  const entry = vector.codes === null ? row : vector.codes[row]!;
  return byteFormValue(kind, vector.bytes!, vector.starts![entry]!, vector.ends![entry]!);
}
