import { storageType } from "@aegisdb/sql";
import type { IndexInfo, SqlType, TableDefinition, Value } from "@aegisdb/sql";
import type { Key } from "../base/key.js";
import type { KeyCodec } from "../base/keycode.js";
import type { TreeRef } from "../engine/contract.js";
import type { Layout, LayoutColumn } from "../tree/layout.js";
import type { RowBatch } from "../tree/row-batch.js";
import type { StoredValue } from "../tree/row-codec.js";
import type { RowView } from "../tree/row-view.js";
import { keyForm, type KeyForm } from "./key-form.js";

/**
 * The tree of an index. Its rows are
 *
 *     plain                     (columns…, primary key…) → nothing
 *     unique                    (columns…)               → primary key…
 *     unique, NULLs distinct    (columns…, ties…)        → primary key…
 *
 * so that a unique key is one point: looking for a duplicate is one read of one key, which is what
 * a transaction that adds the same key conflicts with. Where a column may be NULL, keys with a NULL
 * are like no other; they are told apart by ties, which are the primary key in them and NULL in all
 * others. The primary key stands in its key forms; a hidden row id is one.
 */
export function indexLayout(
  table: Pick<TableDefinition, "columns">,
  primary: readonly LayoutColumn[],
  index: IndexInfo,
): Layout {
  let mayBeNull = false;
  const columns = index.columns.map(({ column, descending }): LayoutColumn => {
    const { name, type, notNull } = table.columns[column]!;
    if (!notNull) mayBeNull = true;
    return {
      name,
      type: keyForm(type).type,
      ...(descending ? { descending } : {}),
      ...(notNull ? {} : { nullable: true }),
    };
  });
  const rest = primary.map(({ name, type }): LayoutColumn => ({ name, type }));
  const access = "point" as const;
  if (!index.unique) {
    return { key: [...columns, ...rest], value: [], access, pointReads: false };
  }
  const ties = mayBeNull && !index.nullsNotDistinct ? rest : [];
  const key = [...columns, ...ties.map((tie) => ({ ...tie, nullable: true }))];
  return { key, value: rest, access, pointReads: true };
}

export class StoredIndex {
  readonly info: IndexInfo;
  readonly tree: TreeRef;
  /** The number in the tree's name. */
  readonly number: number;
  /** Table columns of the key, in its order. */
  readonly columns: readonly number[];
  readonly forms: readonly KeyForm[];
  /** Whether a key without NULLs belongs to one row at most, or any key does. */
  readonly unique: boolean;
  /** How many columns of the key are ties. */
  readonly ties: number;
  private readonly keyColumns: number;
  /** Columns of the tree that hold the primary key. */
  readonly primaryAt: readonly number[];

  constructor(
    table: Pick<TableDefinition, "columns">,
    info: IndexInfo,
    tree: TreeRef,
    number: number,
  ) {
    this.info = info;
    this.tree = tree;
    this.number = number;
    this.columns = info.columns.map(({ column }) => column);
    this.forms = this.columns.map((column) => keyForm(table.columns[column]!.type));
    this.unique = info.unique;
    this.keyColumns = tree.layout.key.length;
    this.ties = info.unique ? this.keyColumns - this.columns.length : 0;
    const first = info.unique ? this.keyColumns : this.columns.length;
    const primaryColumns = this.keyColumns + tree.layout.value.length - first;
    this.primaryAt = Array.from({ length: primaryColumns }, (_, i) => first + i);
  }

  /** The index tree's columns that hold these table columns; undefined unless it has them all. */
  covering(
    table: Pick<TableDefinition, "columns" | "primaryKey">,
    wanted: readonly number[],
  ): readonly number[] | undefined {
    const found: number[] = [];
    for (const column of wanted) {
      const at = isExact(table.columns[column]!.type) ? this.columns.indexOf(column) : -1;
      const primary = at < 0 ? table.primaryKey.indexOf(column) : -1;
      if (at >= 0) found.push(at);
      else if (primary >= 0 && isExact(table.columns[column]!.type)) {
        found.push(this.primaryAt[primary]!);
      } else return undefined;
    }
    return found;
  }

  /** The index row of a table row, `primary` being its primary key's values in their key forms. */
  entry(row: readonly Value[], primary: readonly Value[]): Value[] {
    const { columns, forms } = this;
    const entry: Value[] = [];
    let hasNull = false;
    for (let i = 0; i < columns.length; i++) {
      const value = forms[i]!.encode(row[columns[i]!]!);
      if (value === null) hasNull = true;
      entry.push(value);
    }
    if (this.ties > 0) for (const value of primary) entry.push(hasNull ? value : null);
    for (const value of primary) entry.push(value);
    return entry;
  }

  /** The key columns of an entry. */
  keyValues(entry: readonly StoredValue[]): readonly StoredValue[] {
    return entry.length === this.keyColumns ? entry : entry.slice(0, this.keyColumns);
  }

  /** Whether another row must not have the key of this entry. */
  isExclusive(entry: readonly Value[]): boolean {
    return this.unique && (this.ties === 0 || entry[this.columns.length] === null);
  }

  /** Whether two rows surely have the same key, at little cost. */
  sameColumns(a: readonly Value[], b: readonly Value[]): boolean {
    for (const column of this.columns) if (a[column] !== b[column]) return false;
    return true;
  }

  /** Where the row of an entry is in the table's tree. */
  locator(entry: RowView, table: KeyCodec): Key {
    const { primaryAt } = this;
    if (table.form === "number") return entry.number(primaryAt[0]!);
    if (primaryAt.length === 1) return table.encode([entry.value(primaryAt[0]!)]);
    return table.encode(primaryAt.map((column) => entry.value(column)));
  }

  /** The locators of many entries. Precondition: the table's keys are numbers. */
  numbers({ cells, rows, count }: RowBatch): (number | bigint)[] {
    const column = this.primaryAt[0]!;
    const locators: (number | bigint)[] = [];
    for (let i = 0; i < count; i++) locators.push(cells[i]!.number(column, rows[i]!));
    return locators;
  }
}

/** Whether an index tree of `layout` is still right for the table's columns as they are now. */
export function fitsLayout(
  table: Pick<TableDefinition, "columns">,
  index: IndexInfo,
  layout: Layout,
): boolean {
  return index.columns.every(({ column, descending }, i) => {
    const info = table.columns[column]!;
    const stored = layout.key[i]!;
    if ((stored.descending ?? false) !== descending) return false;
    if (!info.notNull && stored.nullable !== true) return false;
    return stored.type.kind === keyForm(info.type).type.kind;
  });
}

/**
 * Whether a key column holds the very value of a column of this type. A float's may be the other of
 * 0 and -0, as an update from one to the other leaves the key alone.
 */
function isExact(type: SqlType): boolean {
  return keyForm(type).exact && storageType(type).kind !== "float";
}
