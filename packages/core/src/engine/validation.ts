import type { Key } from "../base/key.js";
import { AegisError } from "../errors.js";
import { MAX_REVALIDATED_ROWS } from "../limits.js";
import type { BufferPool } from "../run/buffer-pool.js";
import type { VersionCursor } from "../tree/contract.js";
import { droppedMeanwhile, type EngineTree } from "./engine-tree.js";
import type { CommitHistory } from "./history.js";
import { isBelowHigh, type KeyInterval } from "./key-intervals.js";
import type { SettledReads } from "./read-set.js";
import type { EngineTransaction } from "./transaction.js";

/** What a transaction is validated against. */
interface Committed {
  readonly history: CommitHistory;
  /** The last commit. */
  readonly seq: number;
  readonly pool: BufferPool;
  treeById(id: number): EngineTree | undefined;
}

const AGAIN = "Run the transaction again; db.transaction does so by itself.";

/**
 * Throws SERIALIZATION_FAILURE if a commit since the transaction's snapshot changed what it has
 * read or, at snapshot isolation, wrote what it has written: there the first committer of a key
 * wins.
 */
export function validate(tx: EngineTransaction, committed: Committed): void {
  const uses = new TreesUsed(tx);
  const conflict = committed.history.find(tx.seq, (treeId, key) => uses.of(treeId).has(key));
  if (conflict !== undefined) throw conflictError();
  for (const tree of tx.writes.trees) {
    if (tree.droppedAt !== Infinity) throw droppedMeanwhile(tree);
  }
  const rows = new ChangedRows(tx.seq, committed);
  for (const treeId of uses.ids()) {
    if (!committed.history.hasForgotten(treeId, tx.seq)) continue;
    const tree = committed.treeById(treeId);
    // Of a tree that is gone, the catalog says so.
    if (tree !== undefined && rows.changed(tree, uses.of(treeId))) throw conflictError();
  }
}

/** What no other transaction may have changed in one tree. */
class TreeUse {
  constructor(
    readonly read: SettledReads | undefined,
    readonly written: ReadonlySet<Key> | undefined,
  ) {}

  has(key: Key): boolean {
    const { read, written } = this;
    if (read !== undefined && (read.points.has(key) || read.ranges.contains(key))) return true;
    return written?.has(key) === true;
  }
}

/** The same by tree, looked up when it is first asked for: most trees that change are others. */
class TreesUsed {
  private readonly known: Map<number, TreeUse> = new Map();
  private readonly written: ReadonlyMap<number, ReadonlySet<Key>>;

  constructor(private readonly tx: EngineTransaction) {
    this.written = tx.serializable ? new Map() : writtenKeys(tx);
  }

  of(treeId: number): TreeUse {
    let use = this.known.get(treeId);
    if (use === undefined) {
      use = new TreeUse(this.tx.reads?.settled(treeId), this.written.get(treeId));
      this.known.set(treeId, use);
    }
    return use;
  }

  ids(): Iterable<number> {
    return new Set([...(this.tx.reads?.treeIds() ?? []), ...this.written.keys()]);
  }
}

function writtenKeys({ writes }: EngineTransaction): Map<number, Set<Key>> {
  const written = new Map<number, Set<Key>>();
  for (const [i, { id }] of writes.trees.entries()) {
    const keys = written.get(id) ?? new Set<Key>();
    written.set(id, keys.add(writes.keys[i]!));
  }
  return written;
}

function conflictError(): AegisError {
  return new AegisError(
    "SERIALIZATION_FAILURE",
    "another transaction changed what this one had read or written",
    { hint: AGAIN },
  );
}

/**
 * Looks for changes where the history has forgotten them: in the trees, which keep every version
 * newer than an open snapshot. A key that came and went again in between is as it was read.
 */
class ChangedRows {
  private left = MAX_REVALIDATED_ROWS;

  constructor(
    private readonly since: number,
    private readonly committed: Committed,
  ) {}

  changed(tree: EngineTree, { read, written }: TreeUse): boolean {
    const cursor = tree.data.versions(this.committed.seq);
    const isChanged = (key: Key): boolean => {
      this.step();
      cursor.seek(key);
      return cursor.valid && cursor.key === key && cursor.seq > this.since;
    };
    for (const key of read?.points ?? []) if (isChanged(key)) return true;
    for (const key of written ?? []) if (isChanged(key)) return true;
    return read?.ranges.list.some((range) => this.changedIn(cursor, range)) === true;
  }

  private changedIn(cursor: VersionCursor, range: KeyInterval): boolean {
    this.step();
    if (range.low === undefined) cursor.seekFirst();
    else cursor.seek(range.low);
    while (cursor.valid && isBelowHigh(cursor.key, range)) {
      if (cursor.seq > this.since) return true;
      this.step();
      cursor.next();
    }
    return false;
  }

  /** Before each look: what the pool lent for the one before may go. */
  private step(): void {
    this.committed.pool.nextStep();
    if (this.left-- > 0) return;
    throw new AegisError(
      "SERIALIZATION_FAILURE",
      "the transaction was open for too many commits to find out whether they changed what it read",
      { hint: `${AGAIN} Keep transactions short, or read from a snapshot.` },
    );
  }
}
