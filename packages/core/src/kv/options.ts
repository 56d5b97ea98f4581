import { DURATION_FORMS, durationMs } from "../base/duration.js";
import { AegisError } from "../errors.js";
import { MAX_TTL_MS } from "../limits.js";
import { boundUnits, nameOf } from "./key.js";
import type {
  DeleteOptions,
  IncrementOptions,
  ListOptions,
  RangeOptions,
  SetManyOptions,
  SetOptions,
  WatchOptions,
} from "./types.js";

const MICROS_PER_MS = 1000;

/** What a `set` asks for, checked. */
export interface SetRequest {
  /** Microseconds; null for an entry that stays. */
  readonly ttl: number | null;
  readonly keepTtl: boolean;
  readonly ifAbsent: boolean;
  /** -1 for any version. */
  readonly ifVersion: number;
}

export interface ListRequest extends RangeOptions {
  readonly limit: number;
  readonly reverse: boolean;
}

export const ANY_VERSION = -1;
const PLAIN_SET: SetRequest = {
  ttl: null,
  keepTtl: false,
  ifAbsent: false,
  ifVersion: ANY_VERSION,
};

/** Lists name only what an options type has, and all of it. */
type NamesOf<Options> = readonly (keyof Options & string)[];

const SET: NamesOf<SetOptions> = ["ttl", "keepTtl", "ifAbsent", "ifVersion"];
const SET_MANY: NamesOf<SetManyOptions> = ["ttl"];
const DELETE: NamesOf<DeleteOptions> = ["ifVersion"];
const INCREMENT: NamesOf<IncrementOptions> = ["ttl"];
const RANGE: NamesOf<RangeOptions> = ["prefix", "start", "end"];
const LIST: NamesOf<ListOptions> = ["prefix", "start", "end", "limit", "reverse"];
const WATCH: NamesOf<WatchOptions> = ["prefix", "signal"];

export function setRequest(options: SetOptions | undefined): SetRequest {
  if (options === undefined) return PLAIN_SET;
  checkNames("set", options, SET);
  const { ttl, ifVersion } = options;
  const keepTtl = flag("keepTtl", options.keepTtl);
  const ifAbsent = flag("ifAbsent", options.ifAbsent);
  if (keepTtl && ttl !== undefined) throw contradiction("ttl", "keepTtl");
  if (ifAbsent && ifVersion !== undefined) throw contradiction("ifAbsent", "ifVersion");
  return { ttl: ttlMicros(ttl), keepTtl, ifAbsent, ifVersion: versionNumber(ifVersion) };
}

/** The time to live of entries that name none of their own. */
export function setManyTtl(options: SetManyOptions | undefined): number | null {
  if (options === undefined) return null;
  checkNames("setMany", options, SET_MANY);
  return ttlMicros(options.ttl);
}

/** The version to delete; -1 for any. */
export function deleteVersion(options: DeleteOptions | undefined): number {
  if (options === undefined) return ANY_VERSION;
  checkNames("delete", options, DELETE);
  return versionNumber(options.ifVersion);
}

export function incrementTtl(options: IncrementOptions | undefined): number | null {
  if (options === undefined) return null;
  checkNames("increment", options, INCREMENT);
  return ttlMicros(options.ttl);
}

export function rangeRequest(call: string, options: RangeOptions | undefined): RangeOptions {
  if (options === undefined) return {};
  checkNames(call, options, RANGE);
  checkBounds(options);
  return options;
}

export function listRequest(call: string, options: ListOptions | undefined): ListRequest {
  if (options === undefined) return { limit: Infinity, reverse: false };
  checkNames(call, options, LIST);
  checkBounds(options);
  const { prefix, start, end, limit = Infinity } = options;
  if (limit !== Infinity && (!Number.isSafeInteger(limit) || limit < 0)) {
    throw new AegisError(
      "INVALID_OPTION",
      `limit must be a whole number from 0, not ${nameOf(limit)}`,
    );
  }
  return { prefix, start, end, limit, reverse: flag("reverse", options.reverse) };
}

export function watchRequest(options: WatchOptions | undefined): WatchOptions {
  if (options === undefined) return {};
  checkNames("watch", options, WATCH);
  checkBounds({ prefix: options.prefix });
  checkSignal(options.signal);
  return options;
}

function checkBounds({ prefix, start, end }: RangeOptions): void {
  if (prefix !== undefined) boundUnits("prefix", prefix);
  if (start !== undefined) boundUnits("start", start);
  if (end !== undefined) boundUnits("end", end);
}

/** Throws INVALID_OPTION unless `signal` is missing or an AbortSignal. */
export function checkSignal(signal: unknown): void {
  if (signal === undefined || signal instanceof AbortSignal) return;
  throw new AegisError("INVALID_OPTION", `signal must be an AbortSignal, not ${nameOf(signal)}`);
}

/** Throws INVALID_OPTION for an option that the call does not know. */
export function checkNames(call: string, options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new AegisError(
      "INVALID_OPTION",
      `the options of ${call} must be an object, not ${nameOf(options)}`,
    );
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new AegisError("INVALID_OPTION", `${call} has no option ${JSON.stringify(name)}`, {
      hint: `Its options are ${known.join(", ")}.`,
    });
  }
}

/** Microseconds of a time to live; null when there is none. */
export function ttlMicros(ttl: unknown): number | null {
  if (ttl === undefined) return null;
  const ms = durationMs(ttl);
  if (ms === undefined) {
    throw new AegisError("INVALID_OPTION", `ttl is ${nameOf(ttl)}`, {
      hint: `Give ${DURATION_FORMS}.`,
    });
  }
  if (!(ms > 0 && ms <= MAX_TTL_MS)) {
    throw new AegisError("INVALID_OPTION", `ttl must be above 0 and finite, not ${nameOf(ttl)}`, {
      hint: "Leave ttl out for an entry that stays; the longest is 100 years.",
    });
  }
  return Math.ceil(ms * MICROS_PER_MS);
}

/** Microseconds of a time to live that must be given. */
export function requiredTtl(ttl: unknown): number {
  const micros = ttlMicros(ttl);
  if (micros !== null) return micros;
  throw new AegisError("INVALID_ARGUMENT", "expire needs a time to live", {
    hint: `Give ${DURATION_FORMS}; persist(key) lets the entry stay.`,
  });
}

function versionNumber(version: unknown): number {
  if (version === undefined) return ANY_VERSION;
  const number = typeof version === "bigint" ? Number(version) : version;
  if (typeof number === "number" && Number.isSafeInteger(number) && number >= 0) return number;
  throw new AegisError("INVALID_OPTION", `ifVersion is ${nameOf(version)}`, {
    hint: "Give the version that entry(key) returned.",
  });
}

function flag(name: string, value: unknown): boolean {
  if (value === undefined) return false;
  if (typeof value === "boolean") return value;
  throw new AegisError("INVALID_OPTION", `${name} must be true or false, not ${nameOf(value)}`);
}

function contradiction(a: string, b: string): AegisError {
  return new AegisError("INVALID_OPTION", `${a} and ${b} contradict each other`, {
    hint: "Give one of them.",
  });
}
