import type { ScanRequest, Source, SourceBatch, TableInfo } from "@aegisdb/sql";
import { storageType } from "@aegisdb/sql";
import { createVectorBuilder } from "../vector-builder.js";
import { VirtualTable } from "./virtual-table.js";

/** The schemas whose tables are all virtual. */
export const systemSchemas: readonly string[] = ["information_schema", "pg_catalog"];

const tables: ReadonlyMap<string, VirtualTable> = new Map();

export function virtualTable(schema: string, name: string): TableInfo | undefined {
  return tables.get(`${schema}.${name}`);
}

export function isVirtual(table: TableInfo): table is VirtualTable {
  return table instanceof VirtualTable;
}

/** All rows as one batch. Bounds, order and locators are for stored tables only. */
export function* virtualScan(
  table: VirtualTable,
  source: Source,
  request: ScanRequest,
): Generator<SourceBatch, void, undefined> {
  const columns = request.columns.map((column) => table.columns[column]!);
  const builders = columns.map(({ type }) => createVectorBuilder(storageType(type)));
  let length = 0;
  for (const row of table.rows(source)) {
    columns.forEach(({ name }, i) => builders[i]!.append(row[name] ?? null));
    length++;
  }
  if (length === 0) return;
  yield {
    length,
    columns: builders.map((builder) => builder.finish()),
    selection: null,
    selected: length,
    locators: undefined,
  };
}
