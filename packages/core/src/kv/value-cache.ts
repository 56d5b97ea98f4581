import type { CountedMemory, Engine } from "../engine/contract.js";
import { hashConcat } from "../base/unit-hash.js";
import type { KeyStamps } from "../engine/key-stamps.js";
import type { RowView } from "../tree/row-view.js";
import { keptForm, type Assemble } from "./kept-value.js";
import { EXPIRES_AT, KEY } from "./layout.js";
import type { Space } from "./space.js";

/**
 * Decoded values of keys that are read again and again: a read of such a key looks into one table
 * and is done.
 *
 *     get ── kept? ──── stamp of the key unchanged, not expired ──► a copy of the value
 *              │ no
 *              └─ tree ── read before? (a byte a key) ── yes ──► kept
 *
 * It is right by the key's stamp: every commit that writes a key, from wherever, changes it, and
 * what is kept under an older stamp is dropped. Only the latest state is read through here;
 * snapshots and transactions go to the tree.
 *
 * Its memory is counted in the buffer pool's bound, of which it takes half at most. Beyond that the
 * hand of a clock goes round and drops what was not read since it came by last. A key is kept when
 * it is read for the second time, and where that hardly ever happens nothing is looked up for a
 * while: reading very many keys once each costs next to nothing more.
 */
export class ValueCache {
  hits = 0;
  /** Reads that go by without a look. */
  private resting = 0;
  private readonly engine: Engine;
  private readonly memory: CountedMemory;
  private readonly limit: number;
  private readonly chunk: number;
  private bytes = 0;
  private reserved = 0;
  private misses = 0;
  private admitted = 0;
  private readonly spaces = new Map<number, SpaceValues>();
  /** The spaces again, for the hand to go round, and where it is. */
  private readonly round: SpaceValues[] = [];
  private turn = 0;
  /** By the hash of a key, a few more bits of the hash: the last key that was read there. */
  private doors: Uint8Array | null = null;

  constructor(engine: Engine) {
    this.engine = engine;
    this.memory = engine.memory;
    this.limit = this.memory.capacity / POOL_SHARE;
    this.chunk = Math.ceil(this.memory.capacity / CHUNKS);
  }

  /** What is kept of a namespace that is committed. */
  of(space: Space): SpaceValues {
    let values = this.spaces.get(space.id);
    if (values === undefined) {
      values = new SpaceValues(this, this.engine, space);
      this.spaces.set(space.id, values);
      this.round.push(values);
    }
    return values;
  }

  /** Whether this read may look and keep; counts it if not. */
  awake(): boolean {
    if (this.resting === 0) return true;
    this.resting--;
    return false;
  }

  /** A read that found nothing kept; whether its key was read before. */
  readBefore(hash: number): boolean {
    const doors = (this.doors ??= this.makeDoors());
    if (++this.misses >= doors.length) this.judge();
    const door = hash & (doors.length - 1);
    const mark = hash >>> 24 || 1;
    if (doors[door] === mark) {
      this.admitted++;
      return true;
    }
    doors[door] = mark;
    return false;
  }

  /** Makes room for `bytes`; false if there can be none. */
  take(bytes: number): boolean {
    if (bytes > this.limit / LARGEST_SHARE) return false;
    while (this.bytes + bytes > this.limit) if (!this.dropOne()) return false;
    this.count(bytes);
    return true;
  }

  give(bytes: number): void {
    this.bytes -= bytes;
  }

  /** Forgets everything. */
  clear(): void {
    for (const values of this.round) values.clear();
    this.doors = null;
    this.memory.release(this.reserved);
    this.reserved = 0;
    this.bytes = 0;
  }

  /** Memory is reserved in chunks, so that the pool is not asked to shrink by a few bytes each time. */
  private count(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes <= this.reserved) return;
    const more = Math.ceil((this.bytes - this.reserved) / this.chunk) * this.chunk;
    this.memory.reserve(more);
    this.reserved += more;
  }

  private makeDoors(): Uint8Array {
    let length = MIN_DOORS;
    while (length * BYTES_PER_DOOR < this.limit) length *= 2;
    this.count(length);
    return new Uint8Array(length);
  }

  /** After so many misses: where next to none of the reads was of a key read before, takes a rest. */
  private judge(): void {
    const useful = this.hits + this.admitted;
    if (useful * USEFUL_SHARE < this.misses) this.resting = this.misses * REST;
    this.hits = 0;
    this.misses = 0;
    this.admitted = 0;
  }

  /** Each space in turn moves its hand on; a second round finds what the first one spared. */
  private dropOne(): boolean {
    for (let empty = 0; empty < this.round.length;) {
      this.turn = (this.turn + 1) % this.round.length;
      const values = this.round[this.turn]!;
      if (values.size === 0) empty++;
      else {
        empty = 0;
        if (values.dropNext()) return true;
      }
    }
    return false;
  }
}

/** The cache takes at most one part in so many of the pool's bytes. */
const POOL_SHARE = 2;
/** One value takes at most one part in so many of the cache's. */
const LARGEST_SHARE = 64;
/** Chunks that the pool's bytes are reserved in. */
const CHUNKS = 256;
const MIN_DOORS = 1024;
/** About half the bytes that a short value takes: there are twice as many doors as values. */
const BYTES_PER_DOOR = 128;
/** Less than one read in so many that finds its key again is too little. */
const USEFUL_SHARE = 16;
/** The rest is so many times as long as the look that led to it. */
const REST = 7;
/** An entry with its place in the table; the table grows by doubling. */
const ENTRY_BYTES = 160;
/** V8 makes no text that refers into a longer one, and so keeps it, that is as short as this. */
const MAX_OWN_UNITS = 12;

/** What a key held. */
class KeptEntry {
  /** Read since the hand came by. */
  used = false;

  constructor(
    /** The value, or its parts. */
    readonly kept: unknown,
    readonly assemble: Assemble | null,
    readonly hash: number,
    /** The key's stamp when the value was read. */
    readonly stamp: number,
    /** Microseconds; 0 for an entry that stays. */
    readonly expiresAt: number,
    readonly bytes: number,
  ) {}
}

/** What is kept of one namespace. */
export class SpaceValues {
  private readonly cache: ValueCache;
  private readonly engine: Engine;
  private readonly stamps: KeyStamps;
  private readonly prefix: string;
  private readonly entries = new Map<string, KeptEntry>();
  private hand: Iterator<[string, KeptEntry], undefined>;

  constructor(cache: ValueCache, engine: Engine, space: Space) {
    this.cache = cache;
    this.engine = engine;
    this.stamps = engine.keyStamps(space.trees.entries);
    this.prefix = space.prefix;
    this.hand = this.entries.entries();
  }

  get size(): number {
    return this.entries.size;
  }

  /** The value of the key in the latest state, or undefined if it is not kept. */
  find(key: string): unknown {
    this.engine.assertUsable();
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.stamp !== this.stamps.at(entry.hash) || this.isExpired(entry)) {
      this.drop(key, entry);
      return undefined;
    }
    this.cache.hits++;
    if (!entry.used) entry.used = true;
    const { kept, assemble } = entry;
    return assemble === null ? kept : assemble(kept as readonly unknown[]);
  }

  /**
   * A value that was not kept, and its row in the latest state, may be kept from now on. `units` is
   * the key as it stands in the tree's key behind the prefix.
   */
  offer(key: string, units: string, value: unknown, row: RowView): void {
    const hash = hashConcat(this.prefix, units);
    if (!this.cache.readBefore(hash)) return;
    const form = keptForm(value);
    if (form === null) return;
    const bytes = ENTRY_BYTES + 2 * key.length + form.bytes;
    if (!this.cache.take(bytes)) return;
    const expiresAt = row.isNull(EXPIRES_AT) ? 0 : Number(row.number(EXPIRES_AT));
    const { kept, assemble } = form;
    const entry = new KeptEntry(kept, assemble, hash, this.stamps.at(hash), expiresAt, bytes);
    this.entries.set(key.length <= MAX_OWN_UNITS ? key : row.text(KEY), entry);
  }

  /** Moves the hand on; whether it dropped what it came to. Precondition: there is something. */
  dropNext(): boolean {
    let next = this.hand.next();
    if (next.done === true) {
      this.hand = this.entries.entries();
      next = this.hand.next();
    }
    const [key, entry] = next.value!;
    if (entry.used) {
      entry.used = false;
      return false;
    }
    this.drop(key, entry);
    return true;
  }

  clear(): void {
    this.entries.clear();
  }

  private drop(key: string, entry: KeptEntry): void {
    this.entries.delete(key);
    this.cache.give(entry.bytes);
  }

  private isExpired({ expiresAt }: KeptEntry): boolean {
    return expiresAt !== 0 && expiresAt <= this.engine.now();
  }
}
