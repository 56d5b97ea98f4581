import type { EntryInput, ListOptions, SetOptions } from "../kv/index.js";

/** What the oracle knows of an entry. Times are microseconds. */
export interface OracleEntry {
  value: unknown;
  /** Counts the writes of this entry's value; the oracle has no versions of its own. */
  writes: number;
  createdAt: number;
  updatedAt: number;
  expiresAt: number | null;
}

type Rows = Map<string, OracleEntry>;

/**
 * The key-value model as one map per namespace, with nothing clever in it. Operations take the
 * moment at which they happen; expired entries are removed before anything else is done.
 */
export class KvOracle {
  readonly #spaces = new Map<string, Rows>();
  #writes = 0;

  /** A copy to go back to when a transaction fails. */
  copy(): KvOracle {
    const copy = new KvOracle();
    copy.#writes = this.#writes;
    for (const [name, rows] of this.#spaces) {
      copy.#spaces.set(name, new Map([...rows].map(([key, entry]) => [key, { ...entry }])));
    }
    return copy;
  }

  /** Entries of a namespace in order of code points. */
  entries(name: string, now: number): [key: string, entry: OracleEntry][] {
    const live = [...this.#rows(name, now)];
    return live.sort(([a], [b]) => compareCodePoints(a, b));
  }

  namespaces(now: number): string[] {
    const names = [...this.#spaces.keys()].filter((name) => this.#rows(name, now).size > 0);
    return names.sort(compareCodePoints);
  }

  get(name: string, key: string, now: number): OracleEntry | undefined {
    return this.#rows(name, now).get(key);
  }

  set(name: string, key: string, value: unknown, options: SetOptions, now: number): boolean {
    const rows = this.#rows(name, now);
    const before = rows.get(key);
    if (options.ifAbsent === true && before !== undefined) return false;
    const kept = options.keepTtl === true && before !== undefined ? before.expiresAt : null;
    rows.set(key, {
      value,
      writes: ++this.#writes,
      createdAt: before?.createdAt ?? now,
      updatedAt: now,
      expiresAt: options.ttl === undefined ? kept : now + Number(options.ttl) * 1000,
    });
    return true;
  }

  setMany(name: string, entries: readonly EntryInput<unknown>[], now: number): void {
    for (const entry of entries) {
      if ("key" in entry) this.set(name, entry.key, entry.value, { ttl: entry.ttl }, now);
      else this.set(name, entry[0], entry[1], {}, now);
    }
  }

  delete(name: string, key: string, now: number): boolean {
    return this.#rows(name, now).delete(key);
  }

  deletePrefix(name: string, prefix: string, now: number): number {
    const keys = [...this.#rows(name, now).keys()].filter((key) => key.startsWith(prefix));
    for (const key of keys) this.delete(name, key, now);
    return keys.length;
  }

  /** The sum, or "error" where the model refuses. */
  increment(name: string, key: string, by: number, ttl: number | undefined, now: number): unknown {
    const before = this.get(name, key, now);
    if (before === undefined) {
      this.set(name, key, by, { ttl }, now);
      return by;
    }
    const { value } = before;
    if (typeof value !== "number" && typeof value !== "bigint") return "error";
    const sum = typeof value === "bigint" ? value + BigInt(by) : value + by;
    this.set(name, key, sum, { keepTtl: true }, now);
    return sum;
  }

  expire(name: string, key: string, ttl: number | null, now: number): boolean {
    const entry = this.get(name, key, now);
    if (entry === undefined) return false;
    entry.expiresAt = ttl === null ? null : now + ttl * 1000;
    return true;
  }

  list(name: string, options: ListOptions, now: number): { key: string; value: unknown }[] {
    const { prefix = "", start = "", end, limit = Infinity, reverse = false } = options;
    const found = this.entries(name, now).filter(
      ([key]) =>
        key.startsWith(prefix) &&
        compareCodePoints(key, start) >= 0 &&
        (end === undefined || compareCodePoints(key, end) < 0),
    );
    if (reverse) found.reverse();
    return found.slice(0, limit).map(([key, { value }]) => ({ key, value }));
  }

  #rows(name: string, now: number): Rows {
    let rows = this.#spaces.get(name);
    if (rows === undefined) {
      rows = new Map();
      this.#spaces.set(name, rows);
    }
    for (const [key, { expiresAt }] of rows) {
      if (expiresAt !== null && expiresAt <= now) rows.delete(key);
    }
    return rows;
  }
}

function compareCodePoints(a: string, b: string): number {
  const [x, y] = [[...a], [...b]];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const difference = x[i]!.codePointAt(0)! - y[i]!.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return x.length - y.length;
}
