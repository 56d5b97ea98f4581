import type { HistoryOperation } from "../../packages/core/src/testing/serializability.js";

/** A row of `items` as a statement gave it. */
export interface Item {
  readonly id: number;
  readonly grp: number;
  readonly code: number | null;
  readonly parent: number | null;
  readonly ver: number;
}

/** The ways to an item, each a tree of the history with keys of its own. */
type Path = "id" | "grp" | "code" | "parent";

const PATHS: readonly Path[] = ["id", "grp", "code", "parent"];

/** Ids are below it, so that one number can order rows by something else and then by id. */
export const MAX_ID = 1000;

/** Where an item is found by a path; undefined where the path does not lead to it. */
function keyOn(path: Path, item: Item): number | undefined {
  switch (path) {
    case "id":
      return item.id;
    case "grp":
      return item.grp * MAX_ID + item.id;
    case "code":
      return item.code ?? undefined;
    default:
      return item.parent === null ? undefined : item.parent * MAX_ID + item.id;
  }
}

/**
 * What one transaction saw and wrote, in the terms of the checker. A row is one item of each path
 * that leads to it, so that a row which moves into a range that another transaction has read, or
 * takes a code that was free, is an anti-dependency like any other.
 */
export class Observations {
  readonly operations: HistoryOperation[] = [];
  readonly #freshVersion: () => number;

  constructor(freshVersion: () => number) {
    this.#freshVersion = freshVersion;
  }

  /** The item with that key on a path that leads to one at most was read. */
  sawOne(path: "id" | "code", key: number, item: Item | undefined): void {
    this.read(path, key, item === undefined ? undefined : `${path}${item.ver}`);
    if (item !== undefined && path !== "id") this.read("id", item.id, `id${item.ver}`);
  }

  /** All items with keys of [start, end) were read, in whatever order. */
  sawRange(
    path: Path,
    start: number | undefined,
    end: number | undefined,
    items: readonly Pick<Item, "id" | "ver">[],
    keyOf: (item: Pick<Item, "id" | "ver">) => number,
  ): void {
    const seen = items.map((item) => ({ key: keyOf(item), version: `${path}${item.ver}` }));
    this.range(path, start, end, seen);
    if (path === "id") return;
    for (const { id, ver } of items) this.read("id", id, `id${ver}`);
  }

  /** Items were replaced by one statement: none before is an insertion, none after a deletion. */
  wrote(changes: readonly { readonly before?: Item; readonly after?: Item }[]): void {
    for (const path of PATHS) {
      const kept = new Set(changes.map(({ after }) => after && keyOn(path, after)));
      for (const { before } of changes) {
        const key = before && keyOn(path, before);
        if (key !== undefined && !kept.has(key)) this.write(path, key, undefined);
      }
      for (const { after } of changes) {
        const key = after && keyOn(path, after);
        if (key !== undefined) this.write(path, key, `${path}${after!.ver}`);
      }
    }
  }

  read(tree: string, key: number | string, version: string | undefined): void {
    this.operations.push({ kind: "read", tree, key, version });
  }

  range(
    tree: string,
    start: number | string | undefined,
    end: number | string | undefined,
    seen: readonly { readonly key: number | string; readonly version: string }[],
  ): void {
    this.operations.push({ kind: "range", tree, start, end, seen });
  }

  /** Without a version it is a deletion. */
  write(tree: string, key: number | string, version: string | undefined): void {
    if (version !== undefined) this.operations.push({ kind: "write", tree, key, version });
    else {
      const gone = `gone${this.#freshVersion()}`;
      this.operations.push({ kind: "write", tree, key, version: gone, deleted: true });
    }
  }
}
