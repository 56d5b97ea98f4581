import type { Value } from "@aegisdb/sql/contract";
import { yieldToEventLoop } from "../../base/clock.js";
import type { Key } from "../../base/key.js";
import type { Prng } from "../../base/prng.js";
import { AegisError, assert } from "../../errors.js";
import type { Isolation, TreeRef, WriteTransaction } from "../../engine/contract.js";
import type { OpenedEngine } from "../../engine/open-engine.js";
import type { Layout } from "../../tree/layout.js";
import type { HistoryOperation, HistoryTransaction, Version } from "../serializability.js";
import { createTree, mapLayout } from "./engine-fixture.js";

/** Rows of the index-like tree: one for each item, under its group. */
const GROUP_LAYOUT: Layout = {
  key: [
    { name: "group", type: { kind: "text" } },
    { name: "item", type: { kind: "int" } },
  ],
  value: [{ name: "version", type: { kind: "int" } }],
  access: "point",
  pointReads: false,
};

const ITEM_LAYOUT: Layout = {
  key: [{ name: "item", type: { kind: "int" } }],
  value: [
    { name: "version", type: { kind: "int" } },
    { name: "group", type: { kind: "text" } },
  ],
  access: "scan",
  pointReads: true,
};

const GROUPS = ["a", "b", "c"];
const ITEMS = 8;
const OTHERS = 4;

export interface ConcurrentRun {
  readonly isolation: Isolation;
  readonly clients: number;
  readonly transactionsPerClient: number;
  /** How often the engine itself runs a transaction again, after a pause. */
  readonly maxRetries: number;
  readonly prng: Prng;
}

export interface RecordedHistory {
  readonly transactions: readonly HistoryTransaction[];
  readonly committed: number;
  /** Attempts that lost and were run again. */
  readonly conflicts: number;
}

/** What one attempt of a transaction has done so far. */
interface Attempt {
  readonly id: number;
  readonly begin: number;
  readonly operations: HistoryOperation[];
}

/**
 * Runs random transactions of several clients at once, which wait at random points, and records
 * everything they read and wrote, aborted attempts included.
 */
export class ConcurrentHistory {
  private readonly items: TreeRef;
  private readonly groups: TreeRef;
  private readonly others: TreeRef;
  private readonly marks: TreeRef;
  /** Sequence of each attempt that committed: its mark is in the change feed. */
  private readonly seqs = new Map<number, number>();
  private readonly history: HistoryTransaction[] = [];
  private time = 0;
  private versions = 0;
  private attempts = 0;
  private conflicts = 0;

  constructor(private readonly opened: OpenedEngine) {
    this.items = createTree(opened, "items", ITEM_LAYOUT);
    this.groups = createTree(opened, "groups", GROUP_LAYOUT);
    this.others = createTree(opened, "others", mapLayout({ kind: "int" }));
    this.marks = createTree(opened, "marks", mapLayout({ kind: "int" }));
    opened.engine.subscribe(
      this.marks,
      ({ key, seq }) => this.seqs.set(Number(key), seq),
      () => undefined,
    );
  }

  async run(options: ConcurrentRun): Promise<RecordedHistory> {
    const { clients, transactionsPerClient, prng } = options;
    const client = async (own: Prng): Promise<void> => {
      for (let i = 0; i < transactionsPerClient; i++) await this.transaction(options, own);
    };
    await Promise.all(Array.from({ length: clients }, () => client(prng.fork())));
    await this.opened.engine.durable();
    await yieldToEventLoop();
    let committed = 0;
    const transactions = this.history.map((transaction): HistoryTransaction => {
      const seq = this.seqs.get(Number(transaction.id));
      if (transaction.outcome === "aborted") {
        assert(seq === undefined, `attempt ${transaction.id} lost and is in the change feed`);
        return transaction;
      }
      assert(seq !== undefined, `attempt ${transaction.id} committed and is in the change feed`);
      committed++;
      return { ...transaction, seq };
    });
    return { transactions, committed, conflicts: this.conflicts };
  }

  private async transaction({ isolation, maxRetries }: ConcurrentRun, prng: Prng): Promise<void> {
    let attempt: Attempt | undefined;
    const plan = prng.fork();
    try {
      await this.opened.engine.transaction(
        async (tx) => {
          if (attempt !== undefined) this.close(attempt, "aborted");
          attempt = { id: this.attempts++, begin: this.time++, operations: [] };
          await this.work(tx, attempt, plan);
        },
        { isolation, maxRetries },
      );
      this.close(attempt!, "committed");
    } catch (error) {
      if (!(error instanceof AegisError) || error.code !== "SERIALIZATION_FAILURE") throw error;
      this.close(attempt!, "aborted");
    }
  }

  private close({ id, begin, operations }: Attempt, outcome: "committed" | "aborted"): void {
    if (outcome === "aborted") this.conflicts++;
    this.history.push({ id, outcome, begin, end: this.time++, operations });
  }

  private async work(tx: WriteTransaction, attempt: Attempt, prng: Prng): Promise<void> {
    tx.put(this.marks, [attempt.id, 0]);
    for (let left = 1 + prng.int(4); left > 0; left--) {
      this.step(tx, attempt, prng);
      await pause(prng);
    }
  }

  private step(tx: WriteTransaction, { operations }: Attempt, prng: Prng): void {
    const item = prng.int(ITEMS);
    switch (prng.int(7)) {
      case 0:
        this.readItem(tx, operations, item);
        break;
      case 1:
        this.readRange(
          tx,
          operations,
          this.groups,
          this.groups.codec.prefixRange([prng.pick(GROUPS)]),
        );
        break;
      case 2: {
        const start = prng.int(ITEMS);
        this.readRange(tx, operations, this.items, { start, end: start + 1 + prng.int(3) });
        break;
      }
      case 3:
        this.read(tx, operations, this.others, prng.int(OTHERS));
        break;
      case 4: {
        const key = prng.int(OTHERS);
        this.write(tx, operations, this.others, [key, this.versions++]);
        break;
      }
      case 5:
        this.move(tx, operations, item, undefined);
        break;
      default:
        this.move(tx, operations, item, prng.pick(GROUPS));
    }
  }

  /** Gives an item a group, or deletes it; its row in the index moves along. */
  private move(
    tx: WriteTransaction,
    operations: HistoryOperation[],
    item: number,
    group: string | undefined,
  ): void {
    const old = this.readItem(tx, operations, item);
    if (old !== undefined) this.erase(tx, operations, this.groups, [old, item]);
    if (group === undefined) {
      this.erase(tx, operations, this.items, [item]);
      return;
    }
    const version = this.versions++;
    this.write(tx, operations, this.items, [item, version, group], 1);
    this.write(tx, operations, this.groups, [group, item, this.versions++], 2);
  }

  /** The item's group. */
  private readItem(
    tx: WriteTransaction,
    operations: HistoryOperation[],
    item: number,
  ): string | undefined {
    this.read(tx, operations, this.items, item);
    return tx.get(this.items, item)?.text(2);
  }

  private read(
    tx: WriteTransaction,
    operations: HistoryOperation[],
    tree: TreeRef,
    key: number,
  ): void {
    const row = tx.get(tree, key);
    const version = row === null ? undefined : Number(row.number(tree.layout.key.length));
    operations.push({ kind: "read", tree: tree.name, key, version });
  }

  private readRange(
    tx: WriteTransaction,
    operations: HistoryOperation[],
    tree: TreeRef,
    { start, end }: { start?: Key | undefined; end?: Key | undefined },
  ): void {
    const seen: { key: Key; version: Version }[] = [];
    const cursor = tx.scan(tree, { start, end });
    while (cursor.next()) {
      seen.push({ key: cursor.key, version: Number(cursor.row.number(tree.layout.key.length)) });
    }
    operations.push({ kind: "range", tree: tree.name, start, end, seen });
  }

  private write(
    tx: WriteTransaction,
    operations: HistoryOperation[],
    tree: TreeRef,
    row: readonly Value[],
    versionColumn = 1,
  ): void {
    tx.put(tree, row);
    const version = row[versionColumn] as number;
    operations.push({ kind: "write", tree: tree.name, key: tree.codec.encode(row), version });
  }

  private erase(
    tx: WriteTransaction,
    operations: HistoryOperation[],
    tree: TreeRef,
    key: readonly Value[],
  ): void {
    tx.delete(tree, key);
    const version = this.versions++;
    const encoded = tree.codec.encode(key);
    operations.push({ kind: "write", tree: tree.name, key: encoded, version, deleted: true });
  }
}

/** Often none, sometimes some microtasks, sometimes a turn of the event loop. */
async function pause(prng: Prng): Promise<void> {
  const dice = prng.int(4);
  if (dice === 0) return;
  if (dice === 1) return yieldToEventLoop();
  for (let left = prng.int(6); left > 0; left--) await Promise.resolve();
}
