import { AegisError } from "../errors.js";
import type { PendingEntry } from "./entry-writer.js";
import { nameOf } from "./key.js";
import { checkNames, setManyTtl, ttlMicros } from "./options.js";
import type { EntryInput, SetManyOptions } from "./types.js";
import { packValue } from "./value.js";

const ENTRY_PROPERTIES: readonly string[] = ["key", "value", "ttl"];

/**
 * The entries that `setMany` was given, read to the end before anything is written: the caller's
 * iterable may run code of its own.
 */
export function pendingEntries(
  entries: Iterable<EntryInput<unknown>>,
  options: SetManyOptions | undefined,
  maxValueBytes: number,
): PendingEntry[] {
  const ttl = setManyTtl(options);
  if (typeof entries !== "object" || entries === null || !(Symbol.iterator in entries)) {
    throw new AegisError(
      "INVALID_ARGUMENT",
      `setMany takes an array or another iterable of entries, not ${nameOf(entries)}`,
      { hint: "For a plain object, pass Object.entries(object)." },
    );
  }
  const pending: PendingEntry[] = [];
  for (const entry of entries) {
    const { key, value, ttl: own } = checkedEntry(entry, pending.length);
    const packed = packValue(key, value, maxValueBytes);
    pending.push({ key, value: packed, ttl: own === undefined ? ttl : ttlMicros(own) });
  }
  return pending;
}

/**
 * The keys that a call was given, in an array. A string is iterable too, character by character,
 * which is never what was meant.
 */
export function keysOf(call: string, keys: Iterable<string>): readonly string[] {
  if (Array.isArray(keys)) return keys as readonly string[];
  if (typeof keys === "object" && keys !== null && Symbol.iterator in keys) return [...keys];
  throw new AegisError(
    "INVALID_ARGUMENT",
    `${call} takes an array or another iterable of keys, not ${nameOf(keys)}`,
  );
}

interface CheckedEntry {
  readonly key: string;
  readonly value: unknown;
  readonly ttl?: unknown;
}

function checkedEntry(entry: EntryInput<unknown>, index: number): CheckedEntry {
  if (isPair(entry)) {
    return { key: entry[0], value: entry[1] };
  }
  if (typeof entry !== "object" || entry === null || Array.isArray(entry) || !("key" in entry)) {
    throw new AegisError(
      "INVALID_ARGUMENT",
      `entry ${index} of setMany is neither [key, value] nor { key, value }`,
    );
  }
  checkNames("an entry of setMany", entry, ENTRY_PROPERTIES);
  return entry;
}

function isPair(entry: unknown): entry is readonly [string, unknown] {
  return Array.isArray(entry) && entry.length === 2;
}
