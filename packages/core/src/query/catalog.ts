import type { Engine, ReadView, TreeRef, WriteTransaction } from "../engine/contract.js";
import { AegisError } from "../errors.js";
import type { RowView } from "../tree/row-view.js";
import {
  CATALOG_TREE,
  catalogLayout,
  DEFINITION,
  ID,
  indexTree,
  KIND,
  NAME,
  SCHEMA,
  tableTree,
  VERSION,
} from "./catalog-layout.js";
import { CatalogState, joinName, type Relation } from "./catalog-state.js";
import {
  sequenceFromText,
  sequenceToText,
  tableFromText,
  tableToText,
  viewFromText,
  viewToText,
} from "./definition.js";
import { StoredIndex } from "./stored-index.js";
import { StoredTable } from "./stored-table.js";

const VERSION_ROW = ["", ""] as const;

/**
 * Definitions, as they lie in `sql.catalog`. What is committed is kept in memory and read again
 * when the catalog's version has moved; relations that did not change are kept as they are.
 */
export class Catalog {
  readonly #engine: Engine;
  #tree: TreeRef | undefined;
  #state: CatalogState = CatalogState.empty;
  /** The commit up to which `#state` is known to be right. */
  #checkedSeq = -1;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** The state at a committed view of now. */
  current(view: ReadView): CatalogState {
    view.assertReadable();
    if (!this.#isKnownAt(view.seq)) {
      this.#state = this.#stateOf(view);
      this.#checkedSeq = view.seq;
    }
    return this.#state;
  }

  /**
   * The state that a view sees which may be older, or a transaction with writes of its own. Inside
   * a tracked transaction that is a read of the whole catalog.
   */
  at(view: ReadView): CatalogState {
    view.assertReadable();
    if (this.#isKnownAt(view.seq)) return this.#state;
    const latest = this.#engine.latest();
    return latest.seq === view.seq ? this.current(latest) : this.#stateOf(view);
  }

  /** A commit that followed `base` has left `state`. */
  installed(base: CatalogState, state: CatalogState, seq: number): void {
    if (this.#state !== base) return;
    this.#state = state;
    this.#checkedSeq = seq;
  }

  /** The tree of definitions, made by a commit of its own before the first is written. */
  ensureTree(): TreeRef {
    this.#tree ??= this.#engine.latest().tree(CATALOG_TREE);
    if (this.#tree !== undefined) return this.#tree;
    const { value, durable } = this.#engine.autocommit((tx) =>
      tx.createTree(CATALOG_TREE, catalogLayout),
    );
    // Nothing that follows it in the log can be durable if this is not, and that will say so.
    durable.catch(() => undefined);
    return (this.#tree = value);
  }

  /** A tracked read of one name, there or not; false if there is no tree to read yet. */
  touch(tx: WriteTransaction, schema: string, name: string): boolean {
    const tree = this.#tree;
    if (tree === undefined) return false;
    tx.alwaysValidated(() => tx.get(tree, tree.codec.encode([schema, name])));
    return true;
  }

  /** The same of what every change of a definition changes. */
  touchAll(tx: WriteTransaction): void {
    this.touch(tx, ...VERSION_ROW);
  }

  put(tx: WriteTransaction, relation: Relation): void {
    const { schema, name, kind, id, version } = relation;
    tx.put(this.ensureTree(), [schema, name, kind, id, version, definitionText(relation)]);
  }

  putSchema(tx: WriteTransaction, name: string, version: number): void {
    tx.put(this.ensureTree(), [name, "", "schema", 0, version, ""]);
  }

  remove(tx: WriteTransaction, schema: string, name: string): void {
    tx.delete(this.ensureTree(), [schema, name]);
  }

  putVersion(tx: WriteTransaction, version: number): void {
    tx.put(this.ensureTree(), [...VERSION_ROW, "version", 0, version, ""]);
  }

  /** Whether nothing was written between the state in memory and a view at `seq`. */
  #isKnownAt(seq: number): boolean {
    if (seq === this.#checkedSeq) return true;
    const written = this.#tree?.writtenAt ?? Infinity;
    return written <= seq && written <= this.#checkedSeq;
  }

  #stateOf(view: ReadView): CatalogState {
    const tree = (this.#tree ??= view.tree(CATALOG_TREE));
    if (tree === undefined) return CatalogState.empty;
    const row = view.get(tree, tree.codec.encode([...VERSION_ROW]));
    if (row === null) return CatalogState.empty;
    const version = Number(row.number(VERSION));
    return version === this.#state.version ? this.#state : this.#load(view, tree, version);
  }

  #load(view: ReadView, tree: TreeRef, version: number): CatalogState {
    const schemas: string[] = [];
    const relations: Relation[] = [];
    const rows: StoredDefinition[] = [];
    const cursor = view.scan(tree);
    while (cursor.next()) {
      const { row } = cursor;
      const kind = row.text(KIND);
      if (kind === "schema") schemas.push(row.text(SCHEMA));
      else if (kind !== "version") rows.push(storedDefinition(row, kind));
    }
    for (const row of rows) relations.push(this.#relation(view, row));
    return new CatalogState(version, new Map(), schemas).changed(version, [], relations);
  }

  #relation(view: ReadView, row: StoredDefinition): Relation {
    const { schema, name, kind, id, version, text } = row;
    const known = this.#state.find(schema, name);
    if (known?.version === version) return known;
    if (kind === "table") return loadTable(view, id, version, text);
    if (kind === "view") return { kind, id, version, schema, name, info: viewFromText(text) };
    if (kind !== "sequence") {
      throw new AegisError("CORRUPTION", `the catalog of SQL holds a relation of kind "${kind}"`);
    }
    const info = sequenceFromText(joinName(schema, name), text);
    return { kind, id, version, schema, name, info };
  }
}

interface StoredDefinition {
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly id: number;
  readonly version: number;
  readonly text: string;
}

function storedDefinition(row: RowView, kind: string): StoredDefinition {
  return {
    schema: row.text(SCHEMA),
    name: row.text(NAME),
    kind,
    id: Number(row.number(ID)),
    version: Number(row.number(VERSION)),
    text: row.text(DEFINITION),
  };
}

function definitionText(relation: Relation): string {
  switch (relation.kind) {
    case "table":
      return tableToText(relation.record);
    case "view":
      return viewToText(relation.info);
    case "sequence":
      return sequenceToText(relation.info);
  }
}

function loadTable(view: ReadView, id: number, version: number, text: string): StoredTable {
  const record = tableFromText(text);
  const tree = (name: string): TreeRef => {
    const found = view.tree(name);
    if (found !== undefined) return found;
    throw new AegisError("CORRUPTION", `table "${record.name}" refers to "${name}", which is gone`);
  };
  const indexes = record.indexes.flatMap((index, i) => {
    const number = record.indexTrees[i]!;
    return number === 0 ? [] : [new StoredIndex(record, index, tree(indexTree(number)), number)];
  });
  const { tree: number } = record;
  return new StoredTable(id, version, record, tree(tableTree(number)), number, indexes);
}
