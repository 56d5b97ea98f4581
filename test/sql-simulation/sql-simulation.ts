import { SqlEngine, type SqlSession } from "@aegisdb/sql";
import { MemoryHost } from "../../packages/sql/src/testing/memory-source.js";
import { Prng } from "../../packages/core/src/base/prng.js";
import { checkpoint, close, compact } from "../../packages/core/src/engine/life-cycle.js";
import type { OpenedEngine } from "../../packages/core/src/engine/open-engine.js";
import { AegisError, assert } from "../../packages/core/src/errors.js";
import { checkDatabase } from "../../packages/core/src/query/check.js";
import { createSqlHost, type EngineSqlHost } from "../../packages/core/src/query/host.js";
import { Computer } from "../../packages/core/src/testing/simulation/computer.js";
import type { SimulationConfig } from "../../packages/core/src/testing/simulation/steps.js";
import { contentsOf, rowsOf } from "./contents.js";
import type { SqlStep } from "./statements.js";

/** What happened, over all workloads: a simulation in which nothing happens finds nothing. */
export class SqlCounts {
  workloads = 0;
  statements = 0;
  refused = 0;
  commits = 0;
  powerCuts = 0;
  kills = 0;
  reopens = 0;
  /** Commits that a crash took back, since nobody had been told of them. */
  lost = 0;
}

/** A state that a crash may leave: what the naive database held after one of its commits. */
class Candidate {
  #contents: string | undefined;

  constructor(
    readonly state: NaiveState,
    public acknowledged: boolean,
  ) {}

  /** Only crashes and comparisons ask for it. */
  get contents(): string {
    if (this.#contents === undefined) {
      const host = new MemoryHost();
      host.restore(this.state);
      this.#contents = contentsOf(host);
    }
    return this.#contents;
  }

  /** Whether something was written since; tables are shared between states until then. */
  isOlderThan(state: NaiveState): boolean {
    const { tables } = this.state;
    if (tables.size !== state.tables.size) return true;
    return [...tables].some(([id, table]) => state.tables.get(id) !== table);
  }
}

type NaiveState = ReturnType<MemoryHost["save"]>;

type CrashStep = SqlStep & { step: "crash" };

/** Runs statements on a database on a simulated computer and on a naive one beside it. */
export class SqlSimulation {
  private readonly computer: Computer;
  private readonly naive = new MemoryHost();
  private naiveSession: SqlSession;
  private opened: OpenedEngine;
  private host!: EngineSqlHost;
  private session!: SqlSession;
  /** The last is what the naive database holds; the first is certain to be on the disk. */
  private candidates: Candidate[];
  private readonly pending: Promise<unknown>[] = [];
  private crash: CrashStep | undefined;

  constructor(
    config: SimulationConfig,
    private readonly counts: SqlCounts,
  ) {
    this.computer = new Computer(config);
    this.naiveSession = new SqlEngine(this.naive).session();
    this.candidates = [new Candidate(this.naive.save(), true)];
    this.opened = this.computer.open();
    this.connect();
    counts.workloads++;
  }

  async run(steps: readonly SqlStep[]): Promise<void> {
    for (const [index, step] of steps.entries()) {
      try {
        await this.take(step);
        if (this.computer.disk.struck) await this.recover();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`step ${index + 1} (${step.step}): ${reason}`, { cause: error });
      }
    }
    // What was armed and has not come yet comes now.
    if (this.computer.disk.armed) this.computer.disk.strike();
    if (this.computer.disk.struck) await this.recover();
    await this.reopen();
    await this.shutDown();
  }

  private connect(): void {
    this.host = createSqlHost(this.opened.engine, { random: () => 0.5, clock: () => 0 });
    this.session = new SqlEngine(this.host).session();
  }

  private async take(step: SqlStep): Promise<void> {
    switch (step.step) {
      case "run":
        this.runBoth(step.sql);
        break;
      case "crash":
        if (this.computer.disk.armed) this.computer.disk.strike();
        else this.arm(step);
        break;
      default:
        await this.surviving(() => this.maintain(step.step));
    }
  }

  private arm(step: CrashStep): void {
    this.crash = step;
    const { after, power, seed } = step;
    this.computer.disk.arm({ after, power, prng: new Prng(seed) });
  }

  private async maintain(
    step: "settle" | "compare" | "checkpoint" | "compact" | "reopen",
  ): Promise<void> {
    switch (step) {
      case "settle":
        await Promise.all(this.pending);
        break;
      case "compare":
        await this.compare(this.candidates.at(-1)!.contents);
        break;
      case "checkpoint":
        await checkpoint(this.opened);
        break;
      case "compact":
        await compact(this.opened, {});
        break;
      case "reopen":
        await this.reopen();
        this.counts.reopens++;
    }
  }

  /** What fails because the computer has just crashed is no failure. */
  private async surviving(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this.computer.disk.struck || !isEnvironment(error)) throw error;
    }
  }

  /** The naive database goes first: after a crash its state is one of those that may be found. */
  private runBoth(sql: string): void {
    this.counts.statements++;
    const expected = outcomeOf(this.naiveSession, sql);
    if (expected.startsWith("refused")) this.counts.refused++;
    const committed = this.naiveSession.status === "idle" ? this.commit() : undefined;
    let actual: string;
    try {
      actual = outcomeOf(this.session, sql, (durable) => this.follow(durable, committed));
    } catch (error) {
      if (this.computer.disk.struck && isEnvironment(error)) return;
      throw error;
    }
    assert(actual === expected, `${sql}\ngave ${actual}\ninstead of ${expected}`);
  }

  /** The state after a statement that wrote something. */
  private commit(): Candidate | undefined {
    const state = this.naive.save();
    if (!this.candidates.at(-1)!.isOlderThan(state)) return undefined;
    const candidate = new Candidate(state, false);
    this.candidates.push(candidate);
    this.counts.commits++;
    return candidate;
  }

  /** A statement that changed nothing promises nothing, not even what it has read. */
  private follow(durable: Promise<void>, committed: Candidate | undefined): void {
    const followed = durable.then(
      () => {
        if (committed !== undefined) committed.acknowledged = true;
      },
      (error: unknown) => {
        if (!this.computer.disk.struck) throw error;
      },
    );
    this.pending.push(followed);
    followed.catch(() => undefined);
  }

  /** The computer or the process has died: what is found must be what was promised, and whole. */
  private async recover(): Promise<void> {
    const { power, recovery, seed } = this.crash!;
    await Promise.all(this.pending.splice(0));
    this.opened = this.computer.recover(recovery, new Prng(seed + 1));
    if (power) this.counts.powerCuts++;
    else this.counts.kills++;
    this.connect();
    const contents = contentsOf(this.host);
    const least = this.candidates.findLastIndex((candidate) => candidate.acknowledged);
    const found = this.candidates.findLastIndex((candidate) => candidate.contents === contents);
    if (found < least || found < 0) throw new Error(this.mismatch(contents, least, found));
    this.counts.lost += this.candidates.length - 1 - found;
    this.restoreNaive(this.candidates[found]!);
    await this.compare(contents);
  }

  private mismatch(contents: string, least: number, found: number): string {
    const what = found < 0 ? "no commit ever left this" : `commit ${least} was acknowledged`;
    const last = this.candidates.at(-1)!.contents;
    return `found commit ${found} of ${this.candidates.length}: ${what}\n${contents}\nlast:\n${last}`;
  }

  private restoreNaive(candidate: Candidate): void {
    this.naiveSession.close();
    this.naive.restore(candidate.state);
    this.naiveSession = new SqlEngine(this.naive).session();
    this.candidates = [new Candidate(candidate.state, true)];
  }

  /** Contents, the answers of indexes, and the database's own check. */
  private async compare(contents: string): Promise<void> {
    if (this.session.status !== "idle") return;
    assert(contentsOf(this.host) === contents, "the database holds what the naive one holds");
    for (const sql of INDEX_QUERIES) {
      const expected = queryOf(this.naiveSession, sql);
      const actual = queryOf(this.session, sql);
      assert(actual === expected, `${sql}\ngave ${actual}\ninstead of ${expected}`);
    }
    const { problems } = await checkDatabase(this.opened, this.host, {});
    const [first] = problems;
    assert(first === undefined, `check found in ${first?.where}: ${first?.problem}`);
  }

  private async reopen(): Promise<void> {
    await this.shutDown();
    if (this.computer.disk.struck) return;
    this.computer.newProcess();
    this.opened = this.computer.open();
    this.connect();
    this.restoreNaive(this.candidates.at(-1)!);
    await this.compare(this.candidates.at(-1)!.contents);
  }

  private async shutDown(): Promise<void> {
    this.session.close();
    this.host.close();
    await close(this.opened);
    await Promise.all(this.pending.splice(0));
  }
}

/** Each is answered through an index where there is one. */
const INDEX_QUERIES = [
  "SELECT id FROM customers WHERE city = 'Riga'",
  "SELECT id, city FROM customers WHERE email = 'user7@example.com'",
  "SELECT id FROM orders WHERE total >= 100 AND total <= 400",
  "SELECT id, total FROM orders ORDER BY total DESC, customer_id LIMIT 5",
  "SELECT note FROM orders WHERE customer_id = 4",
  "SELECT c.id, count(o.id) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id",
];

/** Rows in their order; tables may be missing where steps were left out. */
function queryOf(session: SqlSession, sql: string): string {
  try {
    return rowsOf(session, sql).join("\n");
  } catch (error) {
    if (error instanceof AegisError && error.code === "TABLE_NOT_FOUND") return error.code;
    throw error;
  }
}

/** What a statement says of itself: its command and count, or why it was refused. */
function outcomeOf(
  session: SqlSession,
  sql: string,
  follow?: (durable: Promise<void>) => void,
): string {
  try {
    const result = session.run(session.prepare(sql), []);
    if (result.durable !== undefined) follow?.(result.durable);
    return `${result.command} ${result.rowCount}`;
  } catch (error) {
    if (!(error instanceof AegisError) || error.kind === "environment") throw error;
    return `refused: ${error.code} ${error.message}`;
  }
}

function isEnvironment(error: unknown): boolean {
  return error instanceof AegisError && error.kind === "environment";
}
