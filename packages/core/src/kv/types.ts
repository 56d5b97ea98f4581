/** Milliseconds, or text such as "500ms", "90s", "15m", "1h", "30d". */
export type Duration = number | string;

/** What a namespace holds under one key, with all that is known about it. */
export interface Entry<T> {
  readonly key: string;
  readonly value: T;
  /** Changes with every write of the value; larger than that of all writes before. */
  readonly version: bigint;
  /** When the key was first set since it was last absent. */
  readonly createdAt: Date;
  /** When the value was last set. */
  readonly updatedAt: Date;
  /** From this moment on the entry is not there any more; undefined if it stays. */
  readonly expiresAt: Date | undefined;
}

export interface KeyValue<T> {
  readonly key: string;
  readonly value: T;
}

/** What `setMany` takes: pairs as a `Map` gives them, or objects that may have a `ttl` each. */
export type EntryInput<T> =
  | readonly [key: string, value: T]
  | { readonly key: string; readonly value: T; readonly ttl?: Duration | undefined };

export interface SetOptions {
  /** The entry expires this long after the write. Without it the entry stays for good. */
  readonly ttl?: Duration | undefined;
  /** Keeps the moment of expiry that the entry already has. */
  readonly keepTtl?: boolean | undefined;
  /** Writes only if the key is absent (or expired). */
  readonly ifAbsent?: boolean | undefined;
  /** Writes only if the entry is there and has this version, as `entry(key).version` gave it. */
  readonly ifVersion?: bigint | number | undefined;
}

export interface SetManyOptions {
  /** For entries that have no `ttl` of their own. */
  readonly ttl?: Duration | undefined;
}

export interface DeleteOptions {
  /** Deletes only if the entry has this version. */
  readonly ifVersion?: bigint | number | undefined;
}

export interface IncrementOptions {
  /** For a counter that this call creates; one that is there keeps its expiry. */
  readonly ttl?: Duration | undefined;
}

/** A part of a namespace: keys that start with `prefix` and lie in [start, end). */
export interface RangeOptions {
  readonly prefix?: string | undefined;
  /** Inclusive. */
  readonly start?: string | undefined;
  /** Exclusive. */
  readonly end?: string | undefined;
}

export interface ListOptions extends RangeOptions {
  /** At most this many entries. */
  readonly limit?: number | undefined;
  /** From the last key to the first. */
  readonly reverse?: boolean | undefined;
}

export interface WatchOptions {
  readonly prefix?: string | undefined;
  /** Ends the iteration. */
  readonly signal?: AbortSignal | undefined;
}

interface ChangeOf {
  readonly namespace: string;
  readonly key: string;
  /** When the change was committed. */
  readonly timestamp: Date;
}

/** A value was set, or its expiry changed (then `version` is that of the value before). */
export interface SetChange<T> extends ChangeOf {
  readonly type: "set";
  readonly value: T;
  readonly version: bigint;
  readonly expiresAt: Date | undefined;
}

/** An entry is gone: `delete` when somebody deleted it, `expire` when its time was over. */
export interface RemoveChange extends ChangeOf {
  readonly type: "delete" | "expire";
  readonly value: undefined;
  readonly version: undefined;
  readonly expiresAt: undefined;
}

export type KeyValueChange<T> = SetChange<T> | RemoveChange;

/** What `increment` gives for a namespace of `T`: bigint where counters are bigints. */
export type Counted<T> = 0 extends 1 & T
  ? number
  : Extract<T, bigint> extends never
    ? number
    : Extract<T, number> extends never
      ? bigint
      : number | bigint;
