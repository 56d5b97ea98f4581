import { duplicateKey } from "@aegisdb/sql";
import type {
  IndexInfo,
  RowLocator,
  SequenceInfo,
  Sink,
  TableChange,
  TableDefinition,
  TableInfo,
  Value,
  ViewInfo,
} from "@aegisdb/sql";
import type { Key } from "../base/key.js";
import type { WriteTransaction } from "../engine/contract.js";
import { assert } from "../errors.js";
import type { CatalogChanges } from "./catalog-changes.js";
import type { CatalogState } from "./catalog-state.js";
import { Definitions } from "./definitions.js";
import { findMatches, type FoundRow } from "./matches.js";
import { pending, primaryIndex, type PendingEntry } from "./pending-entry.js";
import { assertWritable, type SequenceStore } from "./sequence-store.js";
import { EngineSource } from "./source.js";
import type { StoredTable } from "./stored-table.js";

/** A transaction of the engine as SQL writes to it: rows with their indexes, and definitions. */
export class EngineSink extends EngineSource implements Sink {
  readonly changes: CatalogChanges;
  readonly #tx: WriteTransaction;
  /** Made when the first definition changes. */
  #definitionsMade: Definitions | undefined;
  /** The table that was written to last, as it is now. */
  #given: TableInfo | undefined;
  #writable: StoredTable | undefined;
  #state: CatalogState;

  constructor(tx: WriteTransaction, changes: CatalogChanges, sequences: SequenceStore) {
    super(tx, changes.base, sequences);
    this.changes = changes;
    this.#tx = tx;
    this.#state = changes.base;
  }

  get #definitions(): Definitions {
    return (this.#definitionsMade ??= new Definitions(this.#tx, this.changes, this.positions));
  }

  protected override get state(): CatalogState {
    return this.changes.state;
  }

  protected override get isFixed(): boolean {
    return false;
  }

  protected override touch(schema: string, name: string): void {
    this.changes.touch(schema, name);
  }

  override rowCount(info: TableInfo): number {
    const rows = super.rowCount(info);
    if (info.kind === "virtual") return rows;
    return Math.max(0, rows + this.#tx.rowsAdded(this.stored(info).tree));
  }

  insert(info: TableInfo, row: readonly Value[]): RowLocator {
    const table = this.stored(info);
    const tx = this.#tx;
    const primary = table.hidden ? [tx.nextVersion()] : table.keyValues(row);
    const key = table.tree.codec.encode(primary);
    if (table.trees.length === 0) {
      if (!table.hidden) this.#assertKeyFree(table, row, key);
      tx.put(table.tree, table.storedRow(row, primary), key);
      return key;
    }
    const entries = this.#entries(table, row, primary);
    if (table.hasUnique) {
      if (!table.hidden) this.#assertKeyFree(table, row, key);
      for (const entry of entries) this.#assertEntryFree(table, row, entry);
    }
    tx.put(table.tree, table.storedRow(row, primary), key);
    for (const entry of entries) tx.put(entry.index.tree, entry.entry, entry.key);
    return key;
  }

  update(
    info: TableInfo,
    locator: RowLocator,
    oldRow: readonly Value[],
    newRow: readonly Value[],
  ): RowLocator {
    const table = this.stored(info);
    const tx = this.#tx;
    const primary = table.keyValuesAt(locator, newRow);
    const key = table.hidden ? locator : table.tree.codec.encode(primary);
    const moved = key !== locator;
    const removed: PendingEntry[] = [];
    const added: PendingEntry[] = [];
    for (const index of table.trees) {
      if (!moved && index.sameColumns(oldRow, newRow)) continue;
      const before = pending(index, oldRow, table.keyValuesAt(locator, oldRow));
      const after = pending(index, newRow, primary);
      const sameKey = before.key === after.key;
      if (sameKey && !moved) continue;
      if (!sameKey) removed.push(before);
      added.push(after);
    }
    if (moved) this.#assertKeyFree(table, newRow, key);
    for (const entry of added) this.#assertEntryFree(table, newRow, entry, locator);
    if (moved) tx.delete(table.tree, table.keyValuesAt(locator, oldRow), locator);
    tx.put(table.tree, table.storedRow(newRow, primary), key);
    for (const { index, entry, key: at } of removed) {
      tx.delete(index.tree, index.keyValues(entry), at);
    }
    for (const { index, entry, key: at } of added) tx.put(index.tree, entry, at);
    return key;
  }

  delete(info: TableInfo, locator: RowLocator, oldRow: readonly Value[]): void {
    const table = this.stored(info);
    const primary = table.keyValuesAt(locator, oldRow);
    this.#tx.delete(table.tree, primary, locator);
    for (const index of table.trees) {
      const { entry, key } = pending(index, oldRow, primary);
      this.#tx.delete(index.tree, index.keyValues(entry), key);
    }
  }

  row(info: TableInfo, locator: RowLocator): readonly Value[] | undefined {
    const table = this.stored(info);
    const row = this.#tx.get(table.tree, locator);
    return row === null ? undefined : table.rowOf(row);
  }

  rowOfKey(info: TableInfo, key: readonly Value[]): FoundRow | undefined {
    const table = this.stored(info);
    const locator = table.keyOf(key);
    const row = this.#tx.getValidated(table.tree, locator);
    return row === null ? undefined : { locator, row: table.rowOf(row) };
  }

  findConflict(
    info: TableInfo,
    arbiter: IndexInfo | undefined,
    row: readonly Value[],
  ): FoundRow | undefined {
    const table = this.stored(info);
    return this.#tx.alwaysValidated(() => {
      const primary = arbiter === undefined || arbiter.constraint === "primary";
      if (primary && !table.hidden) {
        const found = this.#found(table, table.tree.codec.encode(table.keyValues(row)));
        if (found !== undefined) return found;
      }
      // The rows that are there decide; the new one's own key is no part of what conflicts.
      const own = table.hidden ? [0] : table.keyValues(row);
      for (const index of table.trees) {
        if (!index.unique || (arbiter !== undefined && arbiter.name !== index.info.name)) continue;
        const locator = this.#holder(table, pending(index, row, own));
        if (locator !== undefined) return this.#found(table, locator);
      }
      return undefined;
    });
  }

  matches(
    info: TableInfo,
    columns: readonly number[],
    values: readonly Value[],
  ): Iterable<FoundRow> {
    return findMatches(this.#tx, this.stored(info), columns, values);
  }

  truncate(table: TableInfo): void {
    this.#definitions.truncate(this.storedById(table));
  }

  override keepReads(): void {
    this.#tx.keepReads();
  }

  defining<T>(fn: () => T, everyName: boolean): T {
    if (everyName) this.changes.touchAll();
    return this.#tx.alwaysValidated(fn);
  }

  createTable(definition: TableDefinition): TableInfo {
    return this.#definitions.createTable(definition);
  }

  dropTable(table: TableInfo): void {
    this.#definitions.dropTable(this.storedById(table));
  }

  alterTable(table: TableInfo, change: TableChange): TableInfo {
    return this.#definitions.alterTable(this.storedById(table), change);
  }

  createIndex(table: TableInfo, index: IndexInfo): void {
    this.#definitions.createIndex(this.storedById(table), index);
  }

  dropIndex(table: TableInfo, index: IndexInfo): void {
    this.#definitions.dropIndex(this.storedById(table), index);
  }

  createSchema(name: string): void {
    this.changes.createSchema(name);
  }

  dropSchema(name: string): void {
    this.changes.dropSchema(name);
  }

  createView(view: ViewInfo, replace: boolean): void {
    this.#definitions.createView(view, replace);
  }

  dropView(schema: string, name: string): void {
    this.#definitions.dropView(schema, name);
  }

  createSequence(sequence: SequenceInfo): void {
    this.#definitions.createSequence(sequence);
  }

  alterSequence(name: string, sequence: SequenceInfo): void {
    this.#definitions.alterSequence(name, sequence);
  }

  dropSequence(name: string): void {
    this.#definitions.dropSequence(name);
  }

  nextval(name: string): number | bigint {
    assertWritable(this.#tx, "nextval");
    return this.positions.next(this.#definitions.sequence(name));
  }

  setval(name: string, value: number | bigint, called: boolean): void {
    assertWritable(this.#tx, "setval");
    this.positions.set(this.#definitions.sequence(name), value, called);
  }

  savepoint(): number {
    return this.#tx.savepoint();
  }

  rollbackTo(savepoint: number): void {
    this.#tx.rollbackTo(savepoint);
    this.changes.rolledBackTo(savepoint);
  }

  /** The table as it is now in this transaction, whichever version of it was given. */
  protected override stored(info: TableInfo): StoredTable {
    if (info === this.#given && this.#state === this.changes.state) return this.#writable!;
    const current = this.storedById(info);
    assert(current.columns.length === info.columns.length, "a statement fits its table's columns");
    this.changes.touch(current.schema, current.name);
    this.#given = info;
    this.#writable = current;
    this.#state = this.changes.state;
    return current;
  }

  #entries(table: StoredTable, row: readonly Value[], primary: readonly Value[]): PendingEntry[] {
    const entries: PendingEntry[] = [];
    for (const index of table.trees) entries.push(pending(index, row, primary));
    return entries;
  }

  #assertKeyFree(table: StoredTable, row: readonly Value[], key: Key): void {
    if (this.#tx.getValidated(table.tree, key) === null) return;
    throw duplicateKey(table, primaryIndex(table), row);
  }

  #assertEntryFree(
    table: StoredTable,
    row: readonly Value[],
    entry: PendingEntry,
    self?: RowLocator,
  ): void {
    const holder = this.#holder(table, entry);
    if (holder === undefined || holder === self) return;
    throw duplicateKey(table, entry.index.info, row);
  }

  /** The row whose key an entry would take, if any. */
  #holder(table: StoredTable, { index, entry, key }: PendingEntry): RowLocator | undefined {
    if (!index.isExclusive(entry)) return undefined;
    const found = this.#tx.getValidated(index.tree, key);
    return found === null ? undefined : index.locator(found, table.tree.codec);
  }

  #found(table: StoredTable, locator: RowLocator): FoundRow | undefined {
    const row = this.#tx.get(table.tree, locator);
    return row === null ? undefined : { locator, row: table.rowOf(row) };
  }
}
