// A process that moves money between the accounts of a bank until somebody kills it: tables with a
// unique key, a secondary index and foreign keys, and keys and values, in one transaction each. On
// its standard output it tells first that it opens, then what it found, then each transfer that was
// acknowledged. A line on its standard input makes it close the database while they go on.
//
//   node bank-writer.mjs <directory> <writers> [sync]
//
// Writer w makes transfers 1, 2, 3 …; the number alone says from where to where and how much.

import { openDatabase, tell, WRITERS, writeUntilClosed } from "./writing.mjs";

const ACCOUNTS = 16;
const OPENING_BALANCE = 1_000_000;

/**
 * @param {number} writer
 * @param {number} n
 */
function transferOf(writer, n) {
  const from = (n * 5 + writer) % ACCOUNTS;
  return { from, to: (from + 1 + (n % (ACCOUNTS - 1))) % ACCOUNTS, amount: (n % 9) + 1 };
}

const db = await openDatabase();
const counts = db.kv.namespace("counts");

if (db.table("accounts") === undefined) {
  await db.exec(`
    BEGIN;
    CREATE TABLE accounts (id INT PRIMARY KEY, owner TEXT NOT NULL UNIQUE,
      balance BIGINT NOT NULL CHECK (balance >= 0));
    CREATE TABLE transfers (id BIGSERIAL PRIMARY KEY, writer INT NOT NULL, n INT NOT NULL,
      source INT NOT NULL REFERENCES accounts, target INT NOT NULL REFERENCES accounts,
      amount INT NOT NULL, note TEXT, UNIQUE (writer, n));
    CREATE INDEX transfers_target_idx ON transfers (target, amount DESC);
    INSERT INTO accounts SELECT i, 'owner ' || i, ${OPENING_BALANCE} FROM generate_series(0, ${ACCOUNTS - 1}) i;
    COMMIT;`);
}

/** Everything that must hold of the bank, whatever happened. */
const PROBLEMS = `
  SELECT 'the balances sum up to ' || sum(balance) FROM accounts
    HAVING sum(balance) <> ${ACCOUNTS * OPENING_BALANCE}
  UNION ALL
  SELECT 'account ' || a.id || ' holds ' || a.balance FROM accounts a
    WHERE a.balance <> ${OPENING_BALANCE}
      + (SELECT coalesce(sum(amount), 0) FROM transfers WHERE target = a.id)
      - (SELECT coalesce(sum(amount), 0) FROM transfers WHERE source = a.id)
  UNION ALL
  SELECT 'writer ' || writer || ' has ' || count(*) || ' transfers up to ' || max(n) FROM transfers
    GROUP BY writer HAVING count(*) <> max(n)
  UNION ALL
  SELECT 'transfer ' || t.id || ' has no account' FROM transfers t
    LEFT JOIN accounts a ON a.id = t.source LEFT JOIN accounts b ON b.id = t.target
    WHERE a.id IS NULL OR b.id IS NULL`;

const problems = (await db.check()).problems.map(({ where, problem }) => `${where}: ${problem}`);
const { rows } = await db.query(PROBLEMS, [], { rowMode: "array" });
problems.push(...rows.map((row) => String(Object.values(row)[0])));
const done = db.prepare("SELECT count(*) AS n FROM transfers WHERE writer = $1");
const found = Array.from({ length: WRITERS }, (_, writer) => {
  const n = Number(done.get(writer)?.["n"]);
  const counted = Number(counts.get(String(writer)) ?? 0);
  if (n !== counted) problems.push(`writer ${writer} has ${n} rows, but its key says ${counted}`);
  return n;
});
tell({ kind: "found", counts: found, problems });

await writeUntilClosed(db, found, async (writer, n) => {
  const { from, to, amount } = transferOf(writer, n);
  await db.transaction(
    async (tx) => {
      tx.query("UPDATE accounts SET balance = balance - $1 WHERE id = $2", [amount, from]);
      if (n % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
      tx.query("UPDATE accounts SET balance = balance + $1 WHERE id = $2", [amount, to]);
      tx.query(
        "INSERT INTO transfers (writer, n, source, target, amount, note) VALUES ($1, $2, $3, $4, $5, $6)",
        [writer, n, from, to, amount, "x".repeat((n * 37) % 300)],
      );
      tx.kv.namespace("counts").set(String(writer), n);
    },
    { maxRetries: 1000 },
  );
});
