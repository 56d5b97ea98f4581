import type { Source, TableInfo } from "@aegisdb/sql";
import type { TreeRef } from "../../engine/contract.js";
import { treeSize } from "../../engine/tree-size.js";
import { splitName } from "../catalog-state.js";
import { StoredTable } from "../stored-table.js";
import {
  BOOLEAN,
  indexOid,
  INTEGER,
  namedOid,
  REAL,
  schemaOid,
  SMALLINT,
  tableOid,
  TEXT,
  type SystemTables,
} from "./shared.js";
import { allTypes, typeLength, typeModifier, typeOid } from "./type-facts.js";
import type { VirtualRow, VirtualSpec } from "./virtual-table.js";

const SCHEMA = "pg_catalog";
const OWNER_OID = 10;

/** Relations, columns, types and schemas, as tools ask PostgreSQL for them. */
export function pgCatalog(system: SystemTables): readonly VirtualSpec[] {
  return [namespaces, classTable(system), attributeTable(system), attributeDefaults, typeTable];
}

const namespaces: VirtualSpec = {
  schema: SCHEMA,
  name: "pg_namespace",
  columns: { oid: INTEGER, nspname: TEXT, nspowner: INTEGER, nspacl: TEXT },
  rows: (source) =>
    source.schemas().map((name) => ({ oid: schemaOid(name), nspname: name, nspowner: OWNER_OID })),
};

function classTable(system: SystemTables): VirtualSpec {
  return {
    schema: SCHEMA,
    name: "pg_class",
    columns: {
      ...{ oid: INTEGER, relname: TEXT, relnamespace: INTEGER, reltype: INTEGER },
      ...{ relowner: INTEGER, relam: INTEGER, relpages: INTEGER, reltuples: REAL },
      ...{ relhasindex: BOOLEAN, relisshared: BOOLEAN, relpersistence: TEXT, relkind: TEXT },
      ...{ relnatts: SMALLINT, relchecks: SMALLINT, relhasrules: BOOLEAN },
      ...{ relhastriggers: BOOLEAN, relrowsecurity: BOOLEAN, relispartition: BOOLEAN },
    },
    rows: (source) => classes(source, system),
  };
}

function attributeTable(system: SystemTables): VirtualSpec {
  return {
    schema: SCHEMA,
    name: "pg_attribute",
    columns: {
      ...{ attrelid: INTEGER, attname: TEXT, atttypid: INTEGER, attlen: SMALLINT },
      ...{ attnum: SMALLINT, attndims: INTEGER, atttypmod: INTEGER, attnotnull: BOOLEAN },
      ...{ atthasdef: BOOLEAN, attidentity: TEXT, attgenerated: TEXT, attisdropped: BOOLEAN },
      ...{ attislocal: BOOLEAN, attcollation: INTEGER },
    },
    rows: (source) => attributes(source, system),
  };
}

const attributeDefaults: VirtualSpec = {
  schema: SCHEMA,
  name: "pg_attrdef",
  columns: { oid: INTEGER, adrelid: INTEGER, adnum: SMALLINT, adbin: TEXT },
  rows: defaults,
};

const typeTable: VirtualSpec = {
  schema: SCHEMA,
  name: "pg_type",
  columns: {
    ...{ oid: INTEGER, typname: TEXT, typnamespace: INTEGER, typowner: INTEGER },
    ...{ typlen: SMALLINT, typtype: TEXT, typcategory: TEXT, typrelid: INTEGER },
    ...{ typelem: INTEGER, typarray: INTEGER, typnotnull: BOOLEAN, typbasetype: INTEGER },
    ...{ typtypmod: INTEGER, typdelim: TEXT },
  },
  rows: types,
};

function* classes(source: Source, system: SystemTables): Iterable<VirtualRow> {
  for (const table of source.tables()) {
    yield {
      ...relation(tableOid(table), table.schema, table.name, "r", table.columns.length),
      reltuples: source.rowCount(table),
      relpages: table instanceof StoredTable ? pagesOf(table.tree) : 0,
      relhasindex: table.indexes.length > 0,
      relchecks: table.checks.length,
    };
    for (const index of table.indexes) {
      const oid = indexOid(table, index);
      const stored = table instanceof StoredTable ? table.indexTree(index) : undefined;
      yield {
        ...relation(oid, table.schema, index.name, "i", index.columns.length),
        relpages: stored === undefined ? 0 : pagesOf(stored.tree),
      };
    }
  }
  for (const view of source.views()) {
    const oid = namedOid("view", `${view.schema}.${view.name}`);
    yield relation(oid, view.schema, view.name, "v", view.columns.length);
  }
  for (const sequence of source.sequences()) {
    const [schema, name] = splitName(sequence.name);
    yield relation(namedOid("sequence", sequence.name), schema, name, "S", 3);
  }
  for (const table of system.list) {
    yield relation(tableOid(table), table.schema, table.name, "v", table.columns.length);
  }
}

/** Sizes are told in PostgreSQL's pages. */
const PAGE_BYTES = 8192;

function pagesOf(tree: TreeRef): number {
  return Math.ceil(treeSize(tree).bytes / PAGE_BYTES);
}

function relation(
  oid: number,
  schema: string,
  name: string,
  kind: string,
  columns: number,
): VirtualRow {
  return {
    ...{ oid, relname: name, relnamespace: schemaOid(schema), reltype: 0, relowner: OWNER_OID },
    ...{ relam: 0, relpages: 0, reltuples: 0, relhasindex: false, relisshared: false },
    ...{ relpersistence: "p", relkind: kind, relnatts: columns, relchecks: 0 },
    ...{ relhasrules: false, relhastriggers: false, relrowsecurity: false, relispartition: false },
  };
}

function* attributes(source: Source, system: SystemTables): Iterable<VirtualRow> {
  for (const table of [...source.tables(), ...system.list]) {
    for (const [i, column] of table.columns.entries()) {
      yield {
        ...attribute(tableOid(table), i, column.name, column.type),
        attnotnull: column.notNull,
        atthasdef: column.defaultSql !== undefined || column.generatedSql !== undefined,
        attidentity: column.identity === undefined ? "" : column.identity === "always" ? "a" : "d",
        attgenerated: column.generatedSql === undefined ? "" : "s",
      };
    }
  }
  for (const view of source.views()) {
    const oid = namedOid("view", `${view.schema}.${view.name}`);
    for (const [i, { name, type }] of view.columns.entries()) yield attribute(oid, i, name, type);
  }
}

function attribute(
  oid: number,
  position: number,
  name: string,
  type: TableInfo["columns"][number]["type"],
): VirtualRow {
  return {
    ...{ attrelid: oid, attname: name, atttypid: typeOid(type), attlen: typeLength(type) },
    ...{ attnum: position + 1, attndims: type.name === "array" ? 1 : 0 },
    ...{ atttypmod: typeModifier(type), attnotnull: false, atthasdef: false, attidentity: "" },
    ...{ attgenerated: "", attisdropped: false, attislocal: true, attcollation: 0 },
  };
}

function* defaults(source: Source): Iterable<VirtualRow> {
  for (const table of source.tables()) {
    for (const [i, { defaultSql, generatedSql }] of table.columns.entries()) {
      const text = generatedSql ?? defaultSql;
      if (text === undefined) continue;
      const oid = namedOid("default", `${table.id}.${i}`);
      yield { oid, adrelid: tableOid(table), adnum: i + 1, adbin: text };
    }
  }
}

function types(): VirtualRow[] {
  return allTypes().map(({ oid, name, length, category, arrayOid, element }) => ({
    ...{ oid, typname: name, typnamespace: schemaOid(SCHEMA), typowner: OWNER_OID },
    ...{ typlen: length, typtype: category === "P" || category === "X" ? "p" : "b" },
    ...{ typcategory: category, typrelid: 0, typelem: element?.oid ?? 0, typarray: arrayOid },
    ...{ typnotnull: false, typbasetype: 0, typtypmod: -1, typdelim: "," },
  }));
}
