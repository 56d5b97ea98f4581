/** Rows of one durable transaction of the load. */
export const BATCH = 10_000;

export const SCHEMA = [
  "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL, segment TEXT NOT NULL)",
  `CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL, status TEXT NOT NULL,
     amount DOUBLE PRECISION NOT NULL, quantity INTEGER NOT NULL, created BIGINT NOT NULL, note TEXT NOT NULL)`,
  "CREATE INDEX orders_customer_idx ON orders (customer_id)",
];

/** Makes the tables and fills them. */
export async function loadTables(store, data) {
  for (const statement of SCHEMA) await store.exec(statement);
  await store.insert(
    "customers",
    Array.from({ length: data.customers }, (_, id) => data.customer(id)),
  );
  for (let from = 0; from < data.rows; from += BATCH) {
    await store.insert(
      "orders",
      Array.from(data.sequence.subarray(from, from + BATCH), data.order),
    );
  }
}
