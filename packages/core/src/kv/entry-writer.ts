import { unitsText } from "../base/keycode-text.js";
import { PackedVariant } from "../base/variant.js";
import type { WriteTransaction } from "../engine/contract.js";
import type { RowView } from "../tree/row-view.js";
import { addToCounter, checkStep } from "./counter.js";
import { boundUnits, keyUnits, spaceRange } from "./key.js";
import { CREATED_AT, EXPIRES_AT, UPDATED_AT, VALUE, VERSION } from "./layout.js";
import { ANY_VERSION, type SetRequest } from "./options.js";
import { isExpired } from "./read.js";
import type { Space, SpaceDirectory } from "./space.js";
import { packValue } from "./value.js";

/** What all namespaces of a database share. */
export interface WriterContext {
  readonly spaces: SpaceDirectory;
  /** `kv.maxValueSize`, in encoded bytes. */
  readonly maxValueBytes: number;
  /** Told when an entry will expire, so that the sweeper wakes in time. */
  readonly dueAt: (micros: number) => void;
}

/** An entry for `setMany`, checked but for its key. */
export interface PendingEntry {
  readonly key: string;
  readonly value: PackedVariant;
  /** Microseconds; null for an entry that stays. */
  readonly ttl: number | null;
}

/**
 * The writes of one namespace as plain synchronous functions of a transaction: a call outside of
 * one runs them in a transaction of its own. A condition that does not hold, or
 * an error, leaves nothing written.
 */
export class EntryWriter {
  readonly #context: WriterContext;
  readonly #name: string;

  constructor(context: WriterContext, name: string) {
    this.#context = context;
    this.#name = name;
  }

  /** False when a condition of the request does not hold. */
  set(tx: WriteTransaction, key: string, value: PackedVariant, request: SetRequest): boolean {
    const units = keyUnits(key);
    const space = this.#context.spaces.findIn(tx, this.#name);
    const treeKey = space === undefined ? units : space.prefix + units;
    const row = space === undefined ? null : tx.get(space.trees.entries, treeKey);
    const live = row !== null && !isExpired(row, tx);
    if (request.ifAbsent && live) return false;
    if (request.ifVersion >= 0 && !(live && row.number(VERSION) === request.ifVersion))
      return false;
    const createdAt = live ? Number(row.number(CREATED_AT)) : tx.now;
    const before = row === null ? null : expiryOf(row);
    const kept = request.keepTtl && live;
    const after = kept ? before : request.ttl === null ? null : tx.now + request.ttl;
    const to = space ?? this.#context.spaces.ensure(tx, this.#name);
    const put = space === undefined ? to.prefix + units : treeKey;
    this.#put(tx, to, put, key, value, createdAt, before, after);
    return true;
  }

  /**
   * Sets all entries, the last of a key winning. What is there is read before anything is written:
   * reading a transaction's own writes costs more than reading what is committed.
   */
  setMany(tx: WriteTransaction, entries: readonly PendingEntry[]): void {
    if (entries.length === 0) return;
    const last = lastOfEachKey(entries);
    const found = this.#context.spaces.findIn(tx, this.#name);
    const units: string[] = [];
    const createdAt = new Float64Array(last.length);
    const before: (number | null)[] = [];
    for (let i = 0; i < last.length; i++) {
      const own = keyUnits(last[i]!.key);
      const treeKey = found === undefined ? own : found.prefix + own;
      const row = found === undefined ? null : tx.get(found.trees.entries, treeKey);
      const live = row !== null && !isExpired(row, tx);
      units.push(treeKey);
      createdAt[i] = live ? Number(row.number(CREATED_AT)) : tx.now;
      before.push(row === null ? null : expiryOf(row));
    }
    const space = found ?? this.#context.spaces.ensure(tx, this.#name);
    for (let i = 0; i < last.length; i++) {
      const { key, value, ttl } = last[i]!;
      const treeKey = found === undefined ? space.prefix + units[i]! : units[i]!;
      const after = ttl === null ? null : tx.now + ttl;
      this.#put(tx, space, treeKey, key, value, createdAt[i]!, before[i]!, after);
    }
  }

  /** Whether there was a live entry (of that version, unless it is -1) to delete. */
  delete(tx: WriteTransaction, key: string, version: number): boolean {
    const units = keyUnits(key);
    const space = this.#context.spaces.findIn(tx, this.#name);
    if (space === undefined) return false;
    const row = tx.getConcat(space.trees.entries, space.prefix, units);
    if (row === null || isExpired(row, tx)) return false;
    if (version >= 0 && row.number(VERSION) !== version) return false;
    this.#remove(tx, space, key, row);
    return true;
  }

  /** How many of the keys were there, and are not any more. */
  deleteMany(tx: WriteTransaction, keys: readonly string[]): number {
    for (const key of keys) keyUnits(key);
    let count = 0;
    for (const key of new Set(keys)) if (this.delete(tx, key, ANY_VERSION)) count++;
    return count;
  }

  /** Deletes the entries whose keys start with `prefix`; gives how many were live. */
  deletePrefix(tx: WriteTransaction, prefix: string): number {
    boundUnits("prefix", prefix);
    const space = this.#context.spaces.findIn(tx, this.#name);
    if (space === undefined) return 0;
    const range = spaceRange(space, { prefix });
    const rows = tx.scan(space.trees.entries, range);
    let count = 0;
    while (rows.next()) {
      const key = unitsText((rows.key as string).slice(space.prefix.length));
      if (!isExpired(rows.row, tx)) count++;
      this.#remove(tx, space, key, rows.row);
    }
    return count;
  }

  /** Adds to a counter, which starts at zero; an existing one keeps its expiry. */
  increment(
    tx: WriteTransaction,
    key: string,
    by: number | bigint,
    ttl: number | null,
  ): number | bigint {
    checkStep(by);
    const units = keyUnits(key);
    const space = this.#context.spaces.findIn(tx, this.#name);
    const row = space === undefined ? null : tx.getConcat(space.trees.entries, space.prefix, units);
    const live = row !== null && !isExpired(row, tx);
    const sum = addToCounter(key, live ? row.json(VALUE) : typeof by === "bigint" ? 0n : 0, by);
    const value = packValue(key, sum, this.#context.maxValueBytes);
    const createdAt = live ? Number(row.number(CREATED_AT)) : tx.now;
    const before = row === null ? null : expiryOf(row);
    const after = live ? before : ttl === null ? null : tx.now + ttl;
    const to = space ?? this.#context.spaces.ensure(tx, this.#name);
    this.#put(tx, to, to.prefix + units, key, value, createdAt, before, after);
    return sum;
  }

  /**
   * Moves the moment of expiry of a live entry; null lets it stay for good. The value stays, and
   * so do its version and the moment of its update. False if there is no such entry.
   */
  expire(tx: WriteTransaction, key: string, ttl: number | null): boolean {
    const units = keyUnits(key);
    const space = this.#context.spaces.findIn(tx, this.#name);
    if (space === undefined) return false;
    const row = tx.getConcat(space.trees.entries, space.prefix, units);
    if (row === null || isExpired(row, tx)) return false;
    const before = expiryOf(row);
    const after = ttl === null ? null : tx.now + ttl;
    if (before === after) return true;
    tx.put(space.trees.entries, [
      space.id,
      key,
      new PackedVariant(row.bytes(VALUE)),
      row.number(VERSION),
      row.number(CREATED_AT),
      row.number(UPDATED_AT),
      after,
    ]);
    this.#reindex(tx, space, key, before, after);
    return true;
  }

  /** Writes a new version of an entry, `treeKey` in its tree, and moves its row in the expiry index. */
  #put(
    tx: WriteTransaction,
    space: Space,
    treeKey: string,
    key: string,
    value: PackedVariant,
    createdAt: number,
    before: number | null,
    after: number | null,
  ): void {
    const row = [space.id, key, value, tx.nextVersion(), createdAt, tx.now, after];
    tx.put(space.trees.entries, row, treeKey);
    if (before !== after) this.#reindex(tx, space, key, before, after);
  }

  /**
   * The index row goes first: in the stream of changes the end of an entry whose index row was due
   * is its expiry, any other a deletion.
   */
  #remove(tx: WriteTransaction, space: Space, key: string, row: RowView): void {
    const expiresAt = expiryOf(row);
    if (expiresAt !== null) tx.delete(space.trees.expiry, [expiresAt, space.id, key]);
    tx.delete(space.trees.entries, [space.id, key]);
  }

  /** Keeps the expiry index exact: a row for every entry that expires, and no other. */
  #reindex(
    tx: WriteTransaction,
    space: Space,
    key: string,
    before: number | null,
    after: number | null,
  ): void {
    if (before !== null) tx.delete(space.trees.expiry, [before, space.id, key]);
    if (after === null) return;
    tx.put(space.trees.expiry, [after, space.id, key]);
    this.#context.dueAt(after);
  }
}

/** The moment in the expiry index, of an expired entry too; null if it has no row there. */
function expiryOf(row: RowView): number | null {
  return row.isNull(EXPIRES_AT) ? null : Number(row.number(EXPIRES_AT));
}

/** Writing a key twice in one commit would leave the first write's expiry behind. */
function lastOfEachKey(entries: readonly PendingEntry[]): readonly PendingEntry[] {
  if (entries.every(({ ttl }) => ttl === null)) return entries;
  const last = new Map<string, PendingEntry>();
  for (const entry of entries) {
    last.delete(entry.key);
    last.set(entry.key, entry);
  }
  return [...last.values()];
}
