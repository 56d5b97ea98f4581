import type { ColumnType } from "@aegisdb/sql/contract";
import { AegisError } from "../errors.js";
import { MAX_COLUMNS } from "../limits.js";
import type { Layout, LayoutColumn } from "../tree/layout.js";

/** The catalog of trees is a tree itself, the one whose id and layout are built in. */
export const CATALOG_TREE_ID = 0;
export const CATALOG_NAME = "aegis.trees";

/** Positions in `[...key, ...value]` of the catalog's rows. */
export const CATALOG_ID_COLUMN = 1;
export const CATALOG_LAYOUT_COLUMN = 2;

export const CATALOG_LAYOUT: Layout = {
  key: [{ name: "name", type: { kind: "text" } }],
  value: [
    { name: "id", type: { kind: "int" } },
    { name: "layout", type: { kind: "variant" } },
  ],
  access: "point",
  pointReads: true,
};

/** A layout as the catalog stores it; see docs/format/catalog.md. */
export function layoutToJson(layout: Layout): unknown {
  return {
    key: layout.key.map(columnToJson),
    value: layout.value.map(columnToJson),
    access: layout.access,
    pointReads: layout.pointReads,
  };
}

/** Throws CORRUPTION if the catalog holds what no version of ours would have written. */
export function layoutFromJson(json: unknown): Layout {
  const layout = json as Layout | null;
  const columnsFit = (columns: unknown): columns is LayoutColumn[] =>
    Array.isArray(columns) && columns.length <= MAX_COLUMNS && columns.every(isColumn);
  if (
    layout === null ||
    typeof layout !== "object" ||
    !columnsFit(layout.key) ||
    !columnsFit(layout.value) ||
    layout.key.length === 0 ||
    (layout.access !== "point" && layout.access !== "scan")
  ) {
    throw new AegisError("CORRUPTION", "the catalog holds a tree whose layout is damaged");
  }
  return layout;
}

function columnToJson(column: LayoutColumn): unknown {
  return {
    name: column.name,
    type: column.type,
    ...(column.descending === true ? { descending: true } : {}),
    ...(column.nullable === true ? { nullable: true } : {}),
  };
}

const KINDS: ReadonlySet<string> = new Set<ColumnType["kind"]>([
  "int",
  "float",
  "bool",
  "text",
  "bytes",
  "timestamp",
  "decimal",
  "numeric",
  "date",
  "time",
  "interval",
  "uuid",
  "variant",
]);

function isColumn(column: unknown): boolean {
  const { name, type } = (column ?? {}) as Partial<LayoutColumn>;
  return typeof name === "string" && type !== undefined && KINDS.has(type.kind);
}
