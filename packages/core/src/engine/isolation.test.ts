import { describe, expect, it } from "vitest";
import { Prng } from "../base/prng.js";
import { explainAnomalies, findAnomalies, forbiddenAnomalies } from "../testing/serializability.js";
import {
  ConcurrentHistory,
  type ConcurrentRun,
  type RecordedHistory,
} from "../testing/simulation/concurrent-history.js";
import { openTestEngine } from "../testing/simulation/engine-fixture.js";
import type { Isolation } from "./contract.js";
import { close } from "./life-cycle.js";

const SEEDS = Number(process.env["AEGIS_ISOLATION_SEEDS"] ?? 40);
const FIRST_SEED = Number(process.env["AEGIS_ISOLATION_SEED"] ?? 1);

async function record(
  seed: number,
  isolation: Isolation,
  options: Partial<ConcurrentRun> = {},
): Promise<RecordedHistory> {
  const prng = new Prng(seed);
  // Half of them over a log in files, with flushes and compactions between the transactions.
  const opened = openTestEngine({
    memory: prng.chance(0.5),
    inlineBackground: prng.chance(0.5),
    writeBufferBytes: prng.pick([16 * 1024, 1024 * 1024]),
    prng: prng.fork(),
  });
  const run = { isolation, clients: 6, transactionsPerClient: 12, maxRetries: 0, prng, ...options };
  const history = await new ConcurrentHistory(opened).run(run);
  await close(opened);
  return history;
}

describe("transactions that run concurrently", () => {
  it(`are strictly serializable (seeds ${FIRST_SEED} to ${FIRST_SEED + SEEDS - 1})`, async () => {
    let committed = 0;
    let conflicts = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      const history = await record(seed, "serializable");
      const anomalies = findAnomalies(history.transactions, { realTime: true });
      expect(explainAnomalies(anomalies), `seed ${seed}`).toBe("");
      committed += history.committed;
      conflicts += history.conflicts;
    }
    // Otherwise there was nothing to get wrong.
    expect(committed).toBeGreaterThan(SEEDS * 20);
    expect(conflicts).toBeGreaterThan(SEEDS * 5);
  });

  it(`have write skew and nothing worse at snapshot isolation`, async () => {
    const seen = new Set<string>();
    let committed = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      const history = await record(seed, "snapshot");
      const anomalies = findAnomalies(history.transactions);
      const forbidden = anomalies.filter(({ name }) => forbiddenAnomalies.snapshot.has(name));
      expect(explainAnomalies(forbidden), `seed ${seed}`).toBe("");
      for (const { name } of anomalies) seen.add(name);
      committed += history.committed;
    }
    expect(committed).toBeGreaterThan(SEEDS * 20);
    // The checker is awake: both kinds of write skew do occur.
    expect([...seen].sort()).toEqual(["G2", "G2-item"]);
  });

  it("all commit in the end if they are run again", async () => {
    const history = await record(7, "serializable", { maxRetries: 50, transactionsPerClient: 6 });
    expect(explainAnomalies(findAnomalies(history.transactions, { realTime: true }))).toBe("");
    expect(history.committed).toBe(6 * 6);
    expect(history.conflicts).toBeGreaterThan(0);
  });
});
