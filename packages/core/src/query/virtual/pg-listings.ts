import type { Source, TableInfo } from "@aegisdb/sql";
import { splitName } from "../catalog-state.js";
import {
  BIGINT,
  BOOLEAN,
  columnList,
  DATABASE,
  INTEGER,
  namedOid,
  OWNER,
  quoted,
  TEXT,
} from "./shared.js";
import { typeOid } from "./type-facts.js";
import type { VirtualRow, VirtualSource, VirtualSpec } from "./virtual-table.js";

const SCHEMA = "pg_catalog";
const OWNER_OID = 10;
const UTF8 = 6;

/** PostgreSQL's own lists of tables, views, indexes, sequences and databases. */
export const pgListings: readonly VirtualSpec[] = [
  {
    schema: SCHEMA,
    name: "pg_tables",
    columns: {
      ...{ schemaname: TEXT, tablename: TEXT, tableowner: TEXT, tablespace: TEXT },
      ...{ hasindexes: BOOLEAN, hasrules: BOOLEAN, hastriggers: BOOLEAN, rowsecurity: BOOLEAN },
    },
    rows: (source) => source.tables().map(tableRow),
  },
  {
    schema: SCHEMA,
    name: "pg_views",
    columns: { schemaname: TEXT, viewname: TEXT, viewowner: TEXT, definition: TEXT },
    rows: (source) =>
      source.views().map((view) => ({
        ...{ schemaname: view.schema, viewname: view.name },
        ...{ viewowner: OWNER, definition: view.sql },
      })),
  },
  {
    schema: SCHEMA,
    name: "pg_indexes",
    columns: {
      schemaname: TEXT,
      tablename: TEXT,
      indexname: TEXT,
      tablespace: TEXT,
      indexdef: TEXT,
    },
    rows: indexes,
  },
  {
    schema: SCHEMA,
    name: "pg_sequence",
    columns: {
      ...{ seqrelid: INTEGER, seqtypid: INTEGER, seqstart: BIGINT, seqincrement: BIGINT },
      ...{ seqmax: BIGINT, seqmin: BIGINT, seqcache: BIGINT, seqcycle: BOOLEAN },
    },
    rows: (source) =>
      source.sequences().map((sequence) => ({
        ...{ seqrelid: namedOid("sequence", sequence.name), seqtypid: typeOid(BIGINT) },
        ...{ seqstart: narrow(sequence.start), seqincrement: narrow(sequence.increment) },
        ...{ seqmax: narrow(sequence.max), seqmin: narrow(sequence.min) },
        ...{ seqcache: 1, seqcycle: sequence.cycle },
      })),
  },
  {
    schema: SCHEMA,
    name: "pg_sequences",
    columns: {
      ...{ schemaname: TEXT, sequencename: TEXT, sequenceowner: TEXT, data_type: TEXT },
      ...{ start_value: BIGINT, min_value: BIGINT, max_value: BIGINT, increment_by: BIGINT },
      ...{ cycle: BOOLEAN, cache_size: BIGINT, last_value: BIGINT },
    },
    rows: sequences,
  },
  {
    schema: SCHEMA,
    name: "pg_database",
    columns: {
      ...{ oid: INTEGER, datname: TEXT, datdba: INTEGER, encoding: INTEGER, datcollate: TEXT },
      ...{ datctype: TEXT, datistemplate: BOOLEAN, datallowconn: BOOLEAN },
    },
    rows: () => [
      {
        ...{ oid: 1, datname: DATABASE, datdba: OWNER_OID, encoding: UTF8, datcollate: "C" },
        ...{ datctype: "C.UTF-8", datistemplate: false, datallowconn: true },
      },
    ],
  },
];

function tableRow(table: TableInfo): VirtualRow {
  return {
    ...{ schemaname: table.schema, tablename: table.name, tableowner: OWNER },
    ...{ hasindexes: table.indexes.length > 0, hasrules: false, hastriggers: false },
    rowsecurity: false,
  };
}

function* indexes(source: Source): Iterable<VirtualRow> {
  for (const table of source.tables()) {
    for (const index of table.indexes) {
      yield {
        ...{ schemaname: table.schema, tablename: table.name, indexname: index.name },
        indexdef: indexText(table, index),
      };
    }
  }
}

/** The statement that would make an index. */
function indexText(table: TableInfo, index: TableInfo["indexes"][number]): string {
  const columns = index.columns.map(({ column, descending }) => {
    return columnList(table, [column]) + (descending ? " DESC" : "");
  });
  const unique = index.unique ? "UNIQUE " : "";
  const nulls = index.nullsNotDistinct ? " NULLS NOT DISTINCT" : "";
  const on = `${quoted(table.schema)}.${quoted(table.name)}`;
  const name = quoted(index.name);
  return `CREATE ${unique}INDEX ${name} ON ${on} USING btree (${columns.join(", ")})${nulls}`;
}

function sequences(source: VirtualSource): VirtualRow[] {
  return source.sequences().map((sequence) => {
    const [schema, name] = splitName(sequence.name);
    const position = source.position(sequence.name);
    return {
      ...{ schemaname: schema, sequencename: name, sequenceowner: OWNER, data_type: "bigint" },
      ...{ start_value: narrow(sequence.start), min_value: narrow(sequence.min) },
      ...{ max_value: narrow(sequence.max), increment_by: narrow(sequence.increment) },
      ...{ cycle: sequence.cycle, cache_size: 1 },
      last_value: position?.called === true ? position.last : null,
    };
  });
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
