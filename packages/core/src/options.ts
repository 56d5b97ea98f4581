import { DURATION_FORMS, durationMs } from "./base/duration.js";
import { shown } from "./base/shown.js";
import { SIZE_FORMS, sizeBytes } from "./base/size.js";
import { AegisError } from "./errors.js";
import { DEFAULT_KV_VALUE_BYTES, DEFAULT_MAX_TRANSACTION_BYTES, MAX_TIMER_MS } from "./limits.js";

/** Bytes, or text such as "64MB". */
export type Size = number | string;

/** Options of `open`. The names are those of the configuration file, in camelCase. */
export interface OpenOptions {
  /** A directory, made if it is not there; ":memory:" keeps nothing beyond the process. */
  readonly path: string;
  /**
   * When a write's promise settles. "commit": when the write is on disk (default). "interval": when
   * the operating system has it; the disk follows every `syncInterval`. "none": the disk follows
   * when the operating system likes. Only "commit" survives a power cut without loss.
   */
  readonly sync?: "commit" | "interval" | "none" | undefined;
  /** Short form: true is `sync: "commit"`, false is `sync: "interval"`. */
  readonly syncOnCommit?: boolean | undefined;
  /** Default "100ms"; with `sync: "interval"`. */
  readonly syncInterval?: number | string | undefined;
  /** Compression of run files. Default "lz4". */
  readonly compression?: "none" | "lz4" | undefined;
  /** Memory for decoded parts of run files. Default "256MB". */
  readonly bufferPoolSize?: Size | undefined;
  /** Memory for rows that are not in run files yet. Default "64MB". */
  readonly writeBufferSize?: Size | undefined;
  /** Memory that one SQL statement may hold for its sorts, joins and groups. Default "1GB". */
  readonly maxMemoryPerQuery?: Size | undefined;
  /** Largest transaction, in bytes of its log record. Default "1GB". */
  readonly maxTransactionSize?: Size | undefined;
  readonly kv?: KvOptions | undefined;
}

export interface KvOptions {
  /** Largest encoded value. Default "1MB". */
  readonly maxValueSize?: Size | undefined;
  /** How often expired entries are removed; they are invisible at once. Default "10s". */
  readonly sweepInterval?: number | string | undefined;
}

/** Options with every default filled in and every unit resolved. */
export interface ResolvedOptions {
  readonly path: string;
  readonly sync: "commit" | "interval" | "none";
  readonly syncIntervalMs: number;
  readonly compression: "none" | "lz4";
  readonly bufferPoolBytes: number;
  readonly writeBufferBytes: number;
  readonly maxQueryBytes: number;
  readonly maxTransactionBytes: number;
  readonly kvMaxValueBytes: number;
  readonly kvSweepIntervalMs: number;
}

const MB = 1024 * 1024;
const MIN_POOL_BYTES = 1 * MB;
const MIN_WRITE_BUFFER_BYTES = 64 * 1024;

const OPEN_NAMES: readonly (keyof OpenOptions)[] = [
  "path",
  "sync",
  "syncOnCommit",
  "syncInterval",
  "compression",
  "bufferPoolSize",
  "writeBufferSize",
  "maxMemoryPerQuery",
  "maxTransactionSize",
  "kv",
];
const KV_NAMES: readonly (keyof KvOptions)[] = ["maxValueSize", "sweepInterval"];

/** Checks what the caller gave; throws INVALID_OPTION naming the option and what it may be. */
export function resolveOptions(given: string | OpenOptions): ResolvedOptions {
  const options: OpenOptions = typeof given === "string" ? { path: given } : given;
  if (options === null || typeof options !== "object") {
    throw invalid("open takes a path or an options object with a path", options);
  }
  checkNames("", options, OPEN_NAMES);
  const kv = options.kv ?? {};
  if (typeof kv !== "object") throw invalid('option "kv" is not an object', kv);
  checkNames("kv.", kv, KV_NAMES);
  if (typeof options.path !== "string" || options.path === "" || options.path.includes("\0")) {
    throw invalid('option "path" must be a directory or ":memory:"', options.path);
  }
  return {
    path: options.path,
    sync: syncLevel(options),
    syncIntervalMs: duration("syncInterval", options.syncInterval, 100, 1),
    compression: oneOf("compression", options.compression ?? "lz4", ["none", "lz4"]),
    bufferPoolBytes: size("bufferPoolSize", options.bufferPoolSize, 256 * MB, MIN_POOL_BYTES),
    writeBufferBytes: size(
      "writeBufferSize",
      options.writeBufferSize,
      64 * MB,
      MIN_WRITE_BUFFER_BYTES,
    ),
    maxQueryBytes: size("maxMemoryPerQuery", options.maxMemoryPerQuery, 1024 * MB, MB),
    maxTransactionBytes: size(
      "maxTransactionSize",
      options.maxTransactionSize,
      DEFAULT_MAX_TRANSACTION_BYTES,
      MB,
    ),
    kvMaxValueBytes: size("kv.maxValueSize", kv.maxValueSize, DEFAULT_KV_VALUE_BYTES, 1),
    kvSweepIntervalMs: duration("kv.sweepInterval", kv.sweepInterval, 10_000, 1),
  };
}

function syncLevel(options: OpenOptions): "commit" | "interval" | "none" {
  const { sync, syncOnCommit } = options;
  if (sync !== undefined && syncOnCommit !== undefined) {
    throw invalid('give "sync" or "syncOnCommit", not both', syncOnCommit);
  }
  if (syncOnCommit !== undefined && typeof syncOnCommit !== "boolean") {
    throw invalid('option "syncOnCommit" must be true or false', syncOnCommit);
  }
  const short = syncOnCommit === false ? "interval" : "commit";
  return oneOf("sync", sync ?? short, ["commit", "interval", "none"]);
}

function oneOf<T extends string>(name: string, value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw invalid(`option "${name}" must be one of ${allowed.join(", ")}`, value);
}

function size(name: string, value: unknown, byDefault: number, least: number): number {
  if (value === undefined) return byDefault;
  const bytes = sizeBytes(value);
  if (bytes === undefined) throw invalid(`option "${name}" must be ${SIZE_FORMS}`, value);
  if (bytes < least) throw invalid(`option "${name}" must be at least ${least} bytes`, value);
  return bytes;
}

function duration(name: string, value: unknown, byDefault: number, least: number): number {
  if (value === undefined) return byDefault;
  const ms = durationMs(value);
  if (ms === undefined) throw invalid(`option "${name}" must be ${DURATION_FORMS}`, value);
  if (!(ms >= least)) throw invalid(`option "${name}" must be at least ${least} ms`, value);
  if (ms > MAX_TIMER_MS)
    throw invalid(`option "${name}" must be at most ${MAX_TIMER_MS} ms`, value);
  return ms;
}

function checkNames(prefix: string, options: object, allowed: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (allowed.includes(name)) continue;
    throw new AegisError("INVALID_OPTION", `there is no option "${prefix}${name}"`, {
      hint: `Options here: ${allowed.map((known) => prefix + known).join(", ")}.`,
    });
  }
}

function invalid(message: string, value: unknown): AegisError {
  return new AegisError("INVALID_OPTION", `${message}, not ${shown(value)}`);
}
