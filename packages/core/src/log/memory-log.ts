import { AegisError } from "../errors.js";
import { DEFAULT_MAX_TRANSACTION_BYTES } from "../limits.js";
import type { CommitLog, LogRecord, LogRecovery } from "./contract.js";

/** Records share chunks of this size; a larger record has one of its own. */
const CHUNK_BYTES = 256 * 1024;
const LENGTH_BYTES = 4;
const SETTLED: Promise<void> = Promise.resolve();

/** A piece of the log: `length:4 payload` for each record. */
interface Chunk {
  /** Position of its first byte. */
  readonly start: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  used: number;
}

export interface MemoryLogOptions {
  readonly maxRecordBytes?: number;
}

/**
 * The log of a database that keeps nothing: ordered and readable as every log, until it is
 * truncated. It calls a record durable as soon as it has its place, for nothing outlives the
 * process. A position is the number of bytes up to the record's end.
 */
export class MemoryLog implements CommitLog {
  readonly recovery: LogRecovery = { cleanClose: true, tornBytes: 0, missingBytes: 0, records: 0 };
  readonly #maxRecordBytes: number;
  #chunks: Chunk[] = [];
  #end = 0;
  #closed = false;

  constructor(options: MemoryLogOptions = {}) {
    this.#maxRecordBytes = options.maxRecordBytes ?? DEFAULT_MAX_TRANSACTION_BYTES;
  }

  get end(): number {
    return this.#end;
  }

  get durableEnd(): number {
    return this.#end;
  }

  append(record: Uint8Array, after: number, onOrdered: (position: number) => void): Promise<void> {
    if (this.#closed) return Promise.reject(closed());
    if (after !== this.#end) {
      throw new AegisError("LOG_MOVED", `the log ends at ${this.#end}, not at ${after}`);
    }
    if (record.length > this.#maxRecordBytes) {
      throw new AegisError(
        "LIMIT_EXCEEDED",
        `a commit record of ${record.length} bytes is larger than the limit of ${this.#maxRecordBytes}`,
        { hint: "split the transaction into smaller ones, or raise maxTransactionSize" },
      );
    }
    const size = LENGTH_BYTES + record.length;
    const chunk = this.#chunkFor(size);
    chunk.view.setUint32(chunk.used, record.length);
    chunk.bytes.set(record, chunk.used + LENGTH_BYTES);
    chunk.used += size;
    this.#end += size;
    onOrdered(this.#end);
    return SETTLED;
  }

  sync(): Promise<void> {
    return this.#closed ? Promise.reject(closed()) : SETTLED;
  }

  syncNow(): void {
    if (this.#closed) throw closed();
  }

  read(from: number): Iterable<LogRecord> {
    if (this.#closed) throw closed();
    return this.#records(from, this.#end);
  }

  /** Chunks are forgotten whole, the last one never. */
  truncateBefore(position: number): Promise<void> {
    if (this.#closed) return Promise.reject(closed());
    const keep = this.#chunks.findIndex((chunk) => chunk.start + chunk.used > position);
    this.#chunks = this.#chunks.slice(keep === -1 ? this.#chunks.length - 1 : keep);
    return SETTLED;
  }

  /** What is only in memory has no checksums, and nothing that could damage it. */
  verify(): Promise<void> {
    return this.sync();
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#chunks = [];
    return SETTLED;
  }

  abandon(): void {
    void this.close();
  }

  #chunkFor(size: number): Chunk {
    const last = this.#chunks.at(-1);
    if (last !== undefined && last.used + size <= last.bytes.length) return last;
    const bytes = new Uint8Array(Math.max(size, CHUNK_BYTES));
    const chunk = { start: this.#end, bytes, view: new DataView(bytes.buffer), used: 0 };
    this.#chunks.push(chunk);
    return chunk;
  }

  *#records(from: number, end: number): Generator<LogRecord, void, undefined> {
    let position = from;
    while (position < end) {
      const chunk = this.#chunkAt(position);
      let at = 0;
      while (at < chunk.used && chunk.start + at < end) {
        const start = at + LENGTH_BYTES;
        at = start + chunk.view.getUint32(at);
        if (chunk.start + at <= from) continue;
        yield { position: chunk.start + at, payload: chunk.bytes.subarray(start, at) };
      }
      position = chunk.start + at;
    }
  }

  /** The chunk that holds the record after `position`. */
  #chunkAt(position: number): Chunk {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#chunks[middle]!.start <= position) low = middle + 1;
      else high = middle;
    }
    const chunk = this.#chunks[low - 1];
    if (chunk !== undefined) return chunk;
    throw new AegisError("NOT_FOUND", `the log has no records after ${position} any more`, {
      hint: "start again from a snapshot of the database",
    });
  }
}

function closed(): AegisError {
  return new AegisError("DATABASE_CLOSED", "the log is closed");
}
