import type { IndexInfo, SqlType, Source, TableInfo } from "@aegisdb/sql";

/** Names and numbers that the two catalogs share. */

export const DATABASE = "aegis";
export const OWNER = "aegis";

export const TEXT: SqlType = { name: "text" };
export const INTEGER: SqlType = { name: "integer" };
export const BIGINT: SqlType = { name: "bigint" };
export const SMALLINT: SqlType = { name: "smallint" };
export const BOOLEAN: SqlType = { name: "boolean" };
export const REAL: SqlType = { name: "real" };
export const SMALLINTS: SqlType = { name: "array", element: SMALLINT };

export const yesNo = (yes: boolean): string => (yes ? "YES" : "NO");

/** Virtual tables, given by whoever assembles them, so that catalogs can list themselves. */
export interface SystemTables {
  list: readonly TableInfo[];
}

/** Below what PostgreSQL gives to users' objects. */
const FIRST_USER_OID = 16_384;
const FIRST_INDEX_OID = 0x2000_0000;
const FIRST_CONSTRAINT_OID = 0x4000_0000;
const FIRST_NAMED_OID = 0x6000_0000;
/** Parts of a table that get numbers of their own. */
const PARTS_OF_TABLE = 256;

const PG_CATALOG_OID = 11;
const PUBLIC_OID = 2200;

export function tableOid(table: TableInfo): number {
  return table.kind === "virtual" ? 12_000 - table.id : FIRST_USER_OID + table.id;
}

export function indexOid(table: TableInfo, index: IndexInfo): number {
  return FIRST_INDEX_OID + table.id * PARTS_OF_TABLE + table.indexes.indexOf(index);
}

/** `part` tells the constraints of a table apart. */
export function constraintOid(table: TableInfo, part: number): number {
  return FIRST_CONSTRAINT_OID + table.id * PARTS_OF_TABLE + part;
}

/** For what has a name only: the same for the same name. */
export function namedOid(kind: string, name: string): number {
  let hash = 0x811c_9dc5;
  for (const character of `${kind}:${name}`) {
    hash = Math.imul(hash ^ character.codePointAt(0)!, 0x0100_0193);
  }
  return FIRST_NAMED_OID + ((hash >>> 0) & 0x0fff_ffff);
}

export function schemaOid(schema: string): number {
  if (schema === "public") return PUBLIC_OID;
  return schema === "pg_catalog" ? PG_CATALOG_OID : namedOid("schema", schema);
}

/** A name as SQL text. */
export function quoted(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

export function columnList(table: TableInfo, columns: readonly number[]): string {
  return columns.map((column) => quoted(table.columns[column]!.name)).join(", ");
}

export function indexColumns(index: IndexInfo): number[] {
  return index.columns.map(({ column }) => column);
}

/** The unique constraint that a foreign key refers to. */
export function referencedKey(
  source: Source,
  schema: string,
  name: string,
  columns: readonly string[],
): { readonly table: TableInfo; readonly index: IndexInfo } | undefined {
  const table = source.table(schema, name);
  const index = table?.indexes.find((candidate) => {
    const names = indexColumns(candidate).map((column) => table.columns[column]!.name);
    return (
      candidate.unique &&
      names.length === columns.length &&
      names.every((own) => columns.includes(own))
    );
  });
  return table === undefined || index === undefined ? undefined : { table, index };
}
