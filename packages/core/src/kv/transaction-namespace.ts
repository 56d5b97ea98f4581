import type { ReadView, WriteTransaction } from "../engine/contract.js";
import { EntryWriter, type WriterContext } from "./entry-writer.js";
import { keysOf, pendingEntries } from "./inputs.js";
import { deleteVersion, incrementTtl, requiredTtl, setRequest } from "./options.js";
import { NamespaceReader } from "./reader.js";
import type {
  Counted,
  DeleteOptions,
  Duration,
  EntryInput,
  IncrementOptions,
  SetManyOptions,
  SetOptions,
} from "./types.js";
import { packValue } from "./value.js";

/**
 * Keys and values inside a transaction: reads see its snapshot and its own writes, writes give
 * plain values and throw when something is wrong with them. A write that throws has changed
 * nothing; the transaction may go on.
 */
export class TransactionNamespace<T> extends NamespaceReader<T> {
  readonly #tx: WriteTransaction;
  readonly #writer: EntryWriter;
  readonly #maxValueBytes: number;

  constructor(context: WriterContext, tx: WriteTransaction, name: string) {
    super(context.spaces, name);
    this.#tx = tx;
    this.#writer = new EntryWriter(context, name);
    this.#maxValueBytes = context.maxValueBytes;
  }

  /** Sets a value; false if `ifAbsent` or `ifVersion` did not hold, and then nothing changed. */
  set(key: string, value: T, options?: SetOptions): boolean {
    const request = setRequest(options);
    return this.#writer.set(this.#tx, key, packValue(key, value, this.#maxValueBytes), request);
  }

  /** Sets all entries; the last of a key wins. */
  setMany(entries: Iterable<EntryInput<T>>, options?: SetManyOptions): void {
    this.#writer.setMany(this.#tx, pendingEntries(entries, options, this.#maxValueBytes));
  }

  /** Deletes an entry; false if there was none, or not of that version. */
  delete(key: string, options?: DeleteOptions): boolean {
    return this.#writer.delete(this.#tx, key, deleteVersion(options));
  }

  /** Deletes the entries of the keys; gives how many there were. */
  deleteMany(keys: Iterable<string>): number {
    return this.#writer.deleteMany(this.#tx, keysOf("deleteMany", keys));
  }

  /** Deletes all keys that start with the prefix; gives how many there were. */
  deletePrefix(prefix: string): number {
    return this.#writer.deletePrefix(this.#tx, prefix);
  }

  /** Deletes everything in this namespace; gives how many entries there were. */
  clear(): number {
    return this.deletePrefix("");
  }

  /** Adds to the number under the key; a key that is absent counts as 0. Gives the sum. */
  increment(key: string, by: bigint, options?: IncrementOptions): bigint;
  increment(key: string, by?: number, options?: IncrementOptions): Counted<T>;
  increment(key: string, by: number | bigint = 1, options?: IncrementOptions): number | bigint {
    return this.#writer.increment(this.#tx, key, by, incrementTtl(options));
  }

  /** Lets the entry expire that long after the transaction's moment; false if there is none. */
  expire(key: string, ttl: Duration): boolean {
    return this.#writer.expire(this.#tx, key, requiredTtl(ttl));
  }

  /** Lets the entry stay for good; false if there is no such entry. */
  persist(key: string): boolean {
    return this.#writer.expire(this.#tx, key, null);
  }

  protected override view(): ReadView {
    return this.#tx;
  }
}
