import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  explainAnomalies,
  findAnomalies,
  forbiddenAnomalies,
  type AnomalyName,
  type HistoryOperation,
  type HistoryTransaction,
} from "./serializability.js";

type Isolation = "serializable" | "snapshot" | "read committed" | "read uncommitted";

interface Step {
  readonly client: number;
  readonly action: "read" | "write" | "delete" | "scan" | "commit" | "abort";
  readonly key: number;
}

interface Versioned {
  readonly seq: number;
  readonly version: string;
  readonly deleted: boolean;
}

interface Transaction {
  readonly snapshot: number;
  readonly begin: number;
  readonly operations: HistoryOperation[];
  readonly writes: Map<number, Versioned>;
  readonly readKeys: Set<number>;
}

const KEYS = 4;

/**
 * A store in a few lines whose isolation is known by construction: it validates all reads, only
 * written keys, nothing, or not even hides what is not committed.
 */
class TinyStore {
  readonly history: HistoryTransaction[] = [];
  readonly #isolation: Isolation;
  readonly #rows: Versioned[][] = Array.from({ length: KEYS }, () => []);
  readonly #open: Map<number, Transaction> = new Map();
  #seq = 0;
  #time = 0;
  #versions = 0;

  constructor(isolation: Isolation) {
    this.#isolation = isolation;
  }

  run(step: Step): void {
    const tx = this.#transaction(step.client);
    const { key } = step;
    const at = { tree: "t", key };
    switch (step.action) {
      case "read":
        tx.operations.push({ kind: "read", ...at, version: this.#read(tx, key) });
        return;
      case "scan": {
        const keys = Array.from({ length: KEYS - key }, (_, i) => key + i);
        const seen = keys.flatMap((each) => {
          const version = this.#read(tx, each);
          return version === undefined ? [] : [{ key: each, version }];
        });
        tx.operations.push({ kind: "range", tree: "t", start: key, end: undefined, seen });
        return;
      }
      case "write":
      case "delete": {
        const version = `v${++this.#versions}`;
        const deleted = step.action === "delete";
        tx.operations.push({ kind: "write", ...at, version, deleted });
        tx.writes.set(key, { seq: 0, version, deleted });
        return;
      }
      case "commit":
      case "abort":
        this.#end(step.client, tx, step.action === "commit" && this.#isValid(tx));
    }
  }

  #transaction(client: number): Transaction {
    const open = this.#open.get(client);
    if (open !== undefined) return open;
    const tx: Transaction = {
      snapshot: this.#seq,
      begin: ++this.#time,
      operations: [],
      writes: new Map(),
      readKeys: new Set(),
    };
    this.#open.set(client, tx);
    return tx;
  }

  #read(tx: Transaction, key: number): string | undefined {
    tx.readKeys.add(key);
    const row = tx.writes.get(key) ?? this.#uncommitted(key) ?? this.#committed(tx, key);
    return row === undefined || row.deleted ? undefined : row.version;
  }

  #uncommitted(key: number): Versioned | undefined {
    if (this.#isolation !== "read uncommitted") return undefined;
    for (const tx of this.#open.values()) if (tx.writes.has(key)) return tx.writes.get(key);
    return undefined;
  }

  #committed(tx: Transaction, key: number): Versioned | undefined {
    const old = this.#isolation === "serializable" || this.#isolation === "snapshot";
    return this.#rows[key]!.findLast((row) => !old || row.seq <= tx.snapshot);
  }

  #isValid(tx: Transaction): boolean {
    const isUnchanged = (key: number): boolean =>
      (this.#rows[key]!.at(-1)?.seq ?? 0) <= tx.snapshot;
    if (this.#isolation === "serializable") return [...tx.readKeys].every(isUnchanged);
    if (this.#isolation === "snapshot") return [...tx.writes.keys()].every(isUnchanged);
    return true;
  }

  #end(client: number, tx: Transaction, commits: boolean): void {
    this.#open.delete(client);
    this.#seq += 1;
    this.history.push({
      id: `T${this.#seq}`,
      outcome: commits ? "committed" : "aborted",
      seq: this.#seq,
      begin: tx.begin,
      end: ++this.#time,
      operations: tx.operations,
    });
    if (!commits) return;
    for (const [key, row] of tx.writes) this.#rows[key]!.push({ ...row, seq: this.#seq });
  }
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    client: fc.integer({ min: 0, max: 3 }),
    action: fc.constantFrom("read", "write", "read", "write", "delete", "scan", "commit", "abort"),
    key: fc.integer({ min: 0, max: KEYS - 1 }),
  }),
  { minLength: 20, maxLength: 120, size: "max" },
);

const run = (isolation: Isolation, script: readonly Step[]): HistoryTransaction[] => {
  const store = new TinyStore(isolation);
  for (const step of script) store.run(step);
  for (let client = 0; client <= 3; client++) store.run({ client, action: "commit", key: 0 });
  return store.history;
};

/** Every anomaly met in many random runs. */
function anomaliesOf(isolation: Isolation, realTime: boolean): Set<AnomalyName> {
  const seen = new Set<AnomalyName>();
  for (const script of fc.sample(steps, { numRuns: 400, seed: 7 })) {
    for (const { name } of findAnomalies(run(isolation, script), { realTime })) seen.add(name);
  }
  return seen;
}

describe("histories of a store of known isolation", () => {
  it("a serializable store has no anomaly, not even in real time", () => {
    fc.assert(
      fc.property(steps, (script) => {
        const anomalies = findAnomalies(run("serializable", script), { realTime: true });
        expect(explainAnomalies(anomalies)).toBe("");
      }),
      { numRuns: 500 },
    );
  });

  it("a snapshot store has only what snapshot isolation allows", () => {
    const seen = anomaliesOf("snapshot", true);
    expect([...seen].filter((name) => forbiddenAnomalies.snapshot.has(name))).toEqual([]);
    expect(seen).toContain("G2-item");
    expect(seen).toContain("G2");
  });

  it("a read-committed store has lost updates and read skew, but no dirty reads", () => {
    const seen = anomaliesOf("read committed", false);
    expect(seen).toContain("lost update");
    expect(seen).toContain("G-single");
    for (const name of ["G0", "G1a", "G1b", "G1c", "internal"] as const) {
      expect(seen).not.toContain(name);
    }
  });

  it("a read-uncommitted store has dirty reads of every kind", () => {
    const seen = anomaliesOf("read uncommitted", false);
    for (const name of ["G1a", "G1b", "G1c"] as const) expect(seen).toContain(name);
  });
});
