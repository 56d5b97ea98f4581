import type { Layout } from "../tree/layout.js";

/**
 * The trees of SQL besides those of its tables and indexes; see docs/format/sql.md.
 *
 *     sql.catalog     (schema, name)  → kind, id, version, definition
 *     sql.sequences   (id)            → last, called
 *
 * A schema has the row (its name, ""), and the row ("", "") holds the version of the whole catalog:
 * a number that no other state of it has ever had.
 */
export const CATALOG_TREE = "sql.catalog";
export const SEQUENCES_TREE = "sql.sequences";

export const catalogLayout: Layout = {
  key: [
    { name: "schema", type: { kind: "text" } },
    { name: "name", type: { kind: "text" } },
  ],
  value: [
    { name: "kind", type: { kind: "text" } },
    { name: "id", type: { kind: "int" } },
    { name: "version", type: { kind: "int" } },
    { name: "definition", type: { kind: "text" } },
  ],
  access: "point",
  pointReads: true,
};

/** Columns of sql.catalog, numbered over key and value together. */
export const SCHEMA = 0;
export const NAME = 1;
export const KIND = 2;
export const ID = 3;
export const VERSION = 4;
export const DEFINITION = 5;

export const sequencesLayout: Layout = {
  key: [{ name: "id", type: { kind: "int" } }],
  value: [
    { name: "last", type: { kind: "int" } },
    { name: "called", type: { kind: "bool" } },
  ],
  access: "point",
  pointReads: true,
};

/** Columns of sql.sequences. */
export const LAST = 1;
export const CALLED = 2;

/** The sequence that numbers tables, indexes, views and sequences themselves. */
export const ID_SEQUENCE = 0;

/** Names of the trees of a table's rows and of an index. */
export function tableTree(number: number): string {
  return `table:${number}`;
}

export function indexTree(number: number): string {
  return `index:${number}`;
}
