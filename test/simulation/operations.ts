/**
 * What a workload does to a database of customers, their orders and visits, and to two namespaces
 * of keys and values. Operations are plain data; each is one statement of SQL or one call of the
 * key-value model. `model-sql` and `model-kv` say what it ought to do.
 */
export type SqlOperation =
  | {
      readonly do: "addCustomer";
      readonly id: number;
      readonly email: string | null;
      readonly city: string;
      readonly credit: number;
      readonly onConflict: "refuse" | "skip" | "raise";
    }
  | {
      readonly do: "addCustomers";
      readonly from: number;
      readonly to: number;
      readonly city: string;
    }
  | {
      readonly do: "setCustomer";
      readonly id: number;
      readonly email: string | null;
      readonly city: string;
    }
  | { readonly do: "renumberCustomer"; readonly id: number; readonly to: number }
  | { readonly do: "spend"; readonly city: string; readonly amount: number }
  /** Takes the customer's orders along, and leaves visits without one. */
  | { readonly do: "dropCustomer"; readonly id: number }
  | {
      readonly do: "addOrders";
      readonly from: number;
      readonly to: number;
      readonly customer: number | null;
      readonly total: number;
      readonly note: string | null;
      /** Orders with the same rest of their number get the same note. */
      readonly notes: number;
    }
  | {
      readonly do: "raiseOrders";
      readonly of: number;
      readonly rest: number;
      readonly customer: number;
    }
  | { readonly do: "renumberOrders"; readonly from: number; readonly to: number }
  | { readonly do: "dropOrders"; readonly below: number }
  | { readonly do: "payOrders"; readonly customer: number }
  | {
      readonly do: "addVisits";
      readonly customer: number | null;
      readonly page: string;
      readonly count: number;
    }
  | {
      readonly do: "redirect";
      readonly customer: number;
      readonly page: string;
      readonly to: string;
    }
  | { readonly do: "dropVisits"; readonly below: string }
  | { readonly do: "define"; readonly what: Definition };

export type Definition =
  | "indexCredit"
  | "dropCreditIndex"
  | "uniqueVisits"
  | "allowRepeatedVisits"
  | "addPaid"
  | "dropPaid"
  | "emptyVisits"
  | "archive"
  | "dropArchive";

export type KvOperation = { readonly space: Space } & (
  | {
      readonly do: "set";
      readonly key: string;
      readonly value: KvValue;
      readonly ttl?: number | undefined;
      readonly ifAbsent?: boolean;
      readonly keepTtl?: boolean;
    }
  | { readonly do: "setMany"; readonly entries: readonly (readonly [string, KvValue])[] }
  | { readonly do: "delete"; readonly key: string }
  | { readonly do: "deletePrefix"; readonly prefix: string }
  | { readonly do: "increment"; readonly key: string; readonly by: number }
  | { readonly do: "expire"; readonly key: string; readonly ttl: number }
  | { readonly do: "persist"; readonly key: string }
);

export type KvValue = string | number | { readonly text: string; readonly n: number };
export type Space = "main" | "cache";
export const SPACES: readonly Space[] = ["main", "cache"];

/** One turn of the event loop in an asynchronous transaction; nothing elsewhere. */
export type Operation = SqlOperation | KvOperation | { readonly do: "await" };

/** Orders are renumbered by this much. */
export const ORDER_STEP = 60;

export const SCHEMA: readonly string[] = [
  `CREATE TABLE customers (id INT PRIMARY KEY, email TEXT UNIQUE, city TEXT NOT NULL,
     credit INT NOT NULL DEFAULT 0 CHECK (credit >= 0))`,
  "CREATE INDEX customers_city_idx ON customers (city)",
  `CREATE TABLE orders (id INT PRIMARY KEY,
     customer_id INT REFERENCES customers ON DELETE CASCADE, total INT NOT NULL, note TEXT,
     UNIQUE (customer_id, note))`,
  "CREATE INDEX orders_total_idx ON orders (total DESC, customer_id)",
  // Without a primary key; its parent may go and leave it behind.
  "CREATE TABLE visits (customer_id INT REFERENCES customers ON DELETE SET NULL, page TEXT NOT NULL)",
  "CREATE INDEX visits_page_idx ON visits (page)",
];

const DEFINITIONS: Readonly<Record<Definition, string>> = {
  indexCredit: "CREATE INDEX IF NOT EXISTS customers_credit_idx ON customers (credit, city)",
  dropCreditIndex: "DROP INDEX IF EXISTS customers_credit_idx",
  uniqueVisits: "CREATE UNIQUE INDEX IF NOT EXISTS visits_key ON visits (customer_id, page)",
  allowRepeatedVisits: "DROP INDEX IF EXISTS visits_key",
  addPaid: "ALTER TABLE orders ADD COLUMN IF NOT EXISTS paid BOOLEAN NOT NULL DEFAULT false",
  dropPaid: "ALTER TABLE orders DROP COLUMN IF EXISTS paid",
  emptyVisits: "TRUNCATE visits",
  archive: "CREATE TABLE archive AS SELECT id, total FROM orders WHERE total > 500",
  dropArchive: "DROP TABLE IF EXISTS archive",
};

export interface Statement {
  readonly text: string;
  readonly params: readonly (string | number | null)[];
}

const CONFLICTS = {
  refuse: "",
  skip: " ON CONFLICT DO NOTHING",
  raise: " ON CONFLICT (id) DO UPDATE SET credit = customers.credit + 1, email = excluded.email",
} as const;

export function isSqlOperation(operation: Operation): operation is SqlOperation {
  return operation.do !== "await" && !("space" in operation);
}

export function statementOf(operation: SqlOperation): Statement {
  switch (operation.do) {
    case "addCustomer": {
      const { id, email, city, credit, onConflict } = operation;
      const text = `INSERT INTO customers VALUES ($1, $2, $3, $4)${CONFLICTS[onConflict]}`;
      return { text, params: [id, email, city, credit] };
    }
    case "addCustomers":
      return {
        text: `INSERT INTO customers (id, city) SELECT g, $3 FROM generate_series($1::int, $2::int) g
          ON CONFLICT DO NOTHING`,
        params: [operation.from, operation.to, operation.city],
      };
    case "setCustomer":
      return {
        text: "UPDATE customers SET email = $2, city = $3 WHERE id = $1",
        params: [operation.id, operation.email, operation.city],
      };
    case "renumberCustomer":
      return {
        text: "UPDATE customers SET id = $2 WHERE id = $1",
        params: [operation.id, operation.to],
      };
    case "spend":
      return {
        text: "UPDATE customers SET credit = credit - $2 WHERE city = $1",
        params: [operation.city, operation.amount],
      };
    case "dropCustomer":
      return { text: "DELETE FROM customers WHERE id = $1", params: [operation.id] };
    case "define":
      return { text: DEFINITIONS[operation.what], params: [] };
    default:
      return childStatement(operation);
  }
}

type ChildOperation = Exclude<
  SqlOperation,
  { readonly do: `${string}ustomer${string}` | "spend" | "define" }
>;

/** On orders and visits. */
function childStatement(operation: ChildOperation): Statement {
  switch (operation.do) {
    case "addOrders": {
      const { from, to, customer, total, note, notes } = operation;
      return {
        text: `INSERT INTO orders (id, customer_id, total, note)
          SELECT g, $3::int, $4::int + g, $5::text || (g % $6::int)
          FROM generate_series($1::int, $2::int) g`,
        params: [from, to, customer, total, note, notes],
      };
    }
    case "raiseOrders":
      return {
        text: "UPDATE orders SET total = total + 1, customer_id = $3 WHERE total % $1 = $2",
        params: [operation.of, operation.rest, operation.customer],
      };
    case "renumberOrders":
      return {
        text: `UPDATE orders SET id = id + ${ORDER_STEP} WHERE id BETWEEN $1 AND $2`,
        params: [operation.from, operation.to],
      };
    case "dropOrders":
      return { text: "DELETE FROM orders WHERE total < $1", params: [operation.below] };
    case "payOrders":
      return {
        text: "UPDATE orders SET paid = true WHERE customer_id = $1",
        params: [operation.customer],
      };
    case "addVisits":
      return {
        text: `INSERT INTO visits SELECT $1::int, $2::text || g FROM generate_series(1, $3::int) g`,
        params: [operation.customer, operation.page, operation.count],
      };
    case "redirect":
      return {
        text: "UPDATE visits SET page = $3 WHERE customer_id = $1 AND page = $2",
        params: [operation.customer, operation.page, operation.to],
      };
    case "dropVisits":
      return { text: "DELETE FROM visits WHERE page < $1", params: [operation.below] };
  }
}

/** What the namespaces of a database and those of a transaction have in common. */
export interface KvTarget {
  set(key: string, value: unknown, options?: object): unknown;
  setMany(entries: [string, unknown][]): unknown;
  delete(key: string): unknown;
  deletePrefix(prefix: string): unknown;
  increment(key: string, by: number): unknown;
  expire(key: string, ttl: number): unknown;
  persist(key: string): unknown;
}

/** What the call gives: a promise outside of transactions. */
export function callKv(target: KvTarget, operation: KvOperation): unknown {
  switch (operation.do) {
    case "set": {
      const { key, value, ttl, ifAbsent, keepTtl } = operation;
      return target.set(key, value, { ttl, ifAbsent, keepTtl });
    }
    case "setMany":
      return target.setMany(operation.entries.map(([key, value]) => [key, value]));
    case "delete":
      return target.delete(operation.key);
    case "deletePrefix":
      return target.deletePrefix(operation.prefix);
    case "increment":
      return target.increment(operation.key, operation.by);
    case "expire":
      return target.expire(operation.key, operation.ttl);
    case "persist":
      return target.persist(operation.key);
  }
}

export function describeOperation(operation: Operation): string {
  if (!isSqlOperation(operation)) return JSON.stringify(operation);
  const { text, params } = statementOf(operation);
  const flat = text.replace(/\s+/g, " ");
  return params.length === 0 ? flat : `${flat} -- ${JSON.stringify(params)}`;
}
