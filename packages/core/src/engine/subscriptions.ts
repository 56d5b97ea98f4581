import { EncodedRow } from "../tree/encoded-row.js";
import { OP_PUT, RecordReader } from "./commit-record.js";
import type { ChangeEvent, Subscription } from "./contract.js";
import type { EngineTree } from "./engine-tree.js";

interface Listener {
  /** Commits up to this one came before the subscription. */
  readonly after: number;
  readonly listener: (event: ChangeEvent) => void;
  readonly ended: (error?: unknown) => void;
}

/**
 * Tells listeners of durable changes. A record is copied only if some tree in it has a listener,
 * and told only once its group is durable, so nothing leaves the process that a crash could undo.
 */
export class Subscriptions {
  private readonly byTree = new Map<number, Set<Listener>>();

  get active(): boolean {
    return this.byTree.size > 0;
  }

  /** `after` is the last commit, which may be waiting for the disk still. */
  add(
    tree: EngineTree,
    after: number,
    listener: Listener["listener"],
    ended: Listener["ended"],
  ): Subscription {
    const entry: Listener = { after, listener, ended };
    let listeners = this.byTree.get(tree.id);
    if (listeners === undefined) {
      listeners = new Set();
      this.byTree.set(tree.id, listeners);
    }
    listeners.add(entry);
    return { close: () => this.remove(tree.id, entry) };
  }

  private remove(treeId: number, entry: Listener): void {
    const listeners = this.byTree.get(treeId);
    listeners?.delete(entry);
    if (listeners?.size === 0) this.byTree.delete(treeId);
  }

  wantsAny(treeIds: readonly number[]): boolean {
    return treeIds.some((id) => this.byTree.has(id));
  }

  /** `trees` resolves an id as of this commit. */
  publish(record: Uint8Array, seq: number, trees: (id: number) => EngineTree | undefined): void {
    const reader = new RecordReader(record);
    while (reader.next()) {
      const listeners = this.byTree.get(reader.treeId);
      const tree = listeners === undefined ? undefined : trees(reader.treeId);
      if (listeners === undefined || tree === undefined) continue;
      const event = changeEvent(tree, reader, seq);
      for (const entry of [...listeners]) {
        if (entry.after < seq) this.tell(tree.id, entry, event);
      }
    }
  }

  /** A listener that throws has lost its place: it ends with its own error, nobody else does. */
  private tell(treeId: number, entry: Listener, event: ChangeEvent): void {
    try {
      entry.listener(event);
    } catch (error) {
      this.remove(treeId, entry);
      entry.ended(error);
    }
  }

  end(error?: unknown): void {
    for (const listeners of [...this.byTree.values()]) {
      for (const { ended } of [...listeners]) ended(error);
    }
    this.byTree.clear();
  }
}

function changeEvent(tree: EngineTree, reader: RecordReader, seq: number): ChangeEvent {
  const put = reader.kind === OP_PUT;
  return {
    seq,
    time: reader.time,
    tree,
    key: tree.rows.decodeKey(reader.bytes, reader.rowStart, tree.codec),
    kind: put ? "put" : "delete",
    row: put ? new EncodedRow(tree.layout).set(reader.bytes, reader.rowStart) : null,
  };
}
