import type { Engine, ReadView, WriteTransaction } from "../engine/contract.js";
import { rejection, type Acknowledgements } from "./acknowledgements.js";
import type { ChangeFeed } from "./change-feed.js";
import { EntryWriter, type WriterContext } from "./entry-writer.js";
import { keysOf, pendingEntries } from "./inputs.js";
import { deleteVersion, incrementTtl, requiredTtl, setRequest, watchRequest } from "./options.js";
import { NamespaceReader, type ScanView } from "./reader.js";
import type {
  Counted,
  DeleteOptions,
  Duration,
  EntryInput,
  IncrementOptions,
  KeyValueChange,
  SetManyOptions,
  SetOptions,
  WatchOptions,
} from "./types.js";
import { packValue } from "./value.js";

/** What the namespaces of one database share. */
export interface NamespaceContext extends WriterContext {
  readonly engine: Engine;
  readonly acknowledgements: Acknowledgements;
  readonly feed: ChangeFeed;
}

/**
 * Keys and values outside of transactions. Every write is a transaction of its own; reads see it
 * when the call returns, and its promise settles when it is durable. Whatever is wrong with a
 * write, its promise rejects; reads throw.
 */
export class Namespace<T> extends NamespaceReader<T> {
  readonly #context: NamespaceContext;
  readonly #writer: EntryWriter;

  constructor(context: NamespaceContext, name: string) {
    super(context.spaces, name);
    this.#context = context;
    this.#writer = new EntryWriter(context, name);
  }

  /** Sets a value; false if `ifAbsent` or `ifVersion` did not hold, and then nothing changed. */
  set(key: string, value: T, options?: SetOptions): Promise<boolean> {
    try {
      const request = setRequest(options);
      const packed = packValue(key, value, this.#context.maxValueBytes);
      return this.#conditional((tx) => this.#writer.set(tx, key, packed, request));
    } catch (error) {
      return rejection(error);
    }
  }

  /** Sets all entries in one transaction; the last of a key wins. */
  setMany(entries: Iterable<EntryInput<T>>, options?: SetManyOptions): Promise<void> {
    try {
      const pending = pendingEntries(entries, options, this.#context.maxValueBytes);
      return this.#context.engine.autocommit((tx) => this.#writer.setMany(tx, pending)).durable;
    } catch (error) {
      return rejection(error);
    }
  }

  /** Deletes an entry; false if there was none, or not of that version. */
  delete(key: string, options?: DeleteOptions): Promise<boolean> {
    try {
      const version = deleteVersion(options);
      return this.#conditional((tx) => this.#writer.delete(tx, key, version));
    } catch (error) {
      return rejection(error);
    }
  }

  /** Deletes the entries of the keys in one transaction; gives how many there were. */
  deleteMany(keys: Iterable<string>): Promise<number> {
    try {
      const list = keysOf("deleteMany", keys);
      return this.#valued((tx) => this.#writer.deleteMany(tx, list));
    } catch (error) {
      return rejection(error);
    }
  }

  /** Deletes all keys that start with the prefix, in one transaction; gives how many there were. */
  deletePrefix(prefix: string): Promise<number> {
    try {
      return this.#valued((tx) => this.#writer.deletePrefix(tx, prefix));
    } catch (error) {
      return rejection(error);
    }
  }

  /** Deletes everything in this namespace; gives how many entries there were. */
  clear(): Promise<number> {
    return this.deletePrefix("");
  }

  /**
   * Adds to the number under the key, atomically; a key that is absent counts as 0. Gives the sum.
   * The entry keeps its expiry; `ttl` is for a counter that this call creates.
   */
  increment(key: string, by: bigint, options?: IncrementOptions): Promise<bigint>;
  increment(key: string, by?: number, options?: IncrementOptions): Promise<Counted<T>>;
  increment(
    key: string,
    by: number | bigint = 1,
    options?: IncrementOptions,
  ): Promise<number | bigint> {
    try {
      const ttl = incrementTtl(options);
      return this.#valued((tx) => this.#writer.increment(tx, key, by, ttl));
    } catch (error) {
      return rejection(error);
    }
  }

  /** Lets the entry expire that long from now; false if there is no such entry. */
  expire(key: string, ttl: Duration): Promise<boolean> {
    try {
      const micros = requiredTtl(ttl);
      return this.#conditional((tx) => this.#writer.expire(tx, key, micros));
    } catch (error) {
      return rejection(error);
    }
  }

  /** Lets the entry stay for good; false if there is no such entry. */
  persist(key: string): Promise<boolean> {
    try {
      return this.#conditional((tx) => this.#writer.expire(tx, key, null));
    } catch (error) {
      return rejection(error);
    }
  }

  /**
   * Changes committed after this call, in order, once they are durable. Ends when the loop is left,
   * the signal is aborted or the database closes. One that falls too far behind gets WATCH_LAGGED.
   */
  watch<V extends T = T>(
    options?: WatchOptions,
  ): AsyncIterableIterator<KeyValueChange<V>, undefined> {
    return this.#context.feed.watch<V>(this.name, watchRequest(options));
  }

  protected override view(): ReadView {
    return this.#context.engine.latest();
  }

  /** An iteration may go on while others write, so it holds its instant until it is over. */
  protected override scanView(): ScanView {
    const view = this.#context.engine.snapshot();
    return { view, release: () => view.release() };
  }

  /** Commits a write that tells whether it did something. */
  #conditional(write: (tx: WriteTransaction) => boolean): Promise<boolean> {
    const { value, durable } = this.#context.engine.autocommit(write);
    return this.#context.acknowledgements.ofCondition(value, durable);
  }

  #valued<V>(write: (tx: WriteTransaction) => V): Promise<V> {
    const { value, durable } = this.#context.engine.autocommit(write);
    return durable.then(() => value);
  }
}
