/**
 * The order of a memtable's keys: small sorted chunks of row ids, one row per key.
 *
 *   arrivals   rows of new keys since the last ordered read, in order of arrival
 *   chunks     [r r r …][r r r …] …   each at most CHUNK_KEYS, all in key order
 *
 * Writes only append to the arrivals. The first ordered read folds them in: appended if they came
 * in order, inserted one by one if they are few, otherwise sorted and merged. A chunk names the
 * row that was the key's newest when it was last looked at; a cursor that meets a superseded row
 * asks the index for the newest and notes it.
 */
import type { Key } from "../base/key.js";
import type { KeyIndex } from "./key-index.js";

const CHUNK_KEYS = 512;
/** Chunks made in bulk leave room, so that the next insertions do not split them all. */
const BULK_FILL = 384;
/** Arrivals fewer than one in so many sorted keys are inserted, not merged. */
const INSERT_RATIO = 8;
const FIRST_ARRIVALS = 64;
/** A larger array of arrivals is given up once they are folded in. */
const KEPT_ARRIVALS = 1024;

class SortedChunk {
  readonly rows: Int32Array = new Int32Array(CHUNK_KEYS);
  count = 0;
}

/** Where the newest version of a key is, given any of its rows. */
export interface NewestRows {
  newest(row: number): number;
}

export class SortedKeys {
  /** Grows whenever chunks change, so that cursors find their place again. */
  version = 0;
  readonly chunks: SortedChunk[] = [];
  private readonly index: KeyIndex;
  private arrivals: Int32Array = new Int32Array(FIRST_ARRIVALS);
  private arrivalCount = 0;
  private arrivalsAscend = true;
  private sortedCount = 0;

  constructor(index: KeyIndex) {
    this.index = index;
  }

  get bytes(): number {
    return this.chunks.length * CHUNK_KEYS * 4 + this.arrivals.byteLength;
  }

  /** Takes note of the first row of a new key. */
  arrive(row: number): void {
    const { arrivals, arrivalCount } = this;
    if (arrivalCount === arrivals.length) {
      this.arrivals = new Int32Array(arrivalCount * 2);
      this.arrivals.set(arrivals);
    }
    if (this.arrivalsAscend && arrivalCount > 0) {
      this.arrivalsAscend = this.index.isBefore(arrivals[arrivalCount - 1]!, row);
    }
    this.arrivals[arrivalCount] = row;
    this.arrivalCount++;
  }

  /** Folds the arrivals in. Every ordered read starts here. */
  settle(): void {
    if (this.arrivalCount === 0) return;
    const rows = this.arrivals.subarray(0, this.arrivalCount);
    const few = this.arrivalCount * INSERT_RATIO < this.sortedCount;
    if (!this.arrivalsAscend && !few) this.index.sort(rows);
    if ((this.arrivalsAscend || !few) && this.allBehind(rows[0]!)) this.appendAll(rows);
    else if (few) for (let i = 0; i < rows.length; i++) this.insert(rows[i]!);
    else this.merge(rows);
    this.sortedCount += rows.length;
    if (this.arrivals.length > KEPT_ARRIVALS) this.arrivals = new Int32Array(FIRST_ARRIVALS);
    this.arrivalCount = 0;
    this.arrivalsAscend = true;
    this.version++;
  }

  /** Number of the chunk that holds the first key >= `key`, if any chunk does. */
  findChunk(key: Key): number {
    let low = 0;
    let high = this.chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const chunk = this.chunks[middle]!;
      if (this.index.isBelow(chunk.rows[chunk.count - 1]!, key)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The same among the places from `place` on, quick where it is near. */
  firstFrom(chunk: SortedChunk, place: number, key: Key): number {
    const { rows, count } = chunk;
    let low = place;
    let step = 1;
    while (low + step <= count && this.index.isBelow(rows[low + step - 1]!, key)) {
      low += step;
      step *= 2;
    }
    return this.lowerBound(chunk, key, low, Math.min(low + step - 1, count));
  }

  /** First place in a chunk, from `low` to `high`, whose key is >= `key`. */
  lowerBound(chunk: SortedChunk, key: Key, from = 0, to: number = chunk.count): number {
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.index.isBelow(chunk.rows[middle]!, key)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Keys in [start, end); a missing bound is open. Precondition: settled. */
  countBetween(start: Key | undefined, end: Key | undefined): number {
    const before = start === undefined ? 0 : this.countBefore(start);
    return Math.max(0, (end === undefined ? this.sortedCount : this.countBefore(end)) - before);
  }

  private countBefore(key: Key): number {
    const at = this.findChunk(key);
    let count = 0;
    for (let i = 0; i < at; i++) count += this.chunks[i]!.count;
    const chunk = this.chunks[at];
    return chunk === undefined ? count : count + this.lowerBound(chunk, key);
  }

  private allBehind(row: number): boolean {
    const last = this.chunks.at(-1);
    if (last === undefined) return true;
    return this.index.isBefore(last.rows[last.count - 1]!, row);
  }

  private appendAll(rows: Int32Array): void {
    let last = this.chunks.at(-1);
    for (let i = 0; i < rows.length; i++) {
      if (last === undefined || last.count === CHUNK_KEYS) {
        last = new SortedChunk();
        this.chunks.push(last);
      }
      last.rows[last.count++] = rows[i]!;
    }
  }

  private insert(row: number): void {
    const key = this.index.keyOf(row);
    let at = Math.min(this.findChunk(key), this.chunks.length - 1);
    if (this.chunks[at]!.count === CHUNK_KEYS) {
      this.split(at);
      at = this.findChunk(key);
    }
    const chunk = this.chunks[Math.min(at, this.chunks.length - 1)]!;
    const place = this.lowerBound(chunk, key);
    chunk.rows.copyWithin(place + 1, place, chunk.count);
    chunk.rows[place] = row;
    chunk.count++;
  }

  private split(at: number): void {
    const full = this.chunks[at]!;
    const half = new SortedChunk();
    half.rows.set(full.rows.subarray(CHUNK_KEYS / 2));
    half.count = CHUNK_KEYS / 2;
    full.count = CHUNK_KEYS / 2;
    this.chunks.splice(at + 1, 0, half);
  }

  private merge(rows: Int32Array): void {
    const old = this.chunks.splice(0);
    let next = 0;
    for (const chunk of old) {
      for (let i = 0; i < chunk.count; i++) {
        const row = chunk.rows[i]!;
        while (next < rows.length && this.index.isBefore(rows[next]!, row)) {
          this.appendBulk(rows[next++]!);
        }
        this.appendBulk(row);
      }
    }
    while (next < rows.length) this.appendBulk(rows[next++]!);
  }

  private appendBulk(row: number): void {
    let last = this.chunks.at(-1);
    if (last === undefined || last.count >= BULK_FILL) {
      last = new SortedChunk();
      this.chunks.push(last);
    }
    last.rows[last.count++] = row;
  }
}
