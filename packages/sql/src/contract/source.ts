import type { SqlType } from "./sql-type.js";
import type { TableChange, TableDefinition } from "./table-change.js";
import type { Value } from "./types.js";
import type { Batch } from "./vector.js";

/**
 * What SQL asks of whoever holds the data. `packages/sql` knows no storage: tables, catalog, views
 * and virtual tables (information_schema) all come through here.
 *
 * Instants: a `Source` is one view (a snapshot or a transaction). Everything read through it is of
 * that view; writes go through the `Sink` of a writing view and are seen by it at once.
 */
export interface Source {
  /** Throws if nothing can be read any more: the snapshot, the transaction or the database ended. */
  assertReadable(): void;
  /** FOR UPDATE: from now on the commit fails if what is read changes, at every isolation level. */
  keepReads(): void;
  /** Table definition by name; undefined if there is none. `schema` undefined means the path. */
  table(schema: string | undefined, name: string): TableInfo | undefined;
  /** Tables of one schema, or of all but the system's. */
  tables(schema?: string): readonly TableInfo[];
  views(schema?: string): readonly ViewInfo[];
  sequences(): readonly SequenceInfo[];
  /** "public" first, then the user's own, then information_schema and pg_catalog. */
  schemas(): readonly string[];
  view(schema: string | undefined, name: string): ViewInfo | undefined;
  sequence(name: string): SequenceInfo | undefined;
  /**
   * The key of cached plans: changes whenever any definition changes, also inside a transaction,
   * and never stands for two states of the definitions.
   */
  readonly catalogVersion: number;
  /** Rows of a table in no particular order, or in key order of `index` if `ordered`. */
  scan(table: TableInfo, request: ScanRequest): Iterable<SourceBatch>;
  /** The row with this primary key (values in key order); undefined if there is none. */
  find(table: TableInfo, key: readonly Value[]): RowInPlace | undefined;
  /**
   * Gives `take` the rows that an index finds, in its order, one after the other. `take` must not
   * read through the source. For few rows this costs much less than a scan.
   */
  lookUp(table: TableInfo, lookup: IndexLookup, take: (row: RowInPlace) => void): void;
  /** An estimate of rows, cheap. */
  rowCount(table: TableInfo): number;
}

/**
 * A row where it lies, its columns numbered as the table's: reading three of its columns costs
 * three reads. It is valid until the next read through its source.
 */
export interface RowInPlace {
  isNull(column: number): boolean;
  /** Of an integer, float, date, time, timestamp or decimal column, as `value`, but not NULL. */
  number(column: number): number | bigint;
  boolean(column: number): boolean;
  text(column: number): string;
  /** Of any column, in storage form. */
  value(column: number): Value;
}

export interface IndexLookup {
  /** Not that of the primary key. */
  readonly index: IndexInfo;
  /** Values of the leading columns that must be equal; NULL equals nothing. */
  readonly equal: readonly Value[];
  /** No other column of the rows will be read. */
  readonly columns: readonly number[];
  /** No more rows than that are wanted. */
  readonly most: number;
}

export interface ScanRequest {
  /** Table columns needed, by position; batches hold exactly these, in this order. */
  readonly columns: readonly number[];
  /** Bounds on the leading columns of the primary key or an index; undefined scans everything. */
  readonly range?: KeyBounds | undefined;
  /** Also give each row's key, to find it again for UPDATE and DELETE (see `RowLocator`). */
  readonly locators?: boolean | undefined;
  readonly ordered?: boolean | undefined;
  readonly reverse?: boolean | undefined;
  /**
   * Only rows inside all of these are wanted. A hint for skipping blocks by their zone maps: rows
   * outside may still come, and the executor filters them again.
   */
  readonly prune?: readonly ColumnRange[] | undefined;
}

/** Inclusive bounds on one table column, in storage form. NULLs are outside. */
export interface ColumnRange {
  readonly column: number;
  readonly min: Value | undefined;
  readonly max: Value | undefined;
}

export interface KeyBounds {
  /** Undefined: the primary key. */
  readonly index: IndexInfo | undefined;
  /** Values of the leading columns that must be equal. */
  readonly equal: readonly Value[];
  /** Bounds on the column after them. */
  readonly from?: { readonly value: Value; readonly inclusive: boolean } | undefined;
  readonly to?: { readonly value: Value; readonly inclusive: boolean } | undefined;
}

export interface ColumnInfo {
  readonly name: string;
  readonly type: SqlType;
  readonly notNull: boolean;
  /** SQL text of the default; undefined if there is none. Identity has nextval('…') here too. */
  readonly defaultSql: string | undefined;
  /** GENERATED ALWAYS|BY DEFAULT AS IDENTITY; serial is a default over a sequence. */
  readonly identity: "always" | "byDefault" | undefined;
  /** SQL text of a generated column. */
  readonly generatedSql: string | undefined;
}

export interface IndexInfo {
  readonly name: string;
  readonly columns: readonly { readonly column: number; readonly descending: boolean }[];
  readonly unique: boolean;
  /** UNIQUE NULLS NOT DISTINCT: two NULLs are a duplicate too. */
  readonly nullsNotDistinct: boolean;
  /** UNIQUE constraint or primary key rather than a plain index. */
  readonly constraint: "primary" | "unique" | undefined;
}

export type ReferentialAction = "no action" | "restrict" | "cascade" | "set null" | "set default";

export interface ForeignKeyInfo {
  readonly name: string;
  readonly columns: readonly number[];
  readonly refSchema: string;
  readonly refTable: string;
  readonly refColumns: readonly string[];
  readonly onDelete: ReferentialAction;
  readonly onUpdate: ReferentialAction;
  readonly match: "simple" | "full";
}

export interface CheckInfo {
  readonly name: string;
  readonly sql: string;
}

export interface TableInfo {
  readonly id: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: "table" | "virtual";
  readonly columns: readonly ColumnInfo[];
  /** Positions of the primary key's columns; empty when rows have a hidden row id as their key. */
  readonly primaryKey: readonly number[];
  /** The primary key is among them, for its name; it needs no tree of its own. */
  readonly indexes: readonly IndexInfo[];
  readonly foreignKeys: readonly ForeignKeyInfo[];
  readonly checks: readonly CheckInfo[];
}

export interface ViewInfo {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: SqlType }[];
  readonly sql: string;
}

export interface SequenceInfo {
  /** "schema.name" outside of public. */
  readonly name: string;
  readonly start: bigint;
  readonly increment: bigint;
  readonly min: bigint;
  readonly max: bigint;
  readonly cycle: boolean;
  /** The serial or identity column that it goes with; undefined if it stands alone. */
  readonly ownedBy: { readonly tableId: number; readonly column: string } | undefined;
}

/** Where a row is: opaque to sql, given out by scans with `locators` and by `Sink`. */
export type RowLocator = number | bigint | string;

/** A batch of a scan; `locators` and the rows run in parallel when they were asked for. */
export interface SourceBatch extends Batch {
  readonly locators: readonly RowLocator[] | undefined;
}

/**
 * A source that can be written to: a transaction. Writes are seen by reads through it at once.
 * Values are in storage form, one per table column, already checked against their types, NOT NULL
 * and CHECK by sql. The sink keeps indexes and enforces PRIMARY KEY and UNIQUE: a duplicate throws
 * UNIQUE_VIOLATION (constraint and key named in `constraint` and `detail`, as PostgreSQL words it)
 * and changes nothing.
 */
export interface Sink extends Source {
  insert(table: TableInfo, row: readonly Value[]): RowLocator;
  /** The row that holds the same key in `arbiter` (undefined: in any unique index), if any. */
  findConflict(
    table: TableInfo,
    arbiter: IndexInfo | undefined,
    row: readonly Value[],
  ): { readonly locator: RowLocator; readonly row: readonly Value[] } | undefined;
  /** Replaces a row. `oldRow` is what it holds now. */
  update(
    table: TableInfo,
    locator: RowLocator,
    oldRow: readonly Value[],
    newRow: readonly Value[],
  ): RowLocator;
  /** Of `oldRow` only the columns of the primary key and of indexes count. */
  delete(table: TableInfo, locator: RowLocator, oldRow: readonly Value[]): void;
  row(table: TableInfo, locator: RowLocator): readonly Value[] | undefined;
  /** The row with this primary key (values in key order), read as `matches` reads. */
  rowOfKey(
    table: TableInfo,
    key: readonly Value[],
  ): { readonly locator: RowLocator; readonly row: readonly Value[] } | undefined;
  /** Rows whose `columns` equal `values` (no NULLs), by index where there is one; for foreign keys. */
  matches(
    table: TableInfo,
    columns: readonly number[],
    values: readonly Value[],
  ): Iterable<{ readonly locator: RowLocator; readonly row: readonly Value[] }>;
  truncate(table: TableInfo): void;

  /** The same of what `fn` reads, which changes definitions; with `everyName` of all there are. */
  defining<T>(fn: () => T, everyName: boolean): T;
  /** Definitions. Each validates what it needs of the data (a UNIQUE index over duplicates throws). */
  createTable(definition: TableDefinition): TableInfo;
  dropTable(table: TableInfo): void;
  /** Replaces a definition; the sink rewrites rows where the storage form changes. */
  alterTable(table: TableInfo, change: TableChange): TableInfo;
  createIndex(table: TableInfo, index: IndexInfo): void;
  dropIndex(table: TableInfo, index: IndexInfo): void;
  createSchema(name: string): void;
  /** Precondition: nothing is left in it. */
  dropSchema(name: string): void;
  createView(view: ViewInfo, replace: boolean): void;
  dropView(schema: string, name: string): void;
  createSequence(sequence: SequenceInfo): void;
  alterSequence(name: string, sequence: SequenceInfo): void;
  dropSequence(name: string): void;
  /** Sequences are not rolled back with the transaction (gaps, as in PostgreSQL). */
  nextval(name: string): number | bigint;
  setval(name: string, value: number | bigint, called: boolean): void;

  savepoint(): number;
  rollbackTo(savepoint: number): void;
}

/** What `packages/sql` is given to run statements on. */
export interface SqlHost {
  /** Throws if the database was closed or has failed. */
  assertUsable(): void;
  /** The latest commit. */
  latest(): Source;
  /** One statement as a transaction of its own; a throw rolls back. */
  autocommit<T>(fn: (sink: Sink) => T): { readonly value: T; readonly durable: Promise<void> };
  begin(options: {
    readonly isolation: "serializable" | "snapshot";
    readonly readOnly: boolean;
  }): HostTransaction;
  /** A view that stays as it is while a long query gives the event loop back. */
  snapshot(): { readonly source: Source; release(): void };
  /** Microseconds; never before the last commit. */
  now(): number;
  clock(): number;
  random(): number;
}

export interface HostTransaction {
  readonly sink: Sink;
  commit(): Promise<void>;
  rollback(): void;
}
