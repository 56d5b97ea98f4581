import { SqlEngine, type SqlSession } from "@aegisdb/sql";
import { AegisError } from "../../packages/core/src/errors.js";
import { MemoryHost } from "../../packages/sql/src/testing/memory-source.js";
import {
  answerOf,
  type RecordedHistory,
  type RecordedStatement,
  type RecordedTransaction,
} from "./recorded-history.js";

type Values = readonly (number | null)[];

/**
 * Runs a history again on a naive database, one transaction after the other: every one must answer
 * as it did
 *
 *   - at its snapshot, whatever its isolation and its end: that is what it claims to read
 *   - at its commit, if it was serializable and wrote: that is its place in the serial order
 *
 * At snapshot isolation a commit changes the rows that it changed at its snapshot, and constraints
 * must hold. Unlike the checker of anomalies this looks at everything that was answered, counts and
 * refusals included, and needs no model of what a statement reads.
 */
export function differencesFromSerial(history: RecordedHistory, schema: string): string[] {
  const replay = new SerialReplay(schema);
  const commits = history.transactions
    .filter(({ commitPlace }) => commitPlace !== undefined)
    .sort((a, b) => a.commitPlace! - b.commitPlace!);
  for (let place = 0; place <= commits.length; place++) {
    for (const transaction of history.transactions) {
      if (transaction.snapshotPlace === place) replay.atSnapshot(transaction);
    }
    const next = commits[place];
    if (next !== undefined) replay.atCommit(next);
  }
  return replay.differences;
}

/** The rows of a table by their first column. */
type Rows = ReadonlyMap<number, Values>;

/** What a transaction did to a table. */
interface Effect {
  readonly gone: readonly number[];
  readonly put: readonly Values[];
}

const TABLES = ["items", "parents"] as const;

type Effects = Readonly<Record<(typeof TABLES)[number], Effect>>;

class SerialReplay {
  readonly differences: string[] = [];
  readonly #session: SqlSession;
  readonly #effects = new Map<RecordedTransaction, Effects>();

  constructor(schema: string) {
    this.#session = new SqlEngine(new MemoryHost()).session();
    for (const text of schema.split(";")) if (text.trim() !== "") this.#run(text, []);
  }

  atSnapshot(transaction: RecordedTransaction): void {
    const before = TABLES.map((table) => this.#rowsOf(table));
    this.#compare(transaction, "its snapshot");
    if (transaction.isolation === "snapshot" && transaction.commitPlace !== undefined) {
      const [items, parents] = TABLES.map((table, i) => effect(before[i]!, this.#rowsOf(table)));
      this.#effects.set(transaction, { items: items!, parents: parents! });
    }
    this.#run("ROLLBACK", []);
  }

  atCommit(transaction: RecordedTransaction): void {
    const effects = this.#effects.get(transaction);
    if (effects === undefined) this.#compare(transaction, "its commit");
    else this.#repeat(transaction, effects);
    this.#run("COMMIT", []);
  }

  #compare({ id, statements }: RecordedTransaction, where: string): void {
    this.#run("BEGIN", []);
    for (const statement of statements) {
      const answer = this.#answer(statement);
      if (answer === statement.answer) continue;
      this.differences.push(
        `transaction ${id} at ${where}: ${statement.text} [${statement.params.join()}] gave ` +
          `${statement.answer || "nothing"} and alone gives ${answer || "nothing"}`,
      );
    }
  }

  /** Rows that go or change make room first; parents are there as long as they have children. */
  #repeat({ id }: RecordedTransaction, { items, parents }: Effects): void {
    this.#run("BEGIN", []);
    try {
      for (const key of items.gone) this.#run("DELETE FROM items WHERE id = $1", [key]);
      for (const row of parents.put) {
        const update =
          "ON CONFLICT (id) DO UPDATE SET ver = excluded.ver, was_ver = excluded.was_ver";
        this.#run(`INSERT INTO parents VALUES ($1, $2, $3) ${update}`, row);
      }
      for (const row of items.put) {
        const places = row.map((_, i) => `$${i + 1}`);
        this.#run(`INSERT INTO items VALUES (${places.join()})`, row);
      }
      const kept = new Set(parents.put.map(([key]) => key!));
      for (const key of parents.gone) {
        if (kept.has(key)) continue;
        // The constraint cascades, which would hide a child that should not be there.
        const orphans = this.#run("SELECT id FROM items WHERE parent = $1", [key]);
        if (orphans.length > 0) this.differences.push(`transaction ${id} leaves orphans of ${key}`);
        this.#run("DELETE FROM parents WHERE id = $1", [key]);
      }
    } catch (error) {
      if (!(error instanceof AegisError)) throw error;
      this.differences.push(`the rows of transaction ${id} at its commit: ${error.message}`);
    }
  }

  #rowsOf(table: string): Rows {
    const rows = this.#run(`SELECT * FROM ${table}`, [], "array") as Values[];
    return new Map(rows.map((row) => [row[0]!, row]));
  }

  #answer({ text, params }: RecordedStatement): string {
    this.#run("SAVEPOINT statement", []);
    try {
      return answerOf(this.#run(text, params));
    } catch (error) {
      if (!(error instanceof AegisError)) throw error;
      this.#run("ROLLBACK TO statement", []);
      return answerOf(error);
    }
  }

  #run(text: string, params: Values, form?: "array"): readonly unknown[] {
    return this.#session.run(this.#session.prepare(text), params, form && { form }).rows;
  }
}

/** Rows that are gone or changed are gone; those that are new or changed are put. */
function effect(before: Rows, after: Rows): Effect {
  const same = (a: Values | undefined, b: Values | undefined): boolean =>
    a?.join("|") === b?.join("|");
  return {
    gone: [...before.keys()].filter((key) => !same(before.get(key), after.get(key))),
    put: [...after].filter(([key, row]) => !same(before.get(key), row)).map(([, row]) => row),
  };
}
