import { Prng } from "../../packages/core/src/base/prng.js";
import type {
  RecoveryCrash,
  SimulationConfig,
} from "../../packages/core/src/testing/simulation/steps.js";

/** A workload is plain data: it can be printed, repeated and shortened. Any step may be left out. */
export type SqlStep =
  /** One statement, in the transaction that is open or as one of its own. */
  | { readonly step: "run"; readonly sql: string }
  /** Waits until everything so far is acknowledged. */
  | { readonly step: "settle" }
  | { readonly step: "compare" | "checkpoint" | "compact" | "reopen" }
  | {
      readonly step: "crash";
      /** Operations on the disk from now on. */
      readonly after: number;
      readonly power: boolean;
      readonly seed: number;
      readonly recovery: readonly RecoveryCrash[];
    };

export interface SqlWorkload {
  readonly seed: number;
  readonly config: SimulationConfig;
  readonly steps: readonly SqlStep[];
}

const MIN_STEPS = 60;
const MAX_STEPS = 200;
const CUSTOMERS = 30;
const ORDERS = 60;
const CITIES = ["Accra", "Bergen", "Quito", "Riga", "Ωmega", "😀"];

const SCHEMA = [
  `CREATE TABLE customers (id INT PRIMARY KEY, email TEXT UNIQUE, city TEXT NOT NULL,
     credit NUMERIC(10,2) DEFAULT 0 CHECK (credit >= 0))`,
  "CREATE INDEX customers_city_idx ON customers (city)",
  `CREATE TABLE orders (id BIGINT, customer_id INT REFERENCES customers ON DELETE CASCADE, total INT NOT NULL,
     note TEXT, PRIMARY KEY (id), UNIQUE (customer_id, note))`,
  "CREATE INDEX orders_total_idx ON orders (total DESC, customer_id)",
  // Without a primary key; its parent may go and leave it behind.
  "CREATE TABLE visits (customer_id INT REFERENCES customers ON DELETE SET NULL, page TEXT, at TIMESTAMP)",
  "CREATE INDEX visits_page_idx ON visits (page)",
];

/** The workload of a seed: always the same one. */
export function generateSqlWorkload(seed: number): SqlWorkload {
  const prng = new Prng(seed);
  const config: SimulationConfig = {
    writeBufferBytes: prng.pick([8, 16, 32, 64]) * 1024,
    compression: prng.pick(["none", "lz4"]),
    inlineBackground: prng.chance(0.5),
    sync: "commit",
    tickMs: prng.pick([0, 0.1, 2]),
  };
  const steps: SqlStep[] = SCHEMA.map((sql) => ({ step: "run", sql }));
  const length = MIN_STEPS + prng.int(MAX_STEPS - MIN_STEPS);
  while (steps.length < length) steps.push(...generateSteps(prng));
  steps.push({ step: "run", sql: "COMMIT" }, { step: "settle" }, { step: "compare" });
  return { seed, config, steps };
}

function generateSteps(prng: Prng): SqlStep[] {
  const roll = prng.float();
  if (roll < 0.45) return [run(writing(prng))];
  if (roll < 0.75) return transaction(prng);
  if (roll < 0.8) return [run(definition(prng))];
  if (roll < 0.85) return [{ step: "settle" }];
  if (roll < 0.92) return [crash(prng)];
  return [{ step: prng.pick(["compare", "checkpoint", "compact", "reopen"]) }];
}

function run(sql: string): SqlStep {
  return { step: "run", sql };
}

function transaction(prng: Prng): SqlStep[] {
  const steps = [run("BEGIN")];
  const length = 1 + prng.int(6);
  for (let i = 0; i < length; i++) {
    const roll = prng.float();
    if (roll < 0.12) steps.push(run("SAVEPOINT s"));
    else if (roll < 0.2) steps.push(run("ROLLBACK TO s"));
    else if (roll < 0.23) steps.push(run(definition(prng)));
    else steps.push(run(writing(prng)));
  }
  steps.push(run(prng.chance(0.85) ? "COMMIT" : "ROLLBACK"));
  return steps;
}

function crash(prng: Prng): SqlStep {
  const recovery = Array.from({ length: prng.int(3) }, () => ({
    after: prng.int(40),
    power: prng.chance(0.7),
  }));
  return {
    step: "crash",
    after: prng.int(60),
    power: prng.chance(0.7),
    seed: prng.int(1e9),
    recovery,
  };
}

function text(value: string): string {
  return `'${value}'`;
}

function email(prng: Prng): string {
  return prng.chance(0.1) ? "NULL" : text(`user${prng.int(CUSTOMERS)}@example.com`);
}

function note(prng: Prng): string {
  return prng.chance(0.2) ? "NULL" : text("n".repeat(prng.int(60)));
}

/** Many of them fail, as they should: a key that is taken, a parent that is missing. */
function writing(prng: Prng): string {
  const customer = prng.int(CUSTOMERS);
  const order = prng.int(ORDERS);
  const forms = [
    () =>
      `INSERT INTO customers VALUES (${customer}, ${email(prng)}, ${text(prng.pick(CITIES))}, ${prng.int(500)}.5)`,
    () => `INSERT INTO customers (id, city) SELECT g, 'Riga' FROM generate_series(${customer}, ${customer + 3}) g
           ON CONFLICT DO NOTHING`,
    () => `INSERT INTO customers VALUES (${customer}, ${email(prng)}, 'Quito') ON CONFLICT (id)
           DO UPDATE SET credit = customers.credit + 1, email = excluded.email`,
    () => `INSERT INTO orders VALUES (${order}, ${customer}, ${prng.int(1000)}, ${note(prng)})`,
    () => `INSERT INTO orders SELECT g, ${customer}, g * 3, ${note(prng)} || g FROM generate_series(${order}, ${order + 5}) g
           WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = g)`,
    () => `INSERT INTO visits SELECT ${prng.chance(0.5) ? customer : "NULL"}, ${note(prng)}, TIMESTAMP '2024-01-01' + g * INTERVAL '1 hour'
           FROM generate_series(1, ${1 + prng.int(5)}) g`,
    () =>
      `UPDATE customers SET credit = credit - ${prng.int(300)} WHERE city = ${text(prng.pick(CITIES))}`,
    () => `UPDATE customers SET id = ${prng.int(CUSTOMERS)} WHERE id = ${customer}`,
    () =>
      `UPDATE customers SET email = ${email(prng)}, city = ${text(prng.pick(CITIES))} WHERE id = ${customer}`,
    () =>
      `UPDATE orders SET total = total + 1, customer_id = ${customer} WHERE total % 7 = ${prng.int(7)}`,
    () => `UPDATE orders SET id = id + ${ORDERS} WHERE id BETWEEN ${order} AND ${order + 4}`,
    () => `UPDATE visits SET page = page || 'x' WHERE customer_id = ${customer}`,
    () => `DELETE FROM customers WHERE id = ${customer}`,
    () => `DELETE FROM orders WHERE total < ${prng.int(200)}`,
    () => `DELETE FROM visits WHERE page IS NULL OR length(page) = ${prng.int(60)}`,
  ];
  return prng.pick(forms)();
}

function definition(prng: Prng): string {
  return prng.pick([
    "CREATE INDEX customers_credit_idx ON customers (credit, city)",
    "DROP INDEX IF EXISTS customers_credit_idx",
    "CREATE UNIQUE INDEX visits_at_key ON visits (customer_id, page, at)",
    "DROP INDEX IF EXISTS visits_at_key",
    "ALTER TABLE orders ADD COLUMN paid BOOLEAN DEFAULT false",
    "ALTER TABLE orders DROP COLUMN IF EXISTS paid",
    "ALTER TABLE visits RENAME COLUMN page TO path",
    "ALTER TABLE visits RENAME COLUMN path TO page",
    "TRUNCATE visits",
    "CREATE TABLE archive AS SELECT * FROM orders WHERE total > 500",
    "DROP TABLE IF EXISTS archive",
  ]);
}

export function describeSqlStep(step: SqlStep): string {
  return step.step === "run" ? `${step.sql};` : JSON.stringify(step);
}
