import { duplicatedKey } from "@aegisdb/sql";
import type { IndexInfo, TableDefinition, Value } from "@aegisdb/sql";
import type { Key } from "../base/key.js";
import type { TreeRef, WriteTransaction } from "../engine/contract.js";
import { AegisError } from "../errors.js";
import type { Layout } from "../tree/layout.js";
import { indexTree, tableTree } from "./catalog-layout.js";
import { fitsLayout, indexLayout, StoredIndex } from "./stored-index.js";
import { StoredTable, tableLayout } from "./stored-table.js";

/** How a table's rows become those of its new definition. */
export interface Rewrite {
  /** Where a column of the old definition is in the new one; undefined if it is gone. */
  readonly moved: (column: number) => number | undefined;
  /** Columns of the new definition whose values are new. */
  readonly changed: readonly number[];
  /** Undefined: rows stay as they are. */
  readonly convert: ((row: readonly Value[]) => readonly Value[]) | undefined;
}

export const UNCHANGED_ROWS: Rewrite = {
  moved: (column) => column,
  changed: [],
  convert: undefined,
};

/**
 * Makes the trees of a table's new definition out of those of the old one, inside a transaction.
 * What still fits is kept: a new column rewrites the rows and no index, a new index reads the rows
 * once, and a new name changes nothing.
 */
export class TableBuilder {
  readonly #tx: WriteTransaction;
  readonly #nextId: () => number;

  constructor(tx: WriteTransaction, nextId: () => number) {
    this.#tx = tx;
    this.#nextId = nextId;
  }

  /** An empty table. */
  create(id: number, version: number, definition: TableDefinition): StoredTable {
    const tree = this.#tx.createTree(tableTree(id), tableLayout(definition));
    const indexes = treeIndexes(definition).map((index) =>
      this.#createIndex(definition, tree.layout, index),
    );
    return new StoredTable(id, version, definition, tree, id, indexes);
  }

  drop(table: StoredTable): void {
    this.#tx.dropTree(table.tree);
    for (const index of table.trees) this.#tx.dropTree(index.tree);
  }

  /** The same table without its rows. */
  emptied(table: StoredTable, version: number): StoredTable {
    this.drop(table);
    const number = this.#nextId();
    const tree = this.#tx.createTree(tableTree(number), table.tree.layout);
    const indexes = treeIndexes(table).map((index) => this.#createIndex(table, tree.layout, index));
    return new StoredTable(table.id, version, table, tree, number, indexes);
  }

  /** The table as `definition` has it, with its rows. */
  redefined(
    before: StoredTable,
    version: number,
    definition: TableDefinition,
    rewrite: Rewrite,
  ): StoredTable {
    const layout = tableLayout(definition);
    const sameKey = keepsKey(before, definition, layout, rewrite);
    const keepsRows =
      sameKey && rewrite.convert === undefined && sameTypes(before.tree.layout, layout);
    const number = keepsRows ? before.number : this.#nextId();
    const tree = keepsRows ? before.tree : this.#tx.createTree(tableTree(number), layout);
    const kept = new Set<StoredIndex>();
    const made: StoredIndex[] = [];
    const indexes = treeIndexes(definition).map((index) => {
      const old = sameKey ? reusable(before, definition, index, rewrite, kept) : undefined;
      if (old !== undefined) {
        kept.add(old);
        return new StoredIndex(definition, index, old.tree, old.number);
      }
      const fresh = this.#createIndex(definition, layout, index);
      made.push(fresh);
      return fresh;
    });
    const table = new StoredTable(before.id, version, definition, tree, number, indexes);
    if (!keepsRows) {
      this.#copyRows(before, table, rewrite);
      this.#tx.dropTree(before.tree);
    }
    for (const index of made) this.#fill(table, index);
    for (const old of before.trees) if (!kept.has(old)) this.#tx.dropTree(old.tree);
    return table;
  }

  #createIndex(definition: TableDefinition, table: Layout, index: IndexInfo): StoredIndex {
    const number = this.#nextId();
    const tree = this.#tx.createTree(indexTree(number), indexLayout(definition, table.key, index));
    return new StoredIndex(definition, index, tree, number);
  }

  #copyRows(before: StoredTable, table: StoredTable, { convert }: Rewrite): void {
    const tx = this.#tx;
    const cursor = tx.scan(before.tree);
    while (cursor.next()) {
      const old = before.rowOf(cursor.row);
      const row = convert === undefined ? old : convert(old);
      const primary = table.hidden
        ? [before.hidden ? cursor.key : tx.nextVersion()]
        : this.#primaryOf(table, row);
      const key = table.tree.codec.encode(primary);
      if (!table.hidden && isTaken(tx, table.tree, key)) {
        const index = table.primary;
        if (index !== undefined) throw duplicatedKey(table, index, row);
        throw new AegisError("UNIQUE_VIOLATION", "two rows have the same primary key");
      }
      tx.put(table.tree, table.storedRow(row, primary), key);
    }
  }

  #primaryOf(table: StoredTable, row: readonly Value[]): Value[] {
    for (const column of table.primaryKey) {
      if (row[column] !== null) continue;
      const { name } = table.columns[column]!;
      throw new AegisError(
        "NOT_NULL_VIOLATION",
        `column "${name}" of relation "${table.name}" contains null values`,
        { table: table.name, column: name },
      );
    }
    return table.keyValues(row);
  }

  #fill(table: StoredTable, index: StoredIndex): void {
    const tx = this.#tx;
    const { codec } = index.tree;
    const cursor = tx.scan(table.tree);
    while (cursor.next()) {
      const row = table.rowOf(cursor.row);
      const entry = index.entry(row, table.keyValuesAt(cursor.key, row));
      const key = codec.encode(entry);
      if (index.isExclusive(entry) && isTaken(tx, index.tree, key)) {
        throw duplicatedKey(table, index.info, row);
      }
      tx.put(index.tree, entry, key);
    }
  }
}

function isTaken(tx: WriteTransaction, tree: TreeRef, key: Key): boolean {
  return tx.get(tree, key) !== null;
}

/** The indexes that have trees of their own. */
function treeIndexes(definition: Pick<TableDefinition, "indexes">): IndexInfo[] {
  return definition.indexes.filter((index) => index.constraint !== "primary");
}

/** Whether rows keep their keys, which every index refers to. */
function keepsKey(
  before: StoredTable,
  definition: TableDefinition,
  layout: Layout,
  { moved, changed }: Rewrite,
): boolean {
  const { primaryKey } = definition;
  return (
    before.primaryKey.length === primaryKey.length &&
    before.primaryKey.every((column, i) => moved(column) === primaryKey[i]) &&
    !primaryKey.some((column) => changed.includes(column)) &&
    before.tree.layout.key.every((column, i) => column.type.kind === layout.key[i]!.type.kind)
  );
}

function sameTypes(a: Layout, b: Layout): boolean {
  return (
    a.value.length === b.value.length &&
    a.value.every(({ type }, i) => JSON.stringify(type) === JSON.stringify(b.value[i]!.type))
  );
}

/** The old index whose tree holds just what `index` needs. */
function reusable(
  before: StoredTable,
  definition: TableDefinition,
  index: IndexInfo,
  { moved, changed }: Rewrite,
  taken: ReadonlySet<StoredIndex>,
): StoredIndex | undefined {
  if (index.columns.some(({ column }) => changed.includes(column))) return undefined;
  const fits = (old: StoredIndex): boolean =>
    !taken.has(old) &&
    old.info.unique === index.unique &&
    old.info.nullsNotDistinct === index.nullsNotDistinct &&
    old.columns.length === index.columns.length &&
    old.columns.every((column, i) => moved(column) === index.columns[i]!.column) &&
    fitsLayout(definition, index, old.tree.layout);
  const named = before.trees.find((old) => old.info.name === index.name);
  if (named !== undefined && fits(named)) return named;
  const renamed = (old: StoredIndex): boolean =>
    !definition.indexes.some(({ name }) => name === old.info.name);
  return before.trees.find((old) => renamed(old) && fits(old));
}
