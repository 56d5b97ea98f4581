import type { BufferPool, EntryOwner, PoolEntry } from "./buffer-pool.js";
import { intoPool } from "./chunk-loader.js";

/** The pages of one kind of a section, each in the pool or not. */
export abstract class PageCache<Page> implements EntryOwner {
  readonly #pool: BufferPool;
  readonly #firstKey: number;
  readonly #pages: (Page | null)[];
  readonly #entries: (PoolEntry | null)[];

  /** Pool keys are `firstKey` and those after it. */
  constructor(pool: BufferPool, firstKey: number, count: number) {
    this.#pool = pool;
    this.#firstKey = firstKey;
    this.#pages = new Array<Page | null>(count).fill(null);
    this.#entries = new Array<PoolEntry | null>(count).fill(null);
  }

  /** Valid until the pool's next step. */
  get(index: number): Page {
    const page = this.#pages[index]!;
    if (page === null) return this.#load(index);
    this.#pool.touch(this.#entries[index]!);
    return page;
  }

  #load(index: number): Page {
    const size = this.bytes(index);
    const loaded = intoPool(size, this.#pool, ({ buffer, offset }) =>
      this.read(index, new Uint8Array(buffer, offset, size)),
    );
    this.#pages[index] = loaded.content;
    const entry = this.#pool.admit(this, index, this.#firstKey + index, loaded.region);
    this.#entries[index] = entry;
    this.#pool.grow(entry, this.extraBytes(index));
    return loaded.content;
  }

  evicted(index: number): void {
    this.#pages[index] = null;
    this.#entries[index] = null;
  }

  discardAll(): void {
    for (const entry of this.#entries) if (entry !== null) this.#pool.discard(entry);
  }

  protected abstract bytes(index: number): number;
  /** Bytes of objects that a page may come to hold. */
  protected abstract extraBytes(index: number): number;
  /** Reads a page into `bytes`, verifies and parses it. */
  protected abstract read(index: number, bytes: Uint8Array<ArrayBuffer>): Page;
}
