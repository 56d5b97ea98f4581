import type { Prng } from "../../packages/core/src/base/prng.js";
import { assert } from "../../packages/core/src/errors.js";
import type { KvSource, Reader } from "./connection.js";
import type { DatabaseState } from "./model.js";
import { SPACES, type Space } from "./operations.js";
import { randomCity, randomEmail, randomKey, randomNumbers } from "./random-values.js";

/** Makes one comparison; where a file is damaged, it may be that there is no answer. */
export type Compare = (where: string, actual: () => unknown, expected: unknown) => void;

export const compareStrictly: Compare = (where, actual, expected) => {
  const [is, be] = [JSON.stringify(actual()), JSON.stringify(expected)];
  assert(is === be, `${where}\ngives ${is}\ninstead of ${be}`);
};

/** Questions that are answered through indexes, and keys, in a full comparison. */
const LOOK_UPS = 2;
const KEYS = 3;

/** Compares all that a view shows with a state of the model, at a time in microseconds. */
export class Comparison {
  constructor(
    private readonly reader: Reader,
    private readonly state: DatabaseState,
    private readonly now: number,
    private readonly where: string,
    private readonly compare: Compare = compareStrictly,
  ) {}

  /** Everything once, and some of it once more by another way. */
  all(prng: Prng): void {
    this.tables();
    for (let i = 0; i < LOOK_UPS; i++) this.lookUp(prng);
    for (const space of SPACES) {
      this.wholeSpace(space);
      for (let i = 0; i < KEYS; i++) this.entry(space, randomKey(prng));
    }
  }

  /** One random question. */
  some(prng: Prng): void {
    switch (prng.int(4)) {
      case 0:
        this.tables();
        break;
      case 1:
        this.lookUp(prng);
        break;
      case 2:
        this.wholeSpace(prng.pick(SPACES));
        break;
      default:
        this.entry(prng.pick(SPACES), randomKey(prng));
    }
  }

  private tables(): void {
    const { state } = this;
    this.rows(
      "SELECT id, email, city, credit FROM customers ORDER BY id",
      state.sorted(state.customers).map(({ id, email, city, credit }) => [id, email, city, credit]),
    );
    const paid = (of: boolean): boolean[] => (state.hasPaid ? [of] : []);
    this.rows(
      `SELECT id, customer_id, total, note${state.hasPaid ? ", paid" : ""} FROM orders ORDER BY id`,
      state
        .sorted(state.orders)
        .map((row) => [row.id, row.customer, row.total, row.note, ...paid(row.paid)]),
    );
    this.unordered(
      "SELECT customer_id, page FROM visits",
      [],
      [...state.visits.values()].map(({ customer, page }) => [customer, page]),
    );
    if (state.archive !== undefined) {
      this.unordered("SELECT id, total FROM archive", [], state.archive);
    }
  }

  /** Answered through an index, unless the planner knows better. */
  private lookUp(prng: Prng): void {
    const { customers, orders, visits } = this.state;
    const { customer, low, high, credit } = randomNumbers(prng);
    const [email, city] = [randomEmail(prng), randomCity(prng)];
    switch (prng.int(8)) {
      case 0:
        return this.unordered(
          "SELECT id FROM customers WHERE email = $1",
          [email],
          where(customers, (row) => row.email === email).map(({ id }) => [id]),
        );
      case 1:
        return this.unordered(
          "SELECT id FROM customers WHERE city = $1",
          [city],
          where(customers, (row) => row.city === city).map(({ id }) => [id]),
        );
      case 2:
        return this.unordered(
          "SELECT id FROM customers WHERE credit = $1 AND city >= $2",
          [credit, city],
          where(customers, (row) => row.credit === credit && row.city >= city).map(({ id }) => [
            id,
          ]),
        );
      case 3:
        return this.unordered(
          "SELECT id, total FROM orders WHERE total BETWEEN $1 AND $2",
          [low, high],
          where(orders, ({ total }) => total >= low && total <= high).map((r) => [r.id, r.total]),
        );
      case 4: {
        const totals = where(orders, () => true).map(({ total }) => total);
        const most = totals.sort((a, b) => b - a).slice(0, 7);
        return this.rows(
          "SELECT total FROM orders ORDER BY total DESC LIMIT 7",
          most.map((total) => [total]),
        );
      }
      case 5:
        return this.unordered(
          "SELECT id, note FROM orders WHERE customer_id = $1",
          [customer],
          where(orders, (row) => row.customer === customer).map(({ id, note }) => [id, note]),
        );
      case 6:
        return this.unordered(
          "SELECT customer_id FROM visits WHERE page = $1",
          ["n1"],
          where(visits, ({ page }) => page === "n1").map((row) => [row.customer]),
        );
      default:
        return this.join();
    }
  }

  private join(): void {
    const { customers, orders } = this.state;
    const countOf = (customer: number): number =>
      where(orders, (order) => order.customer === customer).length;
    this.unordered(
      `SELECT c.id, count(o.id) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id
       GROUP BY c.id`,
      [],
      where(customers, () => true).map(({ id }) => [id, countOf(id)]),
    );
  }

  private rows(text: string, expected: unknown): void {
    this.compare(`${this.where}: ${text}`, () => this.reader.rows(text, []), expected);
  }

  private unordered(
    text: string,
    params: readonly (string | number)[],
    expected: readonly (readonly unknown[])[],
  ): void {
    const where = `${this.where}: ${text} -- ${JSON.stringify(params)}`;
    this.compare(where, () => sorted(this.reader.rows(text, params)), sorted(expected));
  }

  private wholeSpace(space: Space): void {
    const expected = this.state.list(space, this.now);
    const source = this.reader.space(space);
    const where = `${this.where}: namespace ${space}`;
    this.compare(`${where}, list`, () => pairs(source.list()), expected);
    const backwards = (): unknown => pairs(source.list({ reverse: true }));
    this.compare(`${where}, reverse list`, backwards, [...expected].reverse());
    this.compare(`${where}, count`, () => source.count(), expected.length);
  }

  private entry(space: Space, key: string): void {
    const entry = this.state.entry(space, key, this.now);
    const source: KvSource = this.reader.space(space);
    const where = `${this.where}: key ${key} of ${space}`;
    this.compare(where, () => source.get(key) ?? null, entry?.value ?? null);
    const expiresAt = entry === undefined || entry.expiresAt === Infinity ? null : entry.expiresAt;
    this.compare(
      `${where}, expiry`,
      () => source.entry(key)?.expiresAt?.getTime() ?? null,
      expiresAt === null ? null : Math.floor(expiresAt / 1000),
    );
  }
}

function where<Row>(rows: ReadonlyMap<unknown, Row>, fits: (row: Row) => boolean): Row[] {
  return [...rows.values()].filter(fits);
}

function pairs(list: Iterable<{ key: string; value: unknown }>): unknown[] {
  return Array.from(list, ({ key, value }) => [key, value]);
}

function sorted(rows: readonly (readonly unknown[])[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}
