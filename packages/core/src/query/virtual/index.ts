import type { ScanRequest, SourceBatch, TableInfo } from "@aegisdb/sql";
import { storageType } from "@aegisdb/sql";
import type { StoredSequence } from "../catalog-state.js";
import { createVectorBuilder } from "../vector-builder.js";
import { informationConstraints } from "./information-constraints.js";
import { informationSchema } from "./information-schema.js";
import { pgCatalog } from "./pg-catalog.js";
import { pgListings } from "./pg-listings.js";
import { pgConstraints } from "./pg-constraints.js";
import { BIGINT, BOOLEAN, type SystemTables } from "./shared.js";
import { VirtualTable, type VirtualSource } from "./virtual-table.js";

/** The schemas whose tables are all virtual. */
export const systemSchemas: readonly string[] = ["information_schema", "pg_catalog"];

const system: SystemTables = { list: [] };
const all = [
  ...informationSchema(system),
  ...informationConstraints,
  ...pgCatalog(system),
  ...pgListings,
  ...pgConstraints,
].map((spec, i) => new VirtualTable(-1 - i, spec));
// The catalogs list themselves, so they exist before the list of them does.
system.list = all;
const tables: ReadonlyMap<string, VirtualTable> = new Map(
  all.map((table) => [`${table.schema}.${table.name}`, table]),
);

export function virtualTable(schema: string, name: string): TableInfo | undefined {
  return tables.get(`${schema}.${name}`);
}

/** A sequence as a relation of one row, which is how PostgreSQL shows where it stands. */
export function sequenceTable({ id, schema, name, info }: StoredSequence): TableInfo {
  return new VirtualTable(-1 - all.length - id, {
    schema,
    name,
    columns: { last_value: BIGINT, log_cnt: BIGINT, is_called: BOOLEAN },
    rows: (source) => {
      const position = source.position(info.name);
      if (position === undefined) return [];
      return [{ last_value: position.last, log_cnt: 0, is_called: position.called }];
    },
  });
}

/** Virtual tables of one schema. */
export function virtualTables(schema: string): TableInfo[] {
  return all.filter((table) => table.schema === schema);
}

export function isVirtual(table: TableInfo): table is VirtualTable {
  return table instanceof VirtualTable;
}

/** All rows as one batch. Bounds, order and locators are for stored tables only. */
export function* virtualScan(
  table: VirtualTable,
  source: VirtualSource,
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
