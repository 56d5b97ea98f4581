import { Variant } from "@aegisdb/sql";
import type { ReferentialAction, Source, TableInfo } from "@aegisdb/sql";
import { constraintsOf } from "./information-schema.js";
import {
  BOOLEAN,
  columnList,
  constraintOid,
  indexColumns,
  indexOid,
  INTEGER,
  quoted,
  referencedKey,
  schemaOid,
  SMALLINT,
  SMALLINTS,
  tableOid,
  TEXT,
} from "./shared.js";
import type { VirtualRow, VirtualSpec } from "./virtual-table.js";

const SCHEMA = "pg_catalog";

/** Constraints, indexes, settings and what nobody has here but tools ask for. */
export const pgConstraints: readonly VirtualSpec[] = [
  {
    schema: SCHEMA,
    name: "pg_constraint",
    columns: {
      ...{ oid: INTEGER, conname: TEXT, connamespace: INTEGER, contype: TEXT },
      ...{ condeferrable: BOOLEAN, condeferred: BOOLEAN, convalidated: BOOLEAN },
      ...{ conrelid: INTEGER, conindid: INTEGER, confrelid: INTEGER, confupdtype: TEXT },
      ...{ confdeltype: TEXT, confmatchtype: TEXT, conkey: SMALLINTS, confkey: SMALLINTS },
      ...{ conbin: TEXT, condef: TEXT },
    },
    rows: constraints,
  },
  {
    schema: SCHEMA,
    name: "pg_index",
    columns: {
      ...{ indexrelid: INTEGER, indrelid: INTEGER, indnatts: SMALLINT, indnkeyatts: SMALLINT },
      ...{ indisunique: BOOLEAN, indnullsnotdistinct: BOOLEAN, indisprimary: BOOLEAN },
      ...{ indisvalid: BOOLEAN, indisready: BOOLEAN, indislive: BOOLEAN, indkey: SMALLINTS },
      ...{ indoption: SMALLINTS, indexprs: TEXT, indpred: TEXT },
    },
    rows: indexes,
  },
  {
    schema: SCHEMA,
    name: "pg_settings",
    columns: { name: TEXT, setting: TEXT, unit: TEXT, category: TEXT, short_desc: TEXT },
    rows: () => SETTINGS.map(([name, setting]) => ({ name, setting, category: "Preset Options" })),
  },
  {
    schema: SCHEMA,
    name: "pg_description",
    columns: { objoid: INTEGER, classoid: INTEGER, objsubid: INTEGER, description: TEXT },
    rows: () => [],
  },
  {
    schema: SCHEMA,
    name: "pg_roles",
    columns: { oid: INTEGER, rolname: TEXT, rolsuper: BOOLEAN, rolcanlogin: BOOLEAN },
    rows: () => [{ oid: 10, rolname: "aegis", rolsuper: true, rolcanlogin: true }],
  },
];

/** What is the same for everybody; SHOW has the rest. */
const SETTINGS: readonly (readonly [string, string])[] = [
  ["block_size", "8192"],
  ["integer_datetimes", "on"],
  ["max_identifier_length", "63"],
  ["max_index_keys", "32"],
  ["server_encoding", "UTF8"],
  ["server_version", "15.0"],
  ["server_version_num", "150000"],
];

function* constraints(source: Source): Iterable<VirtualRow> {
  for (const table of source.tables()) {
    let part = 0;
    for (const { name, type, columns } of constraintsOf(table)) {
      yield {
        ...{ oid: constraintOid(table, part++), conname: name },
        ...{ connamespace: schemaOid(table.schema), conrelid: tableOid(table) },
        ...{ condeferrable: false, condeferred: false, convalidated: true },
        ...{ conindid: 0, confrelid: 0, confupdtype: " ", confdeltype: " ", confmatchtype: " " },
        conkey: columns.length === 0 ? null : positions(columns),
        ...detailsOf(source, table, name, type),
      };
    }
  }
}

function detailsOf(source: Source, table: TableInfo, name: string, type: string): VirtualRow {
  if (type === "CHECK") {
    const sql = table.checks.find((check) => check.name === name)!.sql;
    return { contype: "c", conbin: sql, condef: `CHECK (${sql})` };
  }
  if (type === "FOREIGN KEY") return foreignKey(source, table, name);
  const index = table.indexes.find((candidate) => candidate.name === name)!;
  return {
    contype: type === "UNIQUE" ? "u" : "p",
    conindid: indexOid(table, index),
    condef: `${type} (${columnList(table, indexColumns(index))})`,
  };
}

const ACTION_CODES: Readonly<Record<ReferentialAction, string>> = {
  "no action": "a",
  restrict: "r",
  cascade: "c",
  "set null": "n",
  "set default": "d",
};

function foreignKey(source: Source, table: TableInfo, name: string): VirtualRow {
  const key = table.foreignKeys.find((candidate) => candidate.name === name)!;
  const target = source.table(key.refSchema, key.refTable);
  const unique = referencedKey(source, key.refSchema, key.refTable, key.refColumns);
  const refColumns = key.refColumns.map((column) =>
    (target?.columns ?? []).findIndex((info) => info.name === column),
  );
  const refTable = key.refSchema === "public" ? quoted(key.refTable) : qualified(key);
  const actions =
    (key.onUpdate === "no action" ? "" : ` ON UPDATE ${key.onUpdate.toUpperCase()}`) +
    (key.onDelete === "no action" ? "" : ` ON DELETE ${key.onDelete.toUpperCase()}`);
  return {
    contype: "f",
    conindid: unique === undefined ? 0 : indexOid(unique.table, unique.index),
    confrelid: target === undefined ? 0 : tableOid(target),
    confupdtype: ACTION_CODES[key.onUpdate],
    confdeltype: ACTION_CODES[key.onDelete],
    confmatchtype: key.match === "full" ? "f" : "s",
    confkey: positions(refColumns),
    condef:
      `FOREIGN KEY (${columnList(table, key.columns)}) REFERENCES ${refTable}` +
      `(${key.refColumns.map(quoted).join(", ")})${actions}`,
  };
}

function qualified(key: { readonly refSchema: string; readonly refTable: string }): string {
  return `${quoted(key.refSchema)}.${quoted(key.refTable)}`;
}

function positions(columns: readonly number[]): Variant {
  return new Variant(columns.map((column) => column + 1));
}

function* indexes(source: Source): Iterable<VirtualRow> {
  for (const table of source.tables()) {
    for (const index of table.indexes) {
      yield {
        ...{ indexrelid: indexOid(table, index), indrelid: tableOid(table) },
        ...{ indnatts: index.columns.length, indnkeyatts: index.columns.length },
        ...{ indisunique: index.unique, indnullsnotdistinct: index.nullsNotDistinct },
        ...{ indisprimary: index.constraint === "primary" },
        ...{ indisvalid: true, indisready: true, indislive: true },
        indkey: positions(indexColumns(index)),
        indoption: new Variant(index.columns.map(({ descending }) => (descending ? 3 : 0))),
      };
    }
  }
}
