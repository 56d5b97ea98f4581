import { seededRandom, shuffled } from "../../lib/random.mjs";

export const title = "Key-value";
export const description =
  "Keys are `user:0000000` and so on, written in random order in batches of 1,000. Values are " +
  "strings of 64 random letters and digits, or objects of about 200 bytes as JSON.";
export const rows = 300_000;
export const quickRows = 30_000;

const SEED = 20_240_611;
const DIGITS = 7;
const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const CITIES = ["Lisbon", "Bergen", "Osaka", "Quito", "Accra", "Hobart", "Riga", "Tunis"];

export const keyOf = (row) => `user:${String(row).padStart(DIGITS, "0")}`;

const makers = {
  string(random) {
    // `join` makes a flat string; one made by `+=` is a rope, which the engine that first reads it
    // would have to flatten while the clock runs.
    const letters = Array.from(
      { length: 64 },
      () => LETTERS[Math.floor(random() * LETTERS.length)],
    );
    return letters.join("");
  },
  object(random, row) {
    return {
      id: row,
      name: `User number ${row}`,
      email: `user.${row}@example.com`,
      age: 18 + Math.floor(random() * 70),
      active: random() < 0.9,
      score: Math.floor(random() * 1e6) / 100,
      city: CITIES[Math.floor(random() * CITIES.length)],
      roles: ["reader", "writer"],
      createdAt: 1_700_000_000_000 + Math.floor(random() * 1e10),
    };
  },
};

/**
 * Rows 0 to rows - 1. A value depends on its row and `version` alone, so that any process can
 * check what another wrote without either holding it.
 */
export function createData({ rows: count, values }) {
  const make = makers[values];
  return {
    rows: count,
    keys: Array.from({ length: count }, (_, row) => keyOf(row)),
    /** The order in which rows are loaded. */
    order: shuffled(count, seededRandom(SEED)),
    value: (row, version = 0) => make(seededRandom(SEED ^ (row * 16 + version)), row),
    /** Row numbers to read or update, drawn with equal chances. */
    draw(length, seed) {
      const random = seededRandom(SEED + seed);
      return Array.from({ length }, () => Math.floor(random() * count));
    },
  };
}
