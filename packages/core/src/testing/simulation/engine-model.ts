import type { Value } from "@aegisdb/sql/contract";
import { assert } from "../../errors.js";
import { layouts, OWNER_COLUMN, type ShapeName } from "./shapes.js";
import { compareNaively, fingerprint, rowFingerprint } from "./values.js";

/** What one transaction did, in its order. Trees are numbered by the model, not by the engine. */
export type Effect =
  | { readonly kind: "put"; readonly tree: number; readonly row: readonly Value[] }
  | { readonly kind: "delete"; readonly tree: number; readonly key: readonly Value[] }
  | {
      readonly kind: "create";
      readonly tree: number;
      readonly name: string;
      readonly shape: ShapeName;
    }
  | { readonly kind: "drop"; readonly tree: number }
  | { readonly kind: "rename"; readonly tree: number; readonly name: string };

/** Rows of a tree by the fingerprint of their key. */
export class ModelTree {
  readonly rows: Map<string, readonly Value[]>;
  private ordered: (readonly Value[])[] | undefined;

  constructor(
    readonly shape: ShapeName,
    /** The state that may change this tree; every other one that shares it only reads. */
    readonly owner: ModelState,
    rows: Iterable<readonly [string, readonly Value[]]> = [],
  ) {
    this.rows = new Map(rows);
  }

  get(key: readonly Value[]): readonly Value[] | undefined {
    return this.rows.get(rowFingerprint(key));
  }

  put(row: readonly Value[]): void {
    this.rows.set(rowFingerprint(row.slice(0, keyWidth(this.shape))), row);
    this.ordered = undefined;
  }

  delete(key: readonly Value[]): void {
    this.rows.delete(rowFingerprint(key));
    this.ordered = undefined;
  }

  /** In key order. */
  sorted(): readonly (readonly Value[])[] {
    this.ordered ??= [...this.rows.values()].sort((a, b) => compareKeys(this.shape, a, b));
    return this.ordered;
  }

  /** Rows with start <= key < end. */
  range(
    start: readonly Value[] | undefined,
    end: readonly Value[] | undefined,
  ): (readonly Value[])[] {
    return this.sorted().filter(
      (row) =>
        (start === undefined || compareKeys(this.shape, row, start) >= 0) &&
        (end === undefined || compareKeys(this.shape, row, end) < 0),
    );
  }
}

/** The whole database at one instant. `fork` is cheap: trees are shared until they are written. */
export class ModelState {
  readonly names: Map<string, number>;
  private readonly trees: Map<number, ModelTree>;

  constructor(from?: ModelState) {
    this.names = new Map(from?.names);
    this.trees = new Map(from?.trees);
  }

  fork(): ModelState {
    return new ModelState(this);
  }

  tree(id: number): ModelTree {
    const tree = this.trees.get(id);
    assert(tree !== undefined, `the model has tree ${id}`);
    return tree;
  }

  has(id: number): boolean {
    return this.trees.has(id);
  }

  named(name: string): ModelTree | undefined {
    const id = this.names.get(name);
    return id === undefined ? undefined : this.tree(id);
  }

  apply(effect: Effect): void {
    switch (effect.kind) {
      case "put":
        this.writable(effect.tree).put(effect.row);
        break;
      case "delete":
        this.writable(effect.tree).delete(effect.key);
        break;
      case "create":
        this.trees.set(effect.tree, new ModelTree(effect.shape, this));
        this.names.set(effect.name, effect.tree);
        break;
      case "drop":
        this.names.delete(this.nameOf(effect.tree));
        this.trees.delete(effect.tree);
        break;
      case "rename":
        this.names.delete(this.nameOf(effect.tree));
        this.names.set(effect.name, effect.tree);
    }
  }

  /** What is wrong between accounts and their index, or undefined. */
  indexProblem(): string | undefined {
    const accounts = this.named("accounts");
    const owners = this.named("owners");
    if (accounts === undefined || owners === undefined) return undefined;
    const implied = accounts.sorted().map((row) => rowFingerprint([row[OWNER_COLUMN]!, row[0]!]));
    const missing = implied.find((entry) => !owners.rows.has(entry));
    if (missing !== undefined) return `the index lacks ${missing}`;
    return implied.length === owners.rows.size ? undefined : "the index has rows without accounts";
  }

  private nameOf(tree: number): string {
    const found = [...this.names].find(([, id]) => id === tree);
    assert(found !== undefined, `tree ${tree} has a name`);
    return found[0];
  }

  private writable(id: number): ModelTree {
    const tree = this.tree(id);
    if (tree.owner === this) return tree;
    const copy = new ModelTree(tree.shape, this, tree.rows);
    this.trees.set(id, copy);
    return copy;
  }
}

export function keyWidth(shape: ShapeName): number {
  return layouts[shape].key.length;
}

/** Order of the keys that two rows begin with. */
export function compareKeys(shape: ShapeName, a: readonly Value[], b: readonly Value[]): number {
  for (const [i, column] of layouts[shape].key.entries()) {
    const order = compareNaively(a[i]!, b[i]!);
    if (order !== 0) return column.descending === true ? -order : order;
  }
  return 0;
}

/** A key, for messages. */
export function showKey(key: readonly Value[]): string {
  return `(${key.map(fingerprint).join(", ")})`;
}
