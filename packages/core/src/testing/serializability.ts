import type { Key } from "../base/key.js";
import { findCycles } from "./dependency-cycles.js";
import { DependencyGraph } from "./dependency-graph.js";
import { readAnomalies } from "./read-anomalies.js";
import { VersionTable } from "./version-table.js";

/**
 * A version is named by the value written, which the test makes unique in the whole history, so
 * that every read names its writer. A missing row is `undefined` in a read.
 */
export type Version = string | number;

interface ReadOperation {
  readonly kind: "read";
  readonly tree: string;
  readonly key: Key;
  readonly version: Version | undefined;
}

/** What a scan of [start, end) saw; a missing bound is open. Keys not listed were not there. */
interface RangeReadOperation {
  readonly kind: "range";
  readonly tree: string;
  readonly start: Key | undefined;
  readonly end: Key | undefined;
  readonly seen: readonly { readonly key: Key; readonly version: Version }[];
}

interface WriteOperation {
  readonly kind: "write";
  readonly tree: string;
  readonly key: Key;
  /** Unique in the history, for a delete as well. */
  readonly version: Version;
  readonly deleted?: boolean;
  /** The version's place in its key's order; by default the transaction's `seq`. */
  readonly seq?: number;
}

export type HistoryOperation = ReadOperation | RangeReadOperation | WriteOperation;

export interface HistoryTransaction {
  readonly id: string | number;
  /** A transaction of unknown outcome must be settled (read the log) before it enters a history. */
  readonly outcome: "committed" | "aborted";
  /** The commit's sequence: the order of the versions of every key. Needed if it wrote. */
  readonly seq?: number;
  /** Real time, for strict serializability: any counter read before begin and after commit. */
  readonly begin: number;
  readonly end: number;
  /** In the order in which the transaction did them. */
  readonly operations: readonly HistoryOperation[];
}

/**
 * The names are those of Adya (1999) and of Elle (VLDB 2020):
 *
 * - `internal`: a transaction does not see its own write
 * - `unwritten read`: a version that nobody wrote
 * - `G1a`: aborted read; `G1b`: intermediate read; `G1c`: cycle of writes and reads
 * - `G0`: cycle of writes alone
 * - `lost update`: two transactions read the same version and both replaced it
 * - `G-single`: a cycle with one anti-dependency (read skew)
 * - `G-nonadjacent`: with several, none next to another; as impossible under snapshot isolation
 * - `G2-item`: with several, on rows read (write skew); `G2`: one at least is a phantom
 */
export type AnomalyName = "internal" | "unwritten read" | "G1a" | "G1b" | CycleName | "lost update";

export type CycleName = "G0" | "G1c" | "G-single" | "G-nonadjacent" | "G2-item" | "G2";

export interface Anomaly {
  readonly name: AnomalyName;
  /** The cycle needs the real-time order: serializable, but not strictly. */
  readonly realTime: boolean;
  /** The transactions involved; of a cycle in its order. */
  readonly transactions: readonly HistoryTransaction["id"][];
  /** One line for each step. */
  readonly explanation: readonly string[];
}

export interface SerializabilityOptions {
  /** Also require that a transaction that ended before another began comes before it. */
  readonly realTime?: boolean;
}

/** Anomalies that each isolation level of `db.transaction` rules out. */
export const forbiddenAnomalies: Readonly<
  Record<"serializable" | "snapshot", ReadonlySet<AnomalyName>>
> = {
  serializable: new Set<AnomalyName>([
    "internal",
    "unwritten read",
    "G0",
    "G1a",
    "G1b",
    "G1c",
    "lost update",
    "G-single",
    "G-nonadjacent",
    "G2-item",
    "G2",
  ]),
  snapshot: new Set<AnomalyName>([
    "internal",
    "unwritten read",
    "G0",
    "G1a",
    "G1b",
    "G1c",
    "lost update",
    "G-single",
    "G-nonadjacent",
  ]),
};

/**
 * Finds the anomalies of a history: those of single reads, lost updates, and for every knot of
 * transactions that depend on each other in a circle the shortest cycle of each kind. An empty
 * result means that the committed transactions are equivalent to some serial order of them, one
 * that agrees with real time if that was asked for.
 *
 * A read of a missing row whose key was deleted more than once cannot tell which deletion it saw;
 * only the dependencies that hold in every case are then taken, so nothing reported is ever wrong.
 */
export function findAnomalies(
  history: readonly HistoryTransaction[],
  options: SerializabilityOptions = {},
): Anomaly[] {
  const versions = new VersionTable(history);
  const anomalies = readAnomalies(history, versions);
  const graph = new DependencyGraph(history, versions, options.realTime ?? false);
  return [...anomalies, ...findCycles(graph)];
}

/** The anomalies as lines for the message of a failed test. */
export function explainAnomalies(anomalies: readonly Anomaly[]): string {
  return anomalies
    .map(({ name, realTime, transactions, explanation }) => {
      const title = `${name}${realTime ? " with real time" : ""}: ${transactions.join(", ")}`;
      return [title, ...explanation.map((line) => `  ${line}`)].join("\n");
    })
    .join("\n");
}
