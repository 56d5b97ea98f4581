import type { Prng } from "../../packages/core/src/base/prng.js";
import { AegisError } from "../../packages/core/src/errors.js";
import type { Isolation } from "../../packages/core/src/engine/contract.js";
import type { Session } from "../../packages/core/src/query/api/index.js";
import type { Transaction } from "../../packages/core/src/transaction.js";
import { RecordedHistory, type RecordedTransaction } from "./recorded-history.js";
import { type Row, type Statement, Statements, TABLES } from "./statements.js";
import { type Turn, Turns } from "./turns.js";
import { openWorld, type OpenWorld, type World } from "./world.js";

interface HistoryOptions {
  readonly isolation: Isolation;
  readonly world: World;
  readonly clients: number;
  readonly transactionsPerClient: number;
}

export function schemaOf(world: World): string {
  const indexes = world.indexes.map((columns) => `CREATE INDEX ON items ${columns};`);
  return `${TABLES} ${indexes.join(" ")}`;
}

const LEVELS = { serializable: "SERIALIZABLE", snapshot: "REPEATABLE READ" } as const;
const KEYS = ["a", "b", "c", "d"];
const MAX_RETRIES = 2;

/** What constraints answer. */
const REFUSALS: ReadonlySet<string> = new Set(["UNIQUE_VIOLATION", "FOREIGN_KEY_VIOLATION"]);

/** Thrown by a client that gives up its transaction by itself. */
const ABANDONED = new Error("abandoned");

/** Records what clients do to one database, each with transactions of its own. */
export class Clients {
  readonly history: RecordedHistory;
  /** What was taken of a sequence, by whatever became of the transaction. */
  readonly taken: number[] = [];
  readonly world: OpenWorld;
  readonly #options: HistoryOptions;
  readonly #statements: Statements;
  readonly #prng: Prng;

  constructor(options: HistoryOptions, prng: Prng) {
    this.#options = options;
    this.#prng = prng;
    this.world = openWorld(options.world, prng.fork());
    this.#statements = new Statements(prng.fork());
    this.history = new RecordedHistory(() => this.#statements.freshVersion());
  }

  async run(): Promise<RecordedHistory> {
    const { clients, transactionsPerClient, world } = this.#options;
    await this.world.db.exec(`${schemaOf(world)} CREATE SEQUENCE taken`);
    for (const statement of this.#statements.parents()) await this.#alone(statement);
    const client = async (turn: Turn): Promise<void> => {
      await turn();
      for (let i = 0; i < transactionsPerClient; i++) await this.#transaction(turn);
    };
    const work = Array.from({ length: clients }, () => client);
    if (world.maintained) work.push((turn) => this.#maintenance(turn));
    await new Turns(this.#prng.fork()).run(work);
    return this.history;
  }

  async #transaction(turn: Turn): Promise<void> {
    const prng = this.#prng;
    const dice = prng.int(10);
    if (dice === 0) return this.#autocommit(turn);
    if (dice === 1) return this.#inFunction(turn, () => this.#statements.reads(), true);
    if (dice < 5) return this.#inSession(turn, this.#statements.transaction());
    return this.#inFunction(turn, () => this.#statements.transaction(), false);
  }

  async #autocommit(turn: Turn): Promise<void> {
    await turn();
    const [first] = this.#statements.transaction();
    for (const statement of first!) await this.#alone(statement);
  }

  /** A transaction of one statement. */
  async #alone(statement: Statement): Promise<void> {
    const recorded = this.history.begin(this.#options.isolation);
    const done = await this.#run(recorded, statement, (text, params) =>
      this.world.db.query<Row>(text, params),
    );
    this.history[done ? "committed" : "aborted"](recorded);
  }

  async #inSession(turn: Turn, steps: readonly (readonly Statement[])[]): Promise<void> {
    const { isolation } = this.#options;
    using session = this.world.db.session();
    await session.exec(`BEGIN ISOLATION LEVEL ${LEVELS[isolation]}`);
    await turn();
    const recorded = this.history.begin(isolation);
    for (const statement of steps.flat()) {
      const done = await this.#run(recorded, statement, (text, params) =>
        session.query<Row>(text, params),
      );
      if (!done) {
        await session.exec("ROLLBACK");
        this.history.aborted(recorded);
        return;
      }
      await turn();
    }
    await this.#endSession(session, recorded);
  }

  async #endSession(session: Session, recorded: RecordedTransaction): Promise<void> {
    if (this.#prng.chance(0.1)) {
      await session.exec("ROLLBACK");
      this.history.aborted(recorded);
      return;
    }
    try {
      await session.exec("COMMIT");
      this.history.committed(recorded);
    } catch (error) {
      this.#lost(error);
      this.history.aborted(recorded);
    }
  }

  /** `steps` makes statements anew for each attempt, so that every version is written once. */
  async #inFunction(
    turn: Turn,
    steps: () => readonly (readonly Statement[])[],
    readOnly: boolean,
  ): Promise<void> {
    const { isolation } = this.#options;
    const abandons = this.#prng.chance(0.1);
    let recorded: RecordedTransaction | undefined;
    const attempt = async (tx: Transaction): Promise<void> => {
      if (recorded !== undefined) this.#lostAttempt(recorded);
      recorded = this.history.begin(isolation);
      for (const step of steps()) {
        await turn();
        for (const statement of step) {
          await this.#run(recorded, statement, (text, params) => tx.query<Row>(text, params));
        }
        if (!readOnly) this.#keyValue(tx, recorded);
      }
      await turn();
      if (abandons) throw ABANDONED;
    };
    try {
      const maxRetries = this.#prng.int(MAX_RETRIES + 1);
      await this.world.db.transaction(attempt, { isolation, readOnly, maxRetries });
      this.history.committed(recorded!);
    } catch (error) {
      if (error !== ABANDONED) this.#lost(error);
      this.history.aborted(recorded!);
    }
  }

  #lostAttempt(recorded: RecordedTransaction): void {
    this.history.conflicts++;
    this.history.aborted(recorded);
  }

  #lost(error: unknown): void {
    if (!(error instanceof AegisError) || error.sqlState !== "40001") throw error;
    this.history.conflicts++;
  }

  /** False if the statement was refused. */
  async #run(
    recorded: RecordedTransaction,
    statement: Statement,
    query: (
      text: string,
      params: (number | null)[],
    ) => { readonly rows: readonly Row[] } | Promise<{ readonly rows: readonly Row[] }>,
  ): Promise<boolean> {
    try {
      const { rows } = await query(statement.text, [...statement.params]);
      recorded.answered(statement, rows);
      return true;
    } catch (error) {
      if (!(error instanceof AegisError) || !REFUSALS.has(error.code)) throw error;
      recorded.failed(statement, error);
      this.history.refused++;
      return false;
    }
  }

  /** Keys and values, and a sequence, in the same transaction. */
  #keyValue(tx: Transaction, { seen }: RecordedTransaction): void {
    const prng = this.#prng;
    const kv = tx.kv.namespace<string>("history");
    const key = prng.pick(KEYS);
    switch (prng.int(8)) {
      case 0:
        seen.read("kv", key, kv.get(key));
        break;
      case 1: {
        const version = `kv${this.#statements.freshVersion()}`;
        kv.set(key, version);
        seen.write("kv", key, version);
        break;
      }
      case 2: {
        const version = `kv${this.#statements.freshVersion()}`;
        if (!kv.set(key, version, { ifAbsent: true })) break;
        seen.read("kv", key, undefined);
        seen.write("kv", key, version);
        break;
      }
      case 3:
        if (kv.delete(key)) seen.write("kv", key, undefined);
        else seen.read("kv", key, undefined);
        break;
      case 4: {
        const rows = [...kv.list({ start: key })];
        seen.range(
          "kv",
          key,
          undefined,
          rows.map((row) => ({ key: row.key, version: row.value })),
        );
        break;
      }
      case 5:
        this.taken.push(tx.query<{ n: number }>("SELECT nextval('taken')::int AS n").rows[0]!.n);
        break;
      default:
    }
  }

  async #maintenance(turn: Turn): Promise<void> {
    for (let i = 0; i < this.#options.transactionsPerClient; i++) {
      await turn();
      if (this.#prng.chance(0.7)) await this.world.db.checkpoint();
      else await this.world.db.compact();
    }
  }
}
