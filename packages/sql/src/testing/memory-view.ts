import { AegisError, assert } from "../contract/errors.js";
import type {
  IndexInfo,
  IndexLookup,
  RowInPlace,
  RowLocator,
  ScanRequest,
  SequenceInfo,
  Sink,
  SourceBatch,
  TableInfo,
  ViewInfo,
} from "../contract/source.js";
import type { TableChange, TableDefinition } from "../contract/table-change.js";
import type { Value } from "../contract/types.js";
import { duplicateKey } from "../modify/violations.js";
import { changeTable } from "./memory-alter.js";
import { MemoryRow } from "./memory-row.js";
import { lookUpRows, scanTable } from "./memory-scan.js";
import {
  checkIndex,
  copyState,
  type FoundRow,
  indexKey,
  keyOf,
  nextVersion,
  type Row,
  type MemoryState,
} from "./memory-state.js";
import type { StoredTable } from "./memory-state.js";
import type { MemorySequences } from "./memory-sequences.js";
import { Uncontested } from "./uncontested.js";

/** A transaction's view of a `MemoryHost`; a reader never calls its writing half. */
export class MemoryView extends Uncontested implements Sink {
  state: MemoryState;
  readonly #sequences: MemorySequences;
  /** Tables that no other version of the database shares. */
  #own: Set<StoredTable> = new Set();
  readonly #savepoints: MemoryState[] = [];

  constructor(state: MemoryState, sequences: MemorySequences) {
    super();
    this.state = state;
    this.#sequences = sequences;
  }

  assertReadable(): void {
    // A view of memory never ends.
  }

  get catalogVersion(): number {
    return this.state.catalogVersion;
  }

  table(schema: string | undefined, name: string): TableInfo | undefined {
    return this.tables(schema ?? "public").find((table) => table.name === name);
  }

  tables(schema?: string): readonly TableInfo[] {
    const all = [...this.state.tables.values()].map(({ info }) => info);
    return schema === undefined ? all : all.filter((table) => table.schema === schema);
  }

  views(schema?: string): readonly ViewInfo[] {
    const all = [...this.state.views.values()];
    return schema === undefined ? all : all.filter((view) => view.schema === schema);
  }

  view(schema: string | undefined, name: string): ViewInfo | undefined {
    return this.state.views.get(`${schema ?? "public"}.${name}`);
  }

  sequences(): readonly SequenceInfo[] {
    return [...this.state.sequences.values()];
  }

  sequence(name: string): SequenceInfo | undefined {
    return this.state.sequences.get(name);
  }

  schemas(): readonly string[] {
    return this.state.schemas;
  }

  scan(table: TableInfo, request: ScanRequest): Iterable<SourceBatch> {
    return scanTable(this.#stored(table), request);
  }

  find(table: TableInfo, key: readonly Value[]): RowInPlace | undefined {
    const found = this.rowOfKey(table, key);
    return found && new MemoryRow(found.row);
  }

  lookUp(table: TableInfo, lookup: IndexLookup, take: (row: RowInPlace) => void): void {
    for (const row of lookUpRows(this.#stored(table), lookup)) take(new MemoryRow(row));
  }

  rowCount(table: TableInfo): number {
    return this.#stored(table).rows.size;
  }

  row(table: TableInfo, locator: RowLocator): Row | undefined {
    return this.#stored(table).rows.get(locator as number);
  }

  *matches(table: TableInfo, columns: readonly number[], values: Row): Iterable<FoundRow> {
    const probe: Value[] = [];
    columns.forEach((column, i) => {
      probe[column] = values[i] ?? null;
    });
    const wanted = keyOf(table, columns, probe, false);
    for (const [locator, row] of [...this.#stored(table).rows]) {
      if (wanted !== undefined && keyOf(table, columns, row, false) === wanted) {
        yield { locator, row };
      }
    }
  }

  rowOfKey(table: TableInfo, key: Row): FoundRow | undefined {
    const [found] = this.matches(table, table.primaryKey, key);
    return found;
  }

  findConflict(table: TableInfo, arbiter: IndexInfo | undefined, row: Row): FoundRow | undefined {
    return this.#conflict(table, arbiter, row, undefined);
  }

  insert(table: TableInfo, row: Row): RowLocator {
    this.#assertUnique(table, row, undefined);
    const stored = this.#writable(table);
    const locator = stored.nextRow++;
    stored.rows.set(locator, [...row]);
    return locator;
  }

  update(table: TableInfo, locator: RowLocator, oldRow: Row, newRow: Row): RowLocator {
    const stored = this.#writable(table);
    assert(stored.rows.has(locator as number) && oldRow.length === newRow.length, "a row is there");
    this.#assertUnique(table, newRow, locator as number);
    stored.rows.set(locator as number, [...newRow]);
    return locator;
  }

  delete(table: TableInfo, locator: RowLocator): void {
    assert(this.#writable(table).rows.delete(locator as number), "a row to delete is there");
  }

  truncate(table: TableInfo): void {
    this.#writable(table).rows = new Map();
  }

  createTable(definition: TableDefinition): TableInfo {
    const info: TableInfo = { ...definition, id: this.state.nextTable++, kind: "table" };
    const stored: StoredTable = { info, rows: new Map(), nextRow: 1 };
    this.#own.add(stored);
    this.state.tables.set(info.id, stored);
    this.state.catalogVersion = nextVersion();
    return info;
  }

  dropTable(table: TableInfo): void {
    this.state.tables.delete(table.id);
    this.state.catalogVersion = nextVersion();
  }

  alterTable(table: TableInfo, change: TableChange): TableInfo {
    const stored = this.#writable(table);
    changeTable(stored, change);
    if (change.kind === "setConstraints") stored.info.indexes.forEach((i) => checkIndex(stored, i));
    this.state.catalogVersion = nextVersion();
    return stored.info;
  }

  createIndex(table: TableInfo, index: IndexInfo): void {
    const stored = this.#writable(table);
    checkIndex(stored, index);
    stored.info = { ...stored.info, indexes: [...stored.info.indexes, index] };
    this.state.catalogVersion = nextVersion();
  }

  dropIndex(table: TableInfo, index: IndexInfo): void {
    const stored = this.#writable(table);
    const indexes = stored.info.indexes.filter(({ name }) => name !== index.name);
    stored.info = { ...stored.info, indexes };
    this.state.catalogVersion = nextVersion();
  }

  createSchema(name: string): void {
    this.state.schemas.push(name);
    this.state.catalogVersion = nextVersion();
  }

  dropSchema(name: string): void {
    this.state.schemas.splice(this.state.schemas.indexOf(name), 1);
    this.state.catalogVersion = nextVersion();
  }

  createView(view: ViewInfo): void {
    this.state.views.set(`${view.schema}.${view.name}`, view);
    this.state.catalogVersion = nextVersion();
  }

  dropView(schema: string, name: string): void {
    this.state.views.delete(`${schema}.${name}`);
    this.state.catalogVersion = nextVersion();
  }

  createSequence(sequence: SequenceInfo): void {
    this.state.sequences.set(sequence.name, sequence);
    this.#sequences.forget(sequence.name);
    this.state.catalogVersion = nextVersion();
  }

  alterSequence(name: string, sequence: SequenceInfo): void {
    this.state.sequences.delete(name);
    this.state.sequences.set(sequence.name, sequence);
    this.#sequences.rename(name, sequence.name);
    this.state.catalogVersion = nextVersion();
  }

  dropSequence(name: string): void {
    this.state.sequences.delete(name);
    this.state.catalogVersion = nextVersion();
  }

  nextval(name: string): number | bigint {
    return this.#sequences.next(this.#knownSequence(name));
  }

  setval(name: string, value: number | bigint, called: boolean): void {
    this.#sequences.set(this.#knownSequence(name), BigInt(value), called);
  }

  savepoint(): number {
    this.#savepoints.push(copyState(this.state));
    this.#own = new Set();
    return this.#savepoints.length - 1;
  }

  rollbackTo(savepoint: number): void {
    this.state = copyState(this.#savepoints[savepoint]!);
    this.#savepoints.length = savepoint + 1;
    this.#own = new Set();
  }

  #stored(table: TableInfo): StoredTable {
    const stored = this.state.tables.get(table.id);
    assert(stored !== undefined, `table ${table.name} is there`);
    return stored;
  }

  #writable(table: TableInfo): StoredTable {
    const stored = this.#stored(table);
    if (this.#own.has(stored)) return stored;
    const copy = { ...stored, rows: new Map(stored.rows) };
    this.#own.add(copy);
    this.state.tables.set(table.id, copy);
    return copy;
  }

  #knownSequence(name: string): SequenceInfo {
    const sequence = this.state.sequences.get(name);
    if (sequence !== undefined) return sequence;
    throw new AegisError("TABLE_NOT_FOUND", `relation "${name}" does not exist`);
  }

  #assertUnique(table: TableInfo, row: Row, self: number | undefined): void {
    const { info } = this.#stored(table);
    for (const index of info.indexes) {
      if (index.unique && this.#conflict(info, index, row, self) !== undefined) {
        throw duplicateKey(info, index, row);
      }
    }
  }

  #conflict(
    table: TableInfo,
    arbiter: IndexInfo | undefined,
    row: Row,
    self: number | undefined,
  ): { readonly locator: number; readonly row: Row } | undefined {
    const { info, rows } = this.#stored(table);
    const indexes = arbiter === undefined ? info.indexes.filter((i) => i.unique) : [arbiter];
    for (const index of indexes) {
      const key = indexKey(info, index, row);
      if (key === undefined) continue;
      for (const [locator, other] of rows) {
        if (locator !== self && indexKey(info, index, other) === key) {
          return { locator, row: other };
        }
      }
    }
    return undefined;
  }
}
