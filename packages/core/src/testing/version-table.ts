import { assert } from "../errors.js";
import type { Key } from "../base/key.js";
import type { HistoryTransaction, Version } from "./serializability.js";

/** One write of one transaction. */
export interface WrittenVersion {
  readonly item: Item;
  readonly version: Version;
  /** Index of the writer in the history. */
  readonly writer: number;
  readonly deleted: boolean;
  readonly seq: number | undefined;
  /** The writer's last write to the item: the one that is installed if it commits. */
  final: boolean;
}

/** One row of one tree, with the installed versions in their order. */
export interface Item {
  readonly name: string;
  readonly tree: string;
  readonly key: Key;
  readonly installed: WrittenVersion[];
}

/**
 * What was written: every version by its name, and for every item the order in which committed
 * transactions installed their last versions. Before the first version an item is absent.
 */
export class VersionTable {
  readonly #items: Map<string, Map<Key, Item>> = new Map();
  readonly #versions: Map<Version, WrittenVersion> = new Map();
  readonly #places: Map<WrittenVersion, number> = new Map();

  constructor(history: readonly HistoryTransaction[]) {
    for (const [writer, transaction] of history.entries()) this.#collect(writer, transaction);
    for (const written of this.#versions.values()) {
      if (written.final && history[written.writer]!.outcome === "committed") {
        assert(written.seq !== undefined, `${written.item.name} has the seq of its commit`);
        written.item.installed.push(written);
      }
    }
    for (const item of this.items()) {
      item.installed.sort((a, b) => a.seq! - b.seq!);
      const seqs = new Set(item.installed.map((written) => written.seq));
      assert(seqs.size === item.installed.length, `versions of ${item.name} have distinct seqs`);
      for (const [place, written] of item.installed.entries()) this.#places.set(written, place);
    }
  }

  find(version: Version): WrittenVersion | undefined {
    return this.#versions.get(version);
  }

  /** Index in the item's installed versions; undefined if it was never installed. */
  place(written: WrittenVersion): number | undefined {
    return this.#places.get(written);
  }

  *items(): Iterable<Item> {
    for (const tree of this.#items.values()) yield* tree.values();
  }

  /** The item, known even if nobody wrote it. */
  item(tree: string, key: Key): Item {
    const items = this.#items.get(tree) ?? new Map<Key, Item>();
    this.#items.set(tree, items);
    let item = items.get(key);
    if (item === undefined) {
      item = { name: `${tree}/${key}`, tree, key, installed: [] };
      items.set(key, item);
    }
    return item;
  }

  /** The items of a tree in [start, end) that somebody wrote or read. */
  range(tree: string, start: Key | undefined, end: Key | undefined): Item[] {
    const items = this.#items.get(tree) ?? new Map<Key, Item>();
    return [...items.values()].filter(
      ({ key }) => (start === undefined || key >= start) && (end === undefined || key < end),
    );
  }

  #collect(writer: number, transaction: HistoryTransaction): void {
    const last = new Map<Item, WrittenVersion>();
    for (const operation of transaction.operations) {
      if (operation.kind !== "write") continue;
      const { version } = operation;
      assert(!this.#versions.has(version), `version ${version} is written once in the history`);
      const item = this.item(operation.tree, operation.key);
      const before = last.get(item);
      if (before !== undefined) before.final = false;
      const written: WrittenVersion = {
        item,
        version,
        writer,
        deleted: operation.deleted ?? false,
        seq: operation.seq ?? transaction.seq,
        final: true,
      };
      last.set(item, written);
      this.#versions.set(version, written);
    }
  }
}
