import type {
  IndexInfo,
  IndexLookup,
  RowInPlace,
  RowLocator,
  ScanRequest,
  SequenceInfo,
  SourceBatch,
  TableInfo,
  Value,
  ViewInfo,
} from "@aegisdb/sql";
import type { ReadView } from "../engine/contract.js";
import { treeSize } from "../engine/tree-size.js";
import { AegisError } from "../errors.js";
import { keyRange } from "./bounds.js";
import { PUBLIC_SCHEMA, splitName, type CatalogState } from "./catalog-state.js";
import { indexBatches } from "./index-scan.js";
import { lookUp } from "./index-lookup.js";
import type { SequenceStore } from "./sequence-store.js";
import type { StoredIndex } from "./stored-index.js";
import { StoredTable } from "./stored-table.js";
import { RowCollector } from "./row-collector.js";
import { narrowBatches, orderedBatches, rangeBatches } from "./table-scan.js";
import {
  isVirtual,
  sequenceTable,
  systemSchemas,
  virtualScan,
  virtualTable,
  virtualTables,
} from "./virtual/index.js";
import type { SequencePosition, VirtualSource } from "./virtual/virtual-table.js";

/** Tables and their definitions as one view of the engine has them. */
export class EngineSource implements VirtualSource {
  protected readonly reads: ReadView;
  protected readonly positions: SequenceStore;
  private readonly fixed: CatalogState;

  constructor(view: ReadView, state: CatalogState, positions: SequenceStore) {
    this.reads = view;
    this.fixed = state;
    this.positions = positions;
  }

  /** The definitions as they are now. */
  protected get state(): CatalogState {
    return this.fixed;
  }

  /** Whether what is read cannot change while a scan is under way. */
  protected get isFixed(): boolean {
    return true;
  }

  /** Called with each name that is looked up. */
  protected touch(_schema: string, _name: string): void {
    // A committed view changes no more.
  }

  assertReadable(): void {
    this.reads.assertReadable();
  }

  keepReads(): void {
    // What is committed changes no more.
  }

  get catalogVersion(): number {
    return this.state.version;
  }

  table(schema: string | undefined, name: string): TableInfo | undefined {
    if (schema !== undefined && systemSchemas.includes(schema)) return virtualTable(schema, name);
    this.touch(schema ?? PUBLIC_SCHEMA, name);
    const found = this.state.find(schema ?? PUBLIC_SCHEMA, name);
    if (found?.kind === "table") return found;
    if (found?.kind === "sequence") return sequenceTable(found);
    return schema === undefined ? virtualTable("pg_catalog", name) : undefined;
  }

  tables(schema?: string): readonly TableInfo[] {
    const isSystem = schema !== undefined && systemSchemas.includes(schema);
    return isSystem ? virtualTables(schema) : this.state.tables(schema);
  }

  views(schema?: string): readonly ViewInfo[] {
    return this.state.views(schema);
  }

  sequences(): readonly SequenceInfo[] {
    return this.state.sequences().map(({ info }) => info);
  }

  schemas(): readonly string[] {
    return [PUBLIC_SCHEMA, ...this.state.schemas, ...systemSchemas];
  }

  view(schema: string | undefined, name: string): ViewInfo | undefined {
    this.touch(schema ?? PUBLIC_SCHEMA, name);
    return this.state.view(schema ?? PUBLIC_SCHEMA, name);
  }

  sequence(name: string): SequenceInfo | undefined {
    this.touch(...splitName(name));
    return this.state.sequence(name)?.info;
  }

  position(sequence: string): SequencePosition | undefined {
    const stored = this.state.sequence(sequence);
    return stored === undefined ? undefined : this.positions.position(stored);
  }

  scan(table: TableInfo, request: ScanRequest): Iterable<SourceBatch> {
    if (isVirtual(table)) return virtualScan(table, this, request);
    const stored = this.stored(table);
    const { range } = request;
    const index = range?.index && this.indexOf(stored, range.index);
    if (index !== undefined) return indexBatches(this.reads, stored, index, range!, request);
    if (range === undefined) return this.scanKeys(stored, request, {});
    if (!stored.hidden && range.equal.length === stored.primaryKey.length) {
      return this.scanPoint(stored, range.equal, request);
    }
    const keys = keyRange(stored.tree.codec, stored.primaryForms, range);
    return keys === undefined ? [] : this.scanKeys(stored, request, keys);
  }

  find(table: TableInfo, key: readonly Value[]): RowInPlace | undefined {
    const stored = this.stored(table);
    const row = this.reads.get(stored.tree, stored.keyOf(key));
    return row === null ? undefined : stored.inPlace(row);
  }

  lookUp(table: TableInfo, lookup: IndexLookup, take: (row: RowInPlace) => void): void {
    const stored = this.stored(table);
    lookUp(this.reads, stored, this.indexOf(stored, lookup.index)!, lookup, take);
  }

  rowCount(table: TableInfo): number {
    if (isVirtual(table)) return 0;
    return treeSize(this.stored(table).tree).rows;
  }

  /** What the engine holds of a table that some view of this database gave out. */
  protected stored(table: TableInfo): StoredTable {
    if (table instanceof StoredTable) return table;
    return this.storedById(table);
  }

  protected storedById(table: TableInfo): StoredTable {
    const stored = this.state.tableById(table.id);
    if (stored !== undefined) return stored;
    throw new AegisError("TABLE_NOT_FOUND", `relation "${table.name}" does not exist`);
  }

  /** The tree of an index; undefined for the primary key. */
  protected indexOf(table: StoredTable, index: IndexInfo): StoredIndex | undefined {
    if (index.constraint === "primary") return undefined;
    const stored = table.indexTree(index);
    if (stored !== undefined) return stored;
    throw new AegisError("INDEX_NOT_FOUND", `index "${index.name}" does not exist`);
  }

  private scanKeys(
    table: StoredTable,
    request: ScanRequest,
    range: Parameters<typeof rangeBatches>[3],
  ): Iterable<SourceBatch> {
    const ordered = request.ordered === true || request.reverse === true;
    if (ordered) return orderedBatches(this.reads, table, request, range);
    const narrow = this.isFixed && range.start !== undefined && range.end !== undefined;
    return narrow
      ? narrowBatches(this.reads, table, request, range)
      : rangeBatches(this.reads, table, request, range);
  }

  private scanPoint(
    table: StoredTable,
    key: readonly Value[],
    request: ScanRequest,
  ): readonly SourceBatch[] {
    if (key.includes(null)) return [];
    const locator: RowLocator = table.keyOf(key);
    const row = this.reads.get(table.tree, locator);
    if (row === null) return [];
    const collector = new RowCollector(table, request);
    collector.add(row, locator);
    return [collector.finish()];
  }
}
