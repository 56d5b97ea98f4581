import { storageType } from "@aegisdb/sql";
import type {
  CheckInfo,
  ColumnInfo,
  ForeignKeyInfo,
  IndexInfo,
  RowInPlace,
  RowLocator,
  TableDefinition,
  TableInfo,
  Value,
} from "@aegisdb/sql";
import type { Key } from "../base/key.js";
import type { TreeRef } from "../engine/contract.js";
import type { Layout, LayoutColumn } from "../tree/layout.js";
import type { RowView } from "../tree/row-view.js";
import type { TableRecord } from "./definition.js";
import { keyForm, type KeyForm } from "./key-form.js";
import { MappedRow } from "./row-in-place.js";
import type { StoredIndex } from "./stored-index.js";

/** Name of the column that holds the row id of a table without a primary key. */
const ROW_ID = "";

/**
 * How a table lies in its tree: the key is the primary key in its key forms, or a hidden row id;
 * then come the other columns, and those of the primary key whose key form is not the value itself.
 */
export function tableLayout(table: Pick<TableDefinition, "columns" | "primaryKey">): Layout {
  const key = table.primaryKey.map((column): LayoutColumn => {
    const { name, type } = table.columns[column]!;
    return { name, type: keyForm(type).type };
  });
  if (key.length === 0) key.push({ name: ROW_ID, type: { kind: "int" } });
  const value = valueColumns(table).map((column): LayoutColumn => {
    const { name, type } = table.columns[column]!;
    return { name, type: storageType(type) };
  });
  return { key, value, access: "scan", pointReads: true };
}

/** Table columns that are value columns of the tree, in their order there. */
function valueColumns(table: Pick<TableDefinition, "columns" | "primaryKey">): number[] {
  const columns: number[] = [];
  table.columns.forEach(({ type }, column) => {
    if (!table.primaryKey.includes(column) || !keyForm(type).exact) columns.push(column);
  });
  return columns;
}

/** A table's definition with the trees that hold it. Immutable, shared by all views that see it. */
export class StoredTable implements TableInfo {
  readonly id: number;
  readonly schema: string;
  readonly name: string;
  readonly kind = "table" as const;
  readonly columns: readonly ColumnInfo[];
  readonly primaryKey: readonly number[];
  readonly indexes: readonly IndexInfo[];
  readonly foreignKeys: readonly ForeignKeyInfo[];
  readonly checks: readonly CheckInfo[];
  /** Of the definition: no other one of this table has had it. */
  readonly version: number;
  readonly tree: TreeRef;
  /** The number in the tree's name. */
  readonly number: number;
  /** The indexes that have trees of their own. */
  readonly trees: readonly StoredIndex[];
  /** The primary key's index, for its name. */
  readonly primary: IndexInfo | undefined;
  readonly hidden: boolean;
  /** Whether keys are numbers, which are the first column of the tree. */
  readonly hasNumberKey: boolean;
  /** Whether an insert may meet a row that is there. */
  readonly hasUnique: boolean;
  /** The tree's column of each table column. */
  readonly layoutOf: readonly number[];
  readonly primaryForms: readonly KeyForm[];
  private readonly values: readonly number[];
  /** Whether table rows are the tree's rows as they are. */
  private readonly identical: boolean;
  /** Whether table columns have the numbers of the tree's. */
  private readonly inOrder: boolean;
  private readonly mappedRow: MappedRow;

  constructor(
    id: number,
    version: number,
    definition: TableDefinition,
    tree: TreeRef,
    number: number,
    trees: readonly StoredIndex[],
  ) {
    this.id = id;
    this.version = version;
    this.schema = definition.schema;
    this.name = definition.name;
    this.columns = definition.columns;
    this.primaryKey = definition.primaryKey;
    this.indexes = definition.indexes;
    this.foreignKeys = definition.foreignKeys;
    this.checks = definition.checks;
    this.tree = tree;
    this.number = number;
    this.trees = trees;
    this.hasNumberKey = tree.codec.form === "number";
    this.hidden = definition.primaryKey.length === 0;
    this.primary = definition.indexes.find((index) => index.constraint === "primary");
    this.hasUnique = !this.hidden || trees.some((index) => index.unique);
    this.primaryForms = this.primaryKey.map((column) => keyForm(this.columns[column]!.type));
    this.values = valueColumns(definition);
    const layoutOf = new Array<number>(this.columns.length);
    this.primaryKey.forEach((column, i) => (layoutOf[column] = i));
    const keyColumns = tree.layout.key.length;
    this.values.forEach((column, i) => (layoutOf[column] = keyColumns + i));
    this.layoutOf = layoutOf;
    this.inOrder = layoutOf.every((at, column) => at === column);
    this.mappedRow = new MappedRow(layoutOf);
    this.identical = this.inOrder && this.columns.length === keyColumns + tree.layout.value.length;
  }

  /** What the catalog stores. */
  get record(): TableRecord {
    const { schema, name, columns, primaryKey, indexes, foreignKeys, checks } = this;
    return {
      ...{ schema, name, columns, primaryKey, indexes, foreignKeys, checks },
      tree: this.number,
      indexTrees: indexes.map((index) => this.indexTree(index)?.number ?? 0),
    };
  }

  /** The tree of an index; undefined for the primary key. */
  indexTree(index: IndexInfo): StoredIndex | undefined {
    for (const stored of this.trees) if (stored.info.name === index.name) return stored;
    return undefined;
  }

  /** The key columns of a row. Precondition: the table has a primary key. */
  keyValues(row: readonly Value[]): Value[] {
    const { primaryKey, primaryForms } = this;
    const values: Value[] = [];
    for (let i = 0; i < primaryKey.length; i++) {
      values.push(primaryForms[i]!.encode(row[primaryKey[i]!]!));
    }
    return values;
  }

  /** The key columns of a row that lies at `locator`. */
  keyValuesAt(locator: RowLocator, row: readonly Value[]): Value[] {
    return this.hidden ? [locator] : this.keyValues(row);
  }

  /** The key of values that stand in the primary key's order. */
  keyOf(values: readonly Value[]): Key {
    const { primaryForms } = this;
    if (primaryForms.length === 1 && primaryForms[0]!.exact) return this.tree.codec.encode(values);
    return this.tree.codec.encode(primaryForms.map((form, i) => form.encode(values[i]!)));
  }

  /** A row as its tree stores it; `key` are its key columns. */
  storedRow(row: readonly Value[], key: readonly Value[]): readonly Value[] {
    if (this.identical) return row;
    const stored = key.slice();
    for (const column of this.values) stored.push(row[column]!);
    return stored;
  }

  /** The row that `view` stands on, seen by table column; valid as long as that. */
  inPlace(view: RowView): RowInPlace {
    return this.inOrder ? view : this.mappedRow.set(view);
  }

  /** The table's row that `view` stands on. */
  rowOf(view: RowView): Value[] {
    const { layoutOf } = this;
    const row: Value[] = new Array<Value>(layoutOf.length);
    for (let i = 0; i < layoutOf.length; i++) row[i] = view.value(layoutOf[i]!);
    return row;
  }
}
