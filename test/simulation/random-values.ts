import type { Prng } from "../../packages/core/src/base/prng.js";
import type { KvValue } from "./operations.js";

const CITIES = ["Accra", "Bergen", "Quito", "Riga", "Ωmega", "😀"];
const CUSTOMERS = 30;
const KEYS = 40;
const COUNTERS = 4;

export function randomCustomer(prng: Prng): number {
  return prng.int(CUSTOMERS);
}

export function randomCity(prng: Prng): string {
  return prng.pick(CITIES);
}

export function randomEmail(prng: Prng): string {
  return `user${prng.int(CUSTOMERS)}@example.com`;
}

/** Few, so that they repeat, of all lengths up to some dozen bytes. */
export function randomNote(prng: Prng): string {
  return "n".repeat(1 + prng.int(40));
}

/** What questions name. */
export function randomNumbers(prng: Prng): {
  readonly customer: number;
  readonly low: number;
  readonly high: number;
  readonly credit: number;
} {
  const low = prng.int(900);
  return {
    customer: randomCustomer(prng),
    low,
    high: low + prng.int(200),
    credit: prng.int(5) * 100,
  };
}

/** A key of a plain value or, now and then, of a counter. */
export function randomKey(prng: Prng): string {
  return prng.chance(0.15)
    ? randomCounter(prng)
    : `${prng.pick("abc".split(""))}/${prng.int(KEYS)}`;
}

/** Keys of plain values only. */
export function randomPlainKey(prng: Prng): string {
  return `${prng.pick("abc".split(""))}/${prng.int(KEYS)}`;
}

/** Keys under which there are only numbers. */
export function randomCounter(prng: Prng): string {
  return `counter${prng.int(COUNTERS)}`;
}

export function randomKvValue(prng: Prng): KvValue {
  const length = prng.chance(0.2) ? prng.int(600) : prng.int(60);
  const text = prng.pick(["x", "é", "😀"]).repeat(length);
  if (prng.chance(0.3)) return { text, n: prng.int(1000) };
  return prng.chance(0.2) ? prng.int(1e6) : text;
}
