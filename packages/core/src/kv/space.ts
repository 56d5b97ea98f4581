import { compareText } from "../base/compare.js";
import type { Engine, ReadView, TreeRef, WriteTransaction } from "../engine/contract.js";
import {
  DEFAULT_NAMESPACE,
  DEFAULT_NAMESPACE_ID,
  ENTRIES_TREE,
  entriesLayout,
  EXPIRY_TREE,
  expiryLayout,
  NAMESPACE_ID,
  NAMESPACE_NAME,
  NAMESPACES_TREE,
  namespacesLayout,
  NEXT_ID_ROW,
} from "./layout.js";

export interface SpaceTrees {
  readonly entries: TreeRef;
  readonly namespaces: TreeRef;
  readonly expiry: TreeRef;
}

/** Where a namespace lies: its keys are `prefix` followed by the units of the text. */
export interface Space {
  readonly name: string;
  readonly id: number;
  readonly trees: SpaceTrees;
  readonly prefix: string;
  /** The first key behind the namespace. */
  readonly end: string;
}

/**
 * Finds namespaces by name, and makes them with their first write. What is committed is
 * remembered: neither the trees nor the id of a namespace ever change or vanish, so a remembered
 * space is right for every view, older ones included (they see no rows in it).
 */
export class SpaceDirectory {
  readonly #engine: Engine;
  readonly #known = new Map<string, Space>();
  #trees: SpaceTrees | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** The trees, if any commit made them. */
  trees(): SpaceTrees | undefined {
    return (this.#trees ??= treesAt(this.#engine.latest()));
  }

  /** The namespace as committed; reading creates nothing. */
  find(name: string): Space | undefined {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const trees = this.trees();
    if (trees === undefined) return undefined;
    const space = spaceAt(this.#engine.latest(), trees, name);
    if (space !== undefined) this.#known.set(name, space);
    return space;
  }

  /** The namespace as `view` sees it: a transaction may have made it and not committed yet. */
  findIn(view: ReadView, name: string): Space | undefined {
    const committed = this.find(name);
    if (committed !== undefined) return committed;
    const trees = this.#trees ?? treesAt(view);
    return trees === undefined ? undefined : spaceAt(view, trees, name);
  }

  /** The namespace, made by this transaction if it is not there. */
  ensure(tx: WriteTransaction, name: string): Space {
    return this.findIn(tx, name) ?? tx.alwaysValidated(() => this.#create(tx, name));
  }

  /** The trees, made by this transaction if they are not there. */
  ensureTrees(tx: WriteTransaction): SpaceTrees {
    return this.trees() ?? tx.alwaysValidated(() => treesAt(tx) ?? createTrees(tx));
  }

  /** Names of the namespaces that hold a live entry at this instant, in order. */
  names(view: ReadView, isLive: (view: ReadView, space: Space) => boolean): string[] {
    const trees = this.trees() ?? treesAt(view);
    if (trees === undefined) return [];
    const names = [DEFAULT_NAMESPACE];
    const cursor = view.scan(trees.namespaces);
    while (cursor.next()) {
      const name = cursor.row.text(NAMESPACE_NAME);
      if (name !== NEXT_ID_ROW) names.push(name);
    }
    const live = names.filter((name) => {
      const space = this.findIn(view, name);
      return space !== undefined && isLive(view, space);
    });
    return live.sort(compareText);
  }

  /**
   * Reads again under validation, so that of two transactions that make the same namespace at
   * once one is retried, whatever their isolation.
   */
  #create(tx: WriteTransaction, name: string): Space {
    const trees = this.ensureTrees(tx);
    const there = spaceAt(tx, trees, name);
    if (there !== undefined) return there;
    const id = nextId(tx, trees);
    tx.put(trees.namespaces, [NEXT_ID_ROW, id + 1]);
    tx.put(trees.namespaces, [name, id]);
    return spaceOf(trees, name, id);
  }
}

function treesAt(view: ReadView): SpaceTrees | undefined {
  const entries = view.tree(ENTRIES_TREE);
  const namespaces = view.tree(NAMESPACES_TREE);
  const expiry = view.tree(EXPIRY_TREE);
  if (entries === undefined || namespaces === undefined || expiry === undefined) return undefined;
  return { entries, namespaces, expiry };
}

function createTrees(tx: WriteTransaction): SpaceTrees {
  return {
    entries: tx.createTree(ENTRIES_TREE, entriesLayout),
    namespaces: tx.createTree(NAMESPACES_TREE, namespacesLayout),
    expiry: tx.createTree(EXPIRY_TREE, expiryLayout),
  };
}

/** Ids are small, so that the keys of a namespace's entries are short. */
function nextId(tx: WriteTransaction, trees: SpaceTrees): number {
  const row = tx.get(trees.namespaces, trees.namespaces.codec.encode([NEXT_ID_ROW]));
  return row === null ? DEFAULT_NAMESPACE_ID + 1 : Number(row.number(NAMESPACE_ID));
}

function spaceAt(view: ReadView, trees: SpaceTrees, name: string): Space | undefined {
  if (name === DEFAULT_NAMESPACE) return spaceOf(trees, name, DEFAULT_NAMESPACE_ID);
  const row = view.get(trees.namespaces, trees.namespaces.codec.encode([name]));
  return row === null ? undefined : spaceOf(trees, name, Number(row.number(NAMESPACE_ID)));
}

function spaceOf(trees: SpaceTrees, name: string, id: number): Space {
  const { start, end } = trees.entries.codec.startsWithRange([id], "");
  return { name, id, trees, prefix: start as string, end: end as string };
}
