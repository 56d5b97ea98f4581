import { seededRandom, shuffled } from "../../lib/random.mjs";

export const title = "SQL";
export const description =
  "Orders of customers, thirty to each: `orders (id INTEGER PRIMARY KEY, customer_id, status, amount " +
  "DOUBLE PRECISION, quantity, created BIGINT, note TEXT)` with an index on `customer_id`, and " +
  "`customers (id, name, city, segment)`. Loaded in random order of ids, in transactions of 10,000 rows.";
export const rows = 300_000;
export const quickRows = 30_000;

const SEED = 20_240_612;
const ORDERS_PER_CUSTOMER = 30;
const STATUSES = ["new", "paid", "packed", "shipped", "delivered", "returned"];
const CITIES = ["Lisbon", "Bergen", "Osaka", "Quito", "Accra", "Hobart", "Riga", "Tunis"];
const SEGMENTS = ["consumer", "corporate", "home office", "public"];
const WORDS = "late gift fragile express urgent quiet blue heavy return careful north gate".split(
  " ",
);
const FIRST_MS = 1_700_000_000_000;
const YEAR_MS = 365 * 24 * 3_600_000;

/** Rows depend on their number alone, so that any process can check what another wrote. */
export function createData({ rows: count }) {
  const customers = Math.max(1, Math.floor(count / ORDERS_PER_CUSTOMER));
  const pick = (random, items) => items[Math.floor(random() * items.length)];
  return {
    rows: count,
    customers,
    customer(id) {
      const random = seededRandom(SEED ^ (id * 7 + 1));
      return [id, `Customer ${id}`, pick(random, CITIES), pick(random, SEGMENTS)];
    },
    order(id) {
      const random = seededRandom(SEED ^ (id * 13 + 5));
      return [
        id,
        Math.floor(random() * customers),
        pick(random, STATUSES),
        Math.floor(random() * 100_000) / 100,
        1 + Math.floor(random() * 9),
        FIRST_MS + Math.floor(random() * YEAR_MS),
        `${pick(random, WORDS)} ${pick(random, WORDS)} ${pick(random, WORDS)}`,
      ];
    },
    /** The order in which orders are loaded. */
    sequence: shuffled(count, seededRandom(SEED)),
    /** Numbers below `limit`, drawn with equal chances. */
    draw(length, limit, seed) {
      const random = seededRandom(SEED + seed);
      return Array.from({ length }, () => Math.floor(random() * limit));
    },
  };
}
