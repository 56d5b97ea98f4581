import { seededRandom } from "../../lib/random.mjs";

const SEED = 20_240_613;
const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const POOL_CHARACTERS = 1 << 20;
/** Coprime to every count of rows here, so that steps of it visit each row once. */
const STRIDE = 7_368_787;
const DIGITS = 8;

const random = seededRandom(SEED);
const pool = Array.from(
  { length: POOL_CHARACTERS },
  () => LETTERS[Math.floor(random() * LETTERS.length)],
).join("");

export const keyOf = (row) => `row:${String(row).padStart(DIGITS, "0")}`;

/**
 * The text of a row. It costs no memory to speak of: a part of one large string, with the number in
 * front that tells rows and versions apart.
 */
export function textOf(row, bytes, version = 0) {
  const mark = `${row}.${version}.`;
  const start = Math.imul(row * 2 + version, 0x9e3779b1) >>> 0;
  const room = POOL_CHARACTERS - bytes;
  return mark + pool.slice(start % room, (start % room) + bytes - mark.length);
}

/** Row number `index` of `count` in the order of loading: scattered, and no list of all rows. */
export const scattered = (index, count) => (index * STRIDE) % count;

/** `length` row numbers below `count`, drawn with equal chances. */
export function draw(length, count, seed) {
  const drawn = seededRandom(SEED + seed);
  return Array.from({ length }, () => Math.floor(drawn() * count));
}

/** Writes rows `from` to `to` of the order of loading in durable batches. */
export async function load(store, { count, bytes, batch = 1000, from = 0, to = count }) {
  for (let at = from; at < to; at += batch) {
    const length = Math.min(batch, to - at);
    const rows = Array.from({ length }, (_, i) => scattered(at + i, count));
    await store.write(
      rows,
      rows.map((row) => textOf(row, bytes)),
    );
  }
}
