import { expect, it } from "vitest";
import { Prng } from "../../packages/core/src/base/prng.js";
import type { Isolation } from "../../packages/core/src/engine/contract.js";
import {
  explainAnomalies,
  findAnomalies,
  forbiddenAnomalies,
} from "../../packages/core/src/testing/serializability.js";
import { Clients, schemaOf } from "./clients.js";
import { differencesFromSerial } from "./serial-replay.js";
import { randomWorld } from "./world.js";

/** What happened, over all histories: one in which nothing meets finds nothing. */
export class HistoryCounts {
  histories = 0;
  transactions = 0;
  committed = 0;
  conflicts = 0;
  refused = 0;
  statements = 0;
  /** Histories that show each anomaly. */
  readonly anomalies = new Map<string, number>();
}

/** Rows that no isolation level may leave behind. */
const INTEGRITY = {
  "codes that two items have": `SELECT code FROM items WHERE code IS NOT NULL
    GROUP BY code HAVING count(*) > 1`,
  "items without their parent": `SELECT i.id FROM items i LEFT JOIN parents p ON p.id = i.parent
    WHERE i.parent IS NOT NULL AND p.id IS NULL`,
} as const;

/** Records the history of a seed and gives everything that is wrong with it, as text. */
export async function problemsOf(
  seed: number,
  isolation: Isolation,
  counts: HistoryCounts,
): Promise<string> {
  const prng = new Prng(seed);
  const world = randomWorld(prng);
  const clients = new Clients(
    {
      isolation,
      world,
      clients: 3 + prng.int(4),
      transactionsPerClient: 4 + prng.int(6),
    },
    prng,
  );
  const history = await clients.run();
  const problems: string[] = [];

  const anomalies = findAnomalies(history.forChecker(), {
    realTime: isolation === "serializable",
  });
  for (const name of new Set(anomalies.map((anomaly) => anomaly.name))) {
    counts.anomalies.set(name, (counts.anomalies.get(name) ?? 0) + 1);
  }
  const forbidden = anomalies.filter(({ name }) => forbiddenAnomalies[isolation].has(name));
  if (forbidden.length > 0) problems.push(explainAnomalies(forbidden));
  problems.push(...differencesFromSerial(history, schemaOf(world)));

  const { db } = clients.world;
  for (const [what, query] of Object.entries(INTEGRITY)) {
    const { rows } = await db.query(query);
    if (rows.length > 0) problems.push(`${what}: ${JSON.stringify(rows)}`);
  }
  const twice = clients.taken.filter((value, i) => clients.taken.indexOf(value) !== i);
  if (twice.length > 0) problems.push(`values that a sequence gave twice: ${twice.join()}`);
  const report = await db.check();
  if (!report.ok) problems.push(JSON.stringify(report.problems));
  await db.close();

  counts.histories++;
  counts.transactions += history.transactions.length;
  counts.committed += history.committedCount;
  counts.conflicts += history.conflicts;
  counts.refused += history.refused;
  for (const { statements } of history.transactions) counts.statements += statements.length;
  return problems.join("\n");
}

/** The tests of `count` seeds, at both levels. */
export function testHistories(first: number, count: number): void {
  const seeds = `seeds ${first} to ${first + count - 1}`;
  const timeout = 20_000 + count * 2_000;

  async function run(isolation: Isolation): Promise<HistoryCounts> {
    const counts = new HistoryCounts();
    for (let seed = first; seed < first + count; seed++) {
      expect(await problemsOf(seed, isolation, counts), `seed ${seed}`).toBe("");
    }
    // Otherwise there was nothing to get wrong.
    expect(counts.committed).toBeGreaterThan(count * 10);
    expect(counts.conflicts).toBeGreaterThan(count);
    expect(counts.refused).toBeGreaterThan(count);
    return counts;
  }

  it(`are strictly serializable (${seeds})`, { timeout }, async () => {
    const { anomalies } = await run("serializable");
    expect([...anomalies.keys()]).toEqual([]);
  });

  it(
    `have write skew and nothing worse at snapshot isolation (${seeds})`,
    { timeout },
    async () => {
      const { anomalies } = await run("snapshot");
      // The checker is awake: both kinds of write skew do occur.
      expect([...anomalies.keys()].sort()).toEqual(["G2", "G2-item"]);
    },
  );
}
