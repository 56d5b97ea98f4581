import type {
  ColumnInfo,
  ForeignKeyInfo,
  IndexInfo,
  SequenceInfo,
  TableChange,
  TableDefinition,
  Value,
  ViewInfo,
} from "@aegisdb/sql";
import type { WriteTransaction } from "../engine/contract.js";
import { AegisError, unreachable } from "../errors.js";
import { MAX_COLUMNS } from "../limits.js";
import { ID_SEQUENCE } from "./catalog-layout.js";
import type { CatalogChanges } from "./catalog-changes.js";
import { splitName, type StoredSequence } from "./catalog-state.js";
import type { SequenceStore } from "./sequence-store.js";
import type { StoredTable } from "./stored-table.js";
import { TableBuilder, UNCHANGED_ROWS, type Rewrite } from "./table-builder.js";

/** Numbers of tables, indexes, views and sequences. Never rolled back, so that none is used twice. */
const IDS: SequenceInfo = {
  name: "ids",
  start: 1n,
  increment: 1n,
  min: 1n,
  max: BigInt(Number.MAX_SAFE_INTEGER),
  cycle: false,
  ownedBy: undefined,
};

/** Changes of definitions inside a transaction, with what they mean for the rows that there are. */
export class Definitions {
  readonly #changes: CatalogChanges;
  readonly #sequences: SequenceStore;
  readonly #builder: TableBuilder;

  constructor(tx: WriteTransaction, changes: CatalogChanges, sequences: SequenceStore) {
    this.#changes = changes;
    this.#sequences = sequences;
    this.#builder = new TableBuilder(tx, () => this.#nextId());
  }

  createTable(definition: TableDefinition): StoredTable {
    checkColumns(definition);
    this.#changes.assertFree(definition.schema, definition.name);
    const table = this.#builder.create(
      this.#nextId(),
      this.#changes.nextVersion(),
      definitionOf(definition),
    );
    this.#changes.replace(undefined, table);
    this.#disturbReferenced(table, []);
    return table;
  }

  dropTable(table: StoredTable): void {
    this.#builder.drop(table);
    this.#changes.remove(table);
  }

  truncate(table: StoredTable): void {
    this.#changes.replace(table, this.#builder.emptied(table, this.#changes.nextVersion()));
  }

  alterTable(table: StoredTable, change: TableChange): StoredTable {
    switch (change.kind) {
      case "addColumn":
        return this.#addColumn(table, change);
      case "dropColumn":
        return this.#dropColumn(table, change.column);
      case "renameColumn": {
        const columns = changedColumn(table, change.column, { name: change.name });
        return this.#redefine(table, { ...definitionOf(table), columns });
      }
      case "renameTable": {
        const { schema, name } = change;
        return this.#redefine(table, { ...definitionOf(table), schema, name });
      }
      case "alterColumn":
        return this.#alterColumn(table, change);
      case "setConstraints": {
        const { primaryKey, indexes, foreignKeys, checks } = change;
        const constraints = { primaryKey, indexes, foreignKeys, checks };
        const altered = this.#redefine(table, { ...definitionOf(table), ...constraints });
        this.#disturbReferenced(altered, table.foreignKeys);
        return altered;
      }
      default:
        return unreachable(change);
    }
  }

  /** Whoever changes a table has to look at those that refer to it, of which there is one more. */
  #disturbReferenced(table: StoredTable, before: readonly ForeignKeyInfo[]): void {
    for (const { name, refSchema, refTable } of table.foreignKeys) {
      const isSelf = refSchema === table.schema && refTable === table.name;
      if (isSelf || before.some((key) => key.name === name)) continue;
      this.#changes.disturb(refSchema, refTable);
    }
  }

  createIndex(table: StoredTable, index: IndexInfo): void {
    if (table.indexes.some(({ name }) => name === index.name)) {
      throw new AegisError("TABLE_EXISTS", `relation "${index.name}" already exists`);
    }
    this.#redefine(table, { ...definitionOf(table), indexes: [...table.indexes, index] });
  }

  dropIndex(table: StoredTable, index: IndexInfo): void {
    const indexes = table.indexes.filter(({ name }) => name !== index.name);
    this.#redefine(table, { ...definitionOf(table), indexes });
  }

  createView(info: ViewInfo, replace: boolean): void {
    const { schema, name } = info;
    this.#changes.touch(schema, name);
    const before = this.#changes.state.find(schema, name);
    if (before !== undefined && (!replace || before.kind !== "view")) {
      throw new AegisError("TABLE_EXISTS", `relation "${name}" already exists`);
    }
    const version = this.#changes.nextVersion();
    const id = before?.id ?? this.#nextId();
    this.#changes.replace(before, { kind: "view", id, version, schema, name, info });
  }

  dropView(schema: string, name: string): void {
    const view = this.#changes.state.find(schema, name);
    if (view?.kind !== "view") {
      throw new AegisError("TABLE_NOT_FOUND", `view "${name}" does not exist`);
    }
    this.#changes.remove(view);
  }

  createSequence(info: SequenceInfo): void {
    const [schema, name] = splitName(info.name);
    const version = this.#changes.nextVersion();
    const id = this.#nextId();
    this.#changes.replace(undefined, { kind: "sequence", id, version, schema, name, info });
  }

  alterSequence(oldName: string, info: SequenceInfo): void {
    const before = this.sequence(oldName);
    const [schema, name] = splitName(info.name);
    const version = this.#changes.nextVersion();
    // Values that were set aside by the old definition would be given out by the new one.
    this.#sequences.settle(before.id);
    this.#changes.replace(before, { ...before, version, schema, name, info });
  }

  dropSequence(name: string): void {
    const sequence = this.sequence(name);
    this.#changes.remove(sequence);
  }

  sequence(name: string): StoredSequence {
    const [schema, own] = splitName(name);
    this.#changes.touch(schema, own);
    const sequence = this.#changes.state.sequence(name);
    if (sequence !== undefined) return sequence;
    throw new AegisError("TABLE_NOT_FOUND", `relation "${name}" does not exist`);
  }

  #addColumn(
    table: StoredTable,
    { column, fill }: Extract<TableChange, { kind: "addColumn" }>,
  ): StoredTable {
    const added = table.columns.length;
    const columns = [...table.columns, column];
    const valueOf = typeof fill === "function" ? fill : (): Value => fill;
    return this.#redefine(
      table,
      { ...definitionOf(table), columns },
      {
        moved: (old) => old,
        changed: [added],
        convert: (row) => [...row, valueOf(row)],
      },
    );
  }

  #dropColumn(table: StoredTable, dropped: number): StoredTable {
    const moved = (column: number): number => (column > dropped ? column - 1 : column);
    const definition: TableDefinition = {
      ...definitionOf(table),
      columns: table.columns.filter((_, i) => i !== dropped),
      primaryKey: table.primaryKey.map(moved),
      indexes: table.indexes.map((index) => ({
        ...index,
        columns: index.columns.map((key) => ({ ...key, column: moved(key.column) })),
      })),
      foreignKeys: table.foreignKeys.map((key) => ({ ...key, columns: key.columns.map(moved) })),
    };
    return this.#redefine(table, definition, {
      moved: (column) => (column === dropped ? undefined : moved(column)),
      changed: [],
      convert: (row) => row.filter((_, i) => i !== dropped),
    });
  }

  #alterColumn(
    table: StoredTable,
    { column, info, convert }: Extract<TableChange, { kind: "alterColumn" }>,
  ): StoredTable {
    const definition = { ...definitionOf(table), columns: changedColumn(table, column, info) };
    if (convert === undefined) return this.#redefine(table, definition);
    return this.#redefine(table, definition, {
      moved: (old) => old,
      changed: [column],
      convert: (row) => row.map((value, i) => (i === column ? convert(value, row) : value)),
    });
  }

  #redefine(
    before: StoredTable,
    definition: TableDefinition,
    rewrite: Rewrite = UNCHANGED_ROWS,
  ): StoredTable {
    checkColumns(definition);
    const version = this.#changes.nextVersion();
    const table = this.#builder.redefined(before, version, definition, rewrite);
    this.#changes.replace(before, table);
    return table;
  }

  #nextId(): number {
    return Number(this.#sequences.next({ id: ID_SEQUENCE, info: IDS }));
  }
}

/** Just the definition, whatever else the object has. */
function definitionOf(table: TableDefinition): TableDefinition {
  const { schema, name, columns, primaryKey, indexes, foreignKeys, checks } = table;
  return { schema, name, columns, primaryKey, indexes, foreignKeys, checks };
}

function changedColumn(
  table: TableDefinition,
  column: number,
  part: Partial<ColumnInfo>,
): ColumnInfo[] {
  return table.columns.map((old, i) => (i === column ? { ...old, ...part } : old));
}

/** One column of the tree may be a hidden row id, and those of the key may be there twice. */
function checkColumns({ name, columns, primaryKey }: TableDefinition): void {
  const most = MAX_COLUMNS - Math.max(primaryKey.length, 1);
  if (columns.length <= most) return;
  throw new AegisError("LIMIT_EXCEEDED", `table "${name}" would have more than ${most} columns`);
}
