import { textUnits } from "../base/keycode-text.js";
import { checkText, hasUnusualUnit, utf8ByteLength } from "../base/text.js";
import { AegisError } from "../errors.js";
import { MAX_KV_KEY_BYTES } from "../limits.js";
import type { Space } from "./space.js";
import type { RangeOptions } from "./types.js";

/** A text of this many units is within the limit whatever its characters: none takes over 3 bytes. */
const SURELY_SHORT_UNITS = Math.floor(MAX_KV_KEY_BYTES / 3);
/** A bound may be a key with something behind it. */
const MAX_BOUND_UNITS = 2 * MAX_KV_KEY_BYTES;
/** Characters of a key or name that a message shows. */
const SHOWN_CHARACTERS = 40;

/** A text as messages show it: quoted, escaped, and cut if it is long. */
export function quote(text: string): string {
  const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
  return JSON.stringify(shown);
}

/** What a wrong argument is, for messages; never runs code of the caller's. */
export function nameOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  switch (typeof value) {
    case "string":
      return quote(value);
    case "number":
    case "boolean":
    case "undefined":
      return String(value);
    case "bigint":
      return `${value}n`;
    case "object":
      return "an object";
    case "function":
      return "a function";
    default:
      return `a ${typeof value}`;
  }
}

/**
 * The key as it stands in an entry's tree key behind the namespace's prefix.
 * Throws INVALID_KEY, or INVALID_TEXT for NUL and lone surrogates.
 */
export function keyUnits(key: string): string {
  if (typeof key !== "string" || key.length === 0 || key.length > SURELY_SHORT_UNITS) {
    checkKeyLength(key);
  }
  return hasUnusualUnit(key) ? unusualKeyUnits(key) : key;
}

function unusualKeyUnits(key: string): string {
  checkText(key, `the key ${quote(key)}`);
  return textUnits(key);
}

function checkKeyLength(key: unknown): void {
  if (typeof key !== "string") {
    throw new AegisError("INVALID_KEY", `a key must be a string, not ${nameOf(key)}`);
  }
  if (key === "") {
    throw new AegisError("INVALID_KEY", "a key must not be empty");
  }
  const bytes = key.length > MAX_KV_KEY_BYTES ? key.length : utf8ByteLength(key);
  if (bytes > MAX_KV_KEY_BYTES) {
    const atLeast = key.length > MAX_KV_KEY_BYTES ? "at least " : "";
    throw new AegisError(
      "INVALID_KEY",
      `the key ${quote(key)} has ${atLeast}${bytes} bytes; a key has at most ${MAX_KV_KEY_BYTES}`,
      { hint: "Put long data into the value, or use a hash of it as the key." },
    );
  }
}

/** Throws INVALID_ARGUMENT unless `name` can name a namespace. */
export function checkNamespace(name: unknown): asserts name is string {
  if (typeof name !== "string") {
    throw new AegisError(
      "INVALID_ARGUMENT",
      `the name of a namespace must be a string, not ${nameOf(name)}`,
    );
  }
  if (name === "") {
    throw new AegisError("INVALID_ARGUMENT", "the name of a namespace must not be empty", {
      hint: "The default namespace is db.kv itself.",
    });
  }
  checkText(name, `the name of the namespace ${quote(name)}`);
  if (utf8ByteLength(name) > MAX_KV_KEY_BYTES) {
    throw new AegisError(
      "INVALID_ARGUMENT",
      `the name of the namespace ${quote(name)} is longer than ${MAX_KV_KEY_BYTES} bytes`,
    );
  }
}

/** A range of tree keys; empty when `start` is not below `end`. */
export interface SpaceRange {
  readonly start: string;
  readonly end: string;
}

/** The tree keys of those entries of a namespace that the options ask for. */
export function spaceRange(space: Space, options: RangeOptions): SpaceRange {
  let start = space.prefix;
  let end = space.end;
  if (options.prefix !== undefined) {
    const text = boundUnits("prefix", options.prefix);
    const range = space.trees.entries.codec.startsWithRange([space.id], options.prefix);
    start += text;
    end = range.end as string;
  }
  if (options.start !== undefined) {
    const bound = space.prefix + boundUnits("start", options.start);
    if (bound > start) start = bound;
  }
  if (options.end !== undefined) {
    const bound = space.prefix + boundUnits("end", options.end);
    if (bound < end) end = bound;
  }
  return { start, end };
}

/** A bound need not be a key (it may be empty), but it must be text that a key could hold. */
export function boundUnits(name: string, bound: unknown): string {
  if (typeof bound !== "string") {
    throw new AegisError("INVALID_OPTION", `${name} must be a string, not ${nameOf(bound)}`);
  }
  if (bound.length > MAX_BOUND_UNITS) {
    throw new AegisError(
      "INVALID_OPTION",
      `${name} ${quote(bound)} is far longer than any key (${MAX_KV_KEY_BYTES} bytes)`,
    );
  }
  if (!hasUnusualUnit(bound)) return bound;
  checkText(bound, `${name} ${quote(bound)}`);
  return textUnits(bound);
}
