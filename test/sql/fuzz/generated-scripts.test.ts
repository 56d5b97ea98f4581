import { afterAll, beforeAll, expect, test } from "vitest";
import { Prng } from "../../../packages/core/src/base/prng.js";
import { checkDatabase } from "../../../packages/core/src/query/index.js";
import { Aegis } from "../aegis.js";
import { Postgres } from "../postgres.js";
import { compare, Counts } from "./comparison.js";
import { isError, type Outcome, outcomeHere, outcomeThere } from "./engines.js";
import { ScriptGenerator } from "./scripts.js";

/** `AEGIS_FUZZ=100` takes so many seeds, `AEGIS_FUZZ_SEED` says which is the first. */
const SEEDS = Number(process.env["AEGIS_FUZZ"] ?? 6);
const FIRST_SEED = Number(process.env["AEGIS_FUZZ_SEED"] ?? 1);
/** Statements of one script. */
const STATEMENTS = 60;

let postgres: Postgres;

beforeAll(async () => {
  postgres = await Postgres.start();
}, 120_000);

afterAll(async () => {
  await postgres.close();
});

/** One script, in both systems at a time. */
class ScriptRun {
  readonly generator: ScriptGenerator;
  readonly aegis: Aegis = new Aegis();
  private readonly ran: string[] = [];

  constructor(private readonly seed: number) {
    this.generator = new ScriptGenerator(new Prng(seed));
  }

  /** Undefined where the systems part for a known reason. */
  async run(sql: string): Promise<Outcome | undefined> {
    this.ran.push(sql);
    const there = await outcomeThere(postgres, sql);
    const here = outcomeHere(this.aegis, sql);
    if (compare(here, there) !== "different") return there;
    if (isKnown(sql, here)) return undefined;
    expect(here, `seed ${this.seed}:\n${this.ran.join(";\n")}`).toEqual(there);
    return undefined;
  }

  /** False where a table could not be compared. */
  async compareTables(): Promise<boolean> {
    for (const { name } of this.generator.model.tables) {
      if ((await this.run(`SELECT * FROM ${name}`)) === undefined) return false;
    }
    return true;
  }

  async close(): Promise<void> {
    const { fixture } = this.aegis;
    const { problems } = await checkDatabase(fixture.opened, fixture.host, {});
    expect(problems, `seed ${this.seed}:\n${this.ran.join(";\n")}`).toEqual([]);
    await this.aegis.close();
  }
}

/**
 * Rows that a WITH deletes from a parent and the statement inserts into a child: the action of the
 * foreign key comes before the insertion here, so that the child has no parent.
 */
function isKnown(sql: string, here: Outcome): boolean {
  return sql.startsWith("WITH w AS (DELETE") && isError(here) && here.sqlState === "23503";
}

async function runScript(seed: number, counts: Counts): Promise<void> {
  await postgres.exec("ROLLBACK; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  const script = new ScriptRun(seed);
  const { generator } = script;
  for (let i = 0; i < STATEMENTS; i++) {
    const { sql, feature } = generator.next();
    const outcome = await script.run(sql);
    if (outcome === undefined) break;
    generator.ended(!isError(outcome));
    counts.add("statements");
    if (isError(outcome)) continue;
    counts.add("done");
    counts.add(feature);
    if (!generator.inTransaction && !(await script.compareTables())) break;
  }
  await script.close();
}

test(`scripts of ${SEEDS} seeds leave what PostgreSQL leaves`, async () => {
  const counts = new Counts();
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) await runScript(seed, counts);
  const share = (what: string): number => counts.of(what) / counts.of("statements");
  expect(counts.of("statements")).toBeGreaterThan((SEEDS * STATEMENTS) / 2);
  expect(share("done")).toBeGreaterThan(0.5);
  const writes = ["INSERT", "ON CONFLICT", "UPDATE", "DELETE", "WITH writes"];
  for (const feature of [...writes, "CREATE TABLE", "transactions", "SELECT"]) {
    expect(share(feature), feature).toBeGreaterThan(0.005);
  }
}, 3_600_000);
