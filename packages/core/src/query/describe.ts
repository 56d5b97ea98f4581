import { typeText } from "@aegisdb/sql";
import type { ColumnInfo, ReferentialAction, TableInfo } from "@aegisdb/sql";
import { shown } from "../base/shown.js";
import { treeSize } from "../engine/tree-size.js";
import { AegisError } from "../errors.js";
import { PUBLIC_SCHEMA } from "./catalog-state.js";
import type { EngineSqlHost } from "./host.js";
import { StoredTable } from "./stored-table.js";

/** A column of a table, as `db.table(name)` shows it. */
export interface ColumnDescription {
  readonly name: string;
  /** As SQL spells it: "integer", "character varying(20)", "numeric(10,2)". */
  readonly type: string;
  readonly nullable: boolean;
  /** SQL text; undefined where there is none. */
  readonly default: string | undefined;
  readonly identity: "always" | "byDefault" | undefined;
  /** SQL text of a generated column. */
  readonly generated: string | undefined;
}

export interface IndexDescription {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly descending: boolean }[];
  readonly unique: boolean;
  /** In memory and on disk. The primary key's are the table's own, and not counted here. */
  readonly bytes: number;
}

export type ConstraintDescription =
  | {
      readonly kind: "primaryKey" | "unique";
      readonly name: string;
      readonly columns: readonly string[];
    }
  | {
      readonly kind: "foreignKey";
      readonly name: string;
      readonly columns: readonly string[];
      readonly references: {
        readonly schema: string;
        readonly table: string;
        readonly columns: readonly string[];
      };
      readonly onDelete: ReferentialAction;
      readonly onUpdate: ReferentialAction;
    }
  | { readonly kind: "check"; readonly name: string; readonly expression: string };

/** A table as it is defined now, and how large it is. */
export interface TableDescription {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly ColumnDescription[];
  /** Names of the primary key's columns, in its order; empty if there is none. */
  readonly primaryKey: readonly string[];
  readonly constraints: readonly ConstraintDescription[];
  readonly indexes: readonly IndexDescription[];
  /** About how many rows there are; exact where nothing was changed since the last compaction. */
  readonly rowCount: number;
  /** In memory and on disk, indexes included. */
  readonly bytes: number;
}

/** The tables of all schemas, by schema and name. */
export function describeTables(host: EngineSqlHost): TableDescription[] {
  const tables = host.latest().tables().filter(isStored).map(describe);
  return tables.sort((a, b) => order(a.schema, b.schema) || order(a.name, b.name));
}

/** A table by "name" or "schema.name"; undefined if there is none. */
export function describeTable(host: EngineSqlHost, name: string): TableDescription | undefined {
  if (typeof name !== "string") {
    throw new AegisError("INVALID_ARGUMENT", `a table's name is a text, not ${shown(name)}`);
  }
  const source = host.latest();
  const dot = name.indexOf(".");
  const table =
    source.table(PUBLIC_SCHEMA, name) ??
    (dot < 0 ? undefined : source.table(name.slice(0, dot), name.slice(dot + 1)));
  return table !== undefined && isStored(table) ? describe(table) : undefined;
}

function isStored(table: TableInfo): table is StoredTable {
  return table instanceof StoredTable;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function describe(table: StoredTable): TableDescription {
  const { rows, bytes } = treeSize(table.tree);
  const indexes = table.indexes.map((index): IndexDescription => {
    const stored = table.indexTree(index);
    return {
      name: index.name,
      columns: index.columns.map(({ column, descending }) => ({
        name: table.columns[column]!.name,
        descending,
      })),
      unique: index.unique,
      bytes: stored === undefined ? 0 : treeSize(stored.tree).bytes,
    };
  });
  return {
    schema: table.schema,
    name: table.name,
    columns: table.columns.map(describeColumn),
    primaryKey: names(table, table.primaryKey),
    constraints: describeConstraints(table),
    indexes,
    rowCount: rows,
    bytes: indexes.reduce((sum, index) => sum + index.bytes, bytes),
  };
}

function describeColumn(column: ColumnInfo): ColumnDescription {
  return {
    name: column.name,
    type: typeText(column.type),
    nullable: !column.notNull,
    default: column.defaultSql,
    identity: column.identity,
    generated: column.generatedSql,
  };
}

function describeConstraints(table: StoredTable): ConstraintDescription[] {
  const constraints: ConstraintDescription[] = [];
  for (const { name, constraint, columns } of table.indexes) {
    if (constraint === undefined) continue;
    const kind = constraint === "primary" ? "primaryKey" : "unique";
    const keys = columns.map(({ column }) => column);
    constraints.push({ kind, name, columns: names(table, keys) });
  }
  for (const key of table.foreignKeys) {
    constraints.push({
      kind: "foreignKey",
      name: key.name,
      columns: names(table, key.columns),
      references: { schema: key.refSchema, table: key.refTable, columns: key.refColumns },
      onDelete: key.onDelete,
      onUpdate: key.onUpdate,
    });
  }
  for (const { name, sql } of table.checks) {
    constraints.push({ kind: "check", name, expression: sql });
  }
  return constraints;
}

function names(table: StoredTable, columns: readonly number[]): string[] {
  return columns.map((column) => table.columns[column]!.name);
}
