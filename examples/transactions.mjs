// node examples/transactions.mjs: two transfers that race, one that is refused, and a snapshot.
// In a clone run `npm run build` first.

import { AegisError, open } from "aegisdb";

const db = await open(":memory:");
await db.exec(`
  CREATE TABLE accounts (name text PRIMARY KEY, balance int NOT NULL CHECK (balance >= 0));
  INSERT INTO accounts VALUES ('alice', 100), ('bob', 0), ('carol', 0);
`);

/**
 * Rows and keys change together or not at all. Two transfers that meet do not wait for each other:
 * the one that lost is run again, which is why the function may be called more than once.
 * @param {string} from
 * @param {string} to
 * @param {number} amount
 */
function transfer(from, to, amount) {
  return db.transaction((tx) => {
    const add = tx.prepare("UPDATE accounts SET balance = balance + $2 WHERE name = $1");
    add.run(from, -amount);
    add.run(to, amount);
    return tx.kv.increment("transfers");
  });
}

const before = db.snapshot();
await Promise.all([transfer("alice", "bob", 40), transfer("alice", "carol", 25)]);

try {
  await transfer("alice", "bob", 1000);
} catch (error) {
  if (!(error instanceof AegisError)) throw error;
  console.log("refused:", error.code, error.constraint);
}

console.log("now:", await db.sql`SELECT name, balance FROM accounts ORDER BY name`);
console.log("before:", await before.sql`SELECT name, balance FROM accounts ORDER BY name`);
console.log("transfers:", db.kv.get("transfers"));

before.release(); // until then the rows of that instant are kept
await db.close();
