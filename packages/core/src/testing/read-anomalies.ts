import { assert } from "../errors.js";
import type { Anomaly, HistoryTransaction, Version } from "./serializability.js";
import type { Item, VersionTable, WrittenVersion } from "./version-table.js";

type Observation = (item: Item, version: Version | undefined, inRange: boolean) => void;

/** Calls `observe` for each row a transaction read, and `wrote` for each it wrote, in its order. */
function replay(
  transaction: HistoryTransaction,
  versions: VersionTable,
  observe: Observation,
  wrote: (written: WrittenVersion) => void,
): void {
  for (const operation of transaction.operations) {
    if (operation.kind === "write") {
      wrote(versions.find(operation.version)!);
    } else if (operation.kind === "read") {
      observe(versions.item(operation.tree, operation.key), operation.version, false);
    } else {
      const seen = new Map(operation.seen.map((row) => [row.key, row.version]));
      for (const key of seen.keys()) versions.item(operation.tree, key);
      for (const item of versions.range(operation.tree, operation.start, operation.end)) {
        observe(item, seen.get(item.key), true);
        seen.delete(item.key);
      }
      assert(seen.size === 0, `${transaction.id} saw only keys of the range it read`);
    }
  }
}

/**
 * The rows a transaction saw of others: reads of its own writes are left out. `observe` gets the
 * version read, or undefined for a missing row.
 */
export function foreignReads(
  transaction: HistoryTransaction,
  versions: VersionTable,
  observe: Observation,
): void {
  const own = new Set<Item>();
  replay(
    transaction,
    versions,
    (item, version, inRange) => {
      if (!own.has(item)) observe(item, version, inRange);
    },
    (written) => own.add(written.item),
  );
}

/** Anomalies that one read shows by itself, and lost updates. */
export function readAnomalies(
  history: readonly HistoryTransaction[],
  versions: VersionTable,
): Anomaly[] {
  const anomalies: Anomaly[] = [];
  for (const [index, transaction] of history.entries()) {
    if (transaction.outcome !== "committed") continue;
    anomalies.push(...internalAnomalies(transaction, versions));
    foreignReads(transaction, versions, (item, version) => {
      if (version === undefined) return;
      const anomaly = dirtyRead(history, index, item, version, versions.find(version));
      if (anomaly !== undefined) anomalies.push(anomaly);
    });
  }
  return [...anomalies, ...lostUpdates(history, versions)];
}

function internalAnomalies(transaction: HistoryTransaction, versions: VersionTable): Anomaly[] {
  const anomalies: Anomaly[] = [];
  const own = new Map<Item, WrittenVersion>();
  replay(
    transaction,
    versions,
    (item, version) => {
      const last = own.get(item);
      if (last === undefined) return;
      const visible = last.deleted ? undefined : last.version;
      if (version === visible) return;
      anomalies.push({
        name: "internal",
        realTime: false,
        transactions: [transaction.id],
        explanation: [
          `${transaction.id} read ${version ?? "nothing"} of ${item.name} after its own write of ` +
            `${visible ?? "a deletion"}`,
        ],
      });
    },
    (written) => own.set(written.item, written),
  );
  return anomalies;
}

function dirtyRead(
  history: readonly HistoryTransaction[],
  reader: number,
  item: Item,
  version: Version,
  written: WrittenVersion | undefined,
): Anomaly | undefined {
  const what = `${history[reader]!.id} read ${version} of ${item.name}`;
  const found = (
    name: Anomaly["name"],
    why: string,
    transactions: Anomaly["transactions"],
  ): Anomaly => ({ name, realTime: false, transactions, explanation: [`${what}, ${why}`] });
  const id = history[reader]!.id;
  if (written === undefined || written.item !== item || written.deleted) {
    return found("unwritten read", "which nobody wrote there", [id]);
  }
  if (written.writer === reader) {
    return found("unwritten read", "which it wrote itself only later", [id]);
  }
  const writer = history[written.writer]!;
  if (writer.outcome === "aborted") {
    return found("G1a", `which ${writer.id} wrote and rolled back`, [writer.id, id]);
  }
  if (!written.final) {
    return found("G1b", `which ${writer.id} itself wrote over`, [writer.id, id]);
  }
  return undefined;
}

/** Committed transactions that read the same version of an item and all replaced it. */
function lostUpdates(history: readonly HistoryTransaction[], versions: VersionTable): Anomaly[] {
  const updates = new Map<Item, Map<Version | undefined, number[]>>();
  for (const [index, transaction] of history.entries()) {
    if (transaction.outcome !== "committed") continue;
    foreignReads(transaction, versions, (item, version) => {
      if (!item.installed.some((w) => w.writer === index)) return;
      // Two readers of a missing row may have seen different deletions of it.
      if (version === undefined && item.installed.some((w) => w.deleted)) return;
      const byVersion = updates.get(item) ?? new Map<Version | undefined, number[]>();
      const updaters = byVersion.get(version) ?? [];
      if (!updaters.includes(index)) updaters.push(index);
      updates.set(item, byVersion.set(version, updaters));
    });
  }
  const anomalies: Anomaly[] = [];
  for (const [item, byVersion] of updates) {
    for (const [version, updaters] of byVersion) {
      if (updaters.length < 2) continue;
      const transactions = updaters.map((index) => history[index]!.id);
      anomalies.push({
        name: "lost update",
        realTime: false,
        transactions,
        explanation: [
          `${transactions.join(" and ")} read ${version ?? "nothing"} of ${item.name} and wrote it`,
        ],
      });
    }
  }
  return anomalies;
}
