import type { Transaction } from "../../packages/core/src/transaction.js";
import type { Turn } from "./turns.js";

/** What an application relies on, which only a serial order of its transactions guarantees. */
export interface Invariant {
  readonly name: string;
  readonly schema: string;
  /** One transaction of a client; `id` tells clients apart. */
  readonly work: (tx: Transaction, id: number, turn: Turn) => Promise<void>;
  /** True as long as the invariant holds. */
  readonly holds: string;
  /** Whether snapshot isolation breaks it. */
  readonly skewed: boolean;
}

const one = <Row>(tx: Transaction, text: string, ...params: number[]): Row =>
  tx.query<Row>(text, params).rows[0]!;

export const invariants: readonly Invariant[] = [
  {
    name: "one doctor stays on call",
    schema: `CREATE TABLE doctors (id int PRIMARY KEY, shift int, on_call boolean);
      CREATE INDEX ON doctors (shift, on_call);
      INSERT INTO doctors SELECT i, i % 2, true FROM generate_series(0, 5) i`,
    work: async (tx, id, turn) => {
      const others = "SELECT count(*) AS n FROM doctors WHERE shift = $1 AND on_call";
      const { n } = one<{ n: number }>(tx, others, id % 2);
      await turn();
      if (n > 1) tx.query("UPDATE doctors SET on_call = false WHERE id = $1", [id]);
    },
    holds: "SELECT count(DISTINCT shift) = 2 AS holds FROM doctors WHERE on_call",
    skewed: true,
  },
  {
    name: "two accounts are never overdrawn together",
    schema: `CREATE TABLE accounts (id int PRIMARY KEY, balance int);
      INSERT INTO accounts VALUES (0, 60), (1, 60)`,
    work: async (tx, id, turn) => {
      const { total } = one<{ total: number }>(tx, "SELECT sum(balance) AS total FROM accounts");
      await turn();
      if (total < 100) return;
      tx.query("UPDATE accounts SET balance = balance - 100 WHERE id = $1", [id % 2]);
    },
    holds: "SELECT sum(balance) >= 0 AS holds FROM accounts",
    skewed: true,
  },
  {
    name: "an e-mail is taken once, by a check of the application",
    schema: `CREATE TABLE users (id int PRIMARY KEY, email text);
      CREATE INDEX ON users (email)`,
    work: async (tx, id, turn) => {
      const taken = tx.query("SELECT 1 FROM users WHERE email = $1", [`mail${id % 2}`]);
      await turn();
      if (taken.rowCount > 0) return;
      tx.query("INSERT INTO users VALUES ($1, $2)", [id, `mail${id % 2}`]);
    },
    holds: "SELECT count(*) = count(DISTINCT email) AS holds FROM users",
    skewed: true,
  },
  {
    name: "no meeting overlaps another",
    schema: `CREATE TABLE meetings (id int PRIMARY KEY, first int, last int);
      CREATE INDEX ON meetings (first)`,
    work: async (tx, id, turn) => {
      const [first, last] = [10 * (id % 3), 10 * (id % 3) + 14];
      const overlapping = tx.query("SELECT 1 FROM meetings WHERE first <= $1 AND last >= $2", [
        last,
        first,
      ]);
      await turn();
      if (overlapping.rowCount > 0) return;
      tx.query("INSERT INTO meetings VALUES ($1, $2, $3)", [id, first, last]);
    },
    holds: `SELECT NOT EXISTS (SELECT FROM meetings a JOIN meetings b
      ON a.id < b.id AND a.first <= b.last AND b.first <= a.last) AS holds`,
    skewed: true,
  },
  {
    name: "no child without its parent, by a check of the application",
    schema: `CREATE TABLE mothers (id int PRIMARY KEY); CREATE TABLE children (id int, mother int);
      CREATE INDEX ON children (mother); INSERT INTO mothers VALUES (0), (1)`,
    work: async (tx, id, turn) => {
      const mother = id % 2;
      if (id < 3) {
        const some = tx.query("SELECT 1 FROM children WHERE mother = $1", [mother]);
        await turn();
        if (some.rowCount === 0) tx.query("DELETE FROM mothers WHERE id = $1", [mother]);
      } else {
        const there = tx.query("SELECT 1 FROM mothers WHERE id = $1", [mother]);
        await turn();
        if (there.rowCount > 0) tx.query("INSERT INTO children VALUES ($1, $2)", [id, mother]);
      }
    },
    holds: `SELECT NOT EXISTS (SELECT FROM children c LEFT JOIN mothers m ON m.id = c.mother
      WHERE m.id IS NULL) AS holds`,
    skewed: true,
  },
  {
    name: "a counter counts everyone, in a row and in a key",
    schema: `CREATE TABLE counters (id int PRIMARY KEY, n int); INSERT INTO counters VALUES (1, 0);
      CREATE TABLE counted (id int PRIMARY KEY)`,
    work: async (tx, id, turn) => {
      const { n } = one<{ n: number }>(tx, "SELECT n FROM counters WHERE id = 1");
      const seen = tx.kv.namespace<number>("counted").get("n") ?? 0;
      await turn();
      if (n !== seen) throw new Error(`a row of ${n} beside a key of ${seen}`);
      tx.query("UPDATE counters SET n = $1 WHERE id = 1", [n + 1]);
      tx.kv.namespace<number>("counted").set("n", n + 1);
      tx.query("INSERT INTO counted VALUES ($1)", [id]);
    },
    holds: "SELECT (SELECT count(*) FROM counted) = n AS holds FROM counters",
    skewed: false,
  },
];
