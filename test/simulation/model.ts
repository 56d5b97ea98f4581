import type { KvValue, Space } from "./operations.js";

export interface Customer {
  readonly id: number;
  readonly email: string | null;
  readonly city: string;
  readonly credit: number;
}

export interface Order {
  readonly id: number;
  readonly customer: number | null;
  readonly total: number;
  readonly note: string | null;
  /** Of no meaning while the column is not there. */
  readonly paid: boolean;
}

export interface Visit {
  readonly customer: number | null;
  readonly page: string;
}

export interface KvEntry {
  readonly value: KvValue;
  /** Microseconds; Infinity for an entry that stays. */
  readonly expiresAt: number;
}

/** Tables that are compared and merged row by row. */
const ROWS = ["customers", "orders", "visits", "entries"] as const;
/** What is replaced as a whole. */
const FLAGS = ["hasPaid", "visitsAreUnique", "hasCreditIndex", "archive"] as const;

/**
 * The whole database at one instant, as plain maps: nothing clever, nothing shared with what it is
 * compared with. Rows are never changed, only replaced, so that two states share what they have in
 * common and one can be told from another by looking at which rows are the same.
 */
export class DatabaseState {
  readonly customers: Map<number, Customer>;
  readonly orders: Map<number, Order>;
  /** By numbers that only the model knows: the table has no key. */
  readonly visits: Map<number, Visit>;
  readonly entries: Map<string, KvEntry>;
  hasPaid: boolean;
  visitsAreUnique: boolean;
  hasCreditIndex: boolean;
  archive: readonly (readonly [id: number, total: number])[] | undefined;
  /** How often the visits were truncated. */
  truncations: number;
  private readonly visitNumbers: { next: number };

  constructor(from?: DatabaseState) {
    this.customers = new Map(from?.customers);
    this.orders = new Map(from?.orders);
    this.visits = new Map(from?.visits);
    this.entries = new Map(from?.entries);
    this.hasPaid = from?.hasPaid ?? false;
    this.visitsAreUnique = from?.visitsAreUnique ?? false;
    this.hasCreditIndex = from?.hasCreditIndex ?? false;
    this.archive = from?.archive;
    this.truncations = from?.truncations ?? 0;
    this.visitNumbers = from?.visitNumbers ?? { next: 1 };
  }

  fork(): DatabaseState {
    return new DatabaseState(this);
  }

  truncateVisits(): void {
    this.visits.clear();
    this.truncations++;
  }

  addVisit(visit: Visit): void {
    this.visits.set(this.visitNumbers.next++, visit);
  }

  /** Customers in order of their ids, and so on. */
  sorted<Row extends { readonly id: number }>(rows: ReadonlyMap<number, Row>): Row[] {
    return [...rows.values()].sort((a, b) => a.id - b.id);
  }

  /** Entries of a namespace that are there at a time, in order. */
  list(space: Space, now: number): [key: string, value: KvValue][] {
    const prefix = spaceKey(space, "");
    const live = [...this.entries].filter(
      ([key, entry]) => key.startsWith(prefix) && entry.expiresAt > now,
    );
    live.sort(([a], [b]) => (a < b ? -1 : 1));
    return live.map(([key, { value }]) => [key.slice(prefix.length), value]);
  }

  /** An entry that is there at a time. */
  entry(space: Space, key: string, now: number): KvEntry | undefined {
    const entry = this.entries.get(spaceKey(space, key));
    return entry !== undefined && entry.expiresAt > now ? entry : undefined;
  }

  /** Whether anything, also what nobody can see, is not the same as in another state. */
  differsFrom(other: DatabaseState): boolean {
    return (
      ROWS.some((table) => changedKeys<unknown, unknown>(this[table], other[table]).length > 0) ||
      FLAGS.some((flag) => this[flag] !== other[flag])
    );
  }

  /**
   * This state with what has changed from `before` to `after`, row by row: what a transaction did
   * that saw nothing of what others did meanwhile, nor they of it. TRUNCATE alone takes away what
   * it did not see as well.
   */
  merged(before: DatabaseState, after: DatabaseState): DatabaseState {
    const merged = this.fork();
    if (after.truncations !== before.truncations) merged.truncateVisits();
    for (const table of ROWS)
      mergeRows<unknown, unknown>(merged[table], before[table], after[table]);
    if (after.hasPaid !== before.hasPaid) merged.hasPaid = after.hasPaid;
    if (after.visitsAreUnique !== before.visitsAreUnique) {
      merged.visitsAreUnique = after.visitsAreUnique;
    }
    if (after.hasCreditIndex !== before.hasCreditIndex) {
      merged.hasCreditIndex = after.hasCreditIndex;
    }
    if (after.archive !== before.archive) merged.archive = after.archive;
    return merged;
  }
}

export function spaceKey(space: Space, key: string): string {
  return `${space}/${key}`;
}

function changedKeys<Key, Row>(a: ReadonlyMap<Key, Row>, b: ReadonlyMap<Key, Row>): Key[] {
  const keys = new Set([...a.keys(), ...b.keys()]);
  return [...keys].filter((key) => a.get(key) !== b.get(key));
}

function mergeRows<Key, Row>(
  target: Map<Key, Row>,
  before: ReadonlyMap<Key, Row>,
  after: ReadonlyMap<Key, Row>,
): void {
  for (const key of changedKeys(before, after)) {
    const row = after.get(key);
    if (row === undefined) target.delete(key);
    else target.set(key, row);
  }
}
