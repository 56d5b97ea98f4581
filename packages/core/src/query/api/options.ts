import type { RunOptions } from "@aegisdb/sql";
import { DURATION_FORMS, durationMs } from "../../base/duration.js";
import { checkOptionNames, checkSignal } from "../../base/option-names.js";
import { SIZE_FORMS, sizeBytes } from "../../base/size.js";
import { shown } from "../../base/shown.js";
import { AegisError } from "../../errors.js";
import type { QueryOptions, RowOptions } from "./types.js";

const CHOICES = {
  rowMode: ["object", "array"],
  bigints: ["mixed", "bigint", "string"],
  decimals: ["string", "number"],
  timestamps: ["date", "string", "micros"],
} as const;

const NAMES: readonly string[] = [...Object.keys(CHOICES), "signal", "timeout", "maxResultSize"];

/** What nearly every call has: nothing to say. */
const NOTHING: RunOptions = {};

/** Checks what the caller gave; throws INVALID_OPTION naming the option. */
export function runOptions(options: QueryOptions | undefined): RunOptions {
  if (options === undefined) return NOTHING;
  checkOptionNames(options, NAMES);
  checkSignal(options.signal);
  return {
    form: choice(options, "rowMode", "object"),
    results: {
      bigints: choice(options, "bigints", "mixed"),
      decimals: choice(options, "decimals", "string"),
      timestamps: choice(options, "timestamps", "date"),
    },
    signal: options.signal,
    timeout: timeoutMs(options.timeout),
    maxResultBytes: resultBytes(options.maxResultSize),
  };
}

type Choices = typeof CHOICES;

function choice<Name extends keyof Choices>(
  options: RowOptions,
  name: Name,
  byDefault: Choices[Name][number],
): Choices[Name][number] {
  const value = options[name];
  if (value === undefined) return byDefault;
  const allowed: readonly Choices[Name][number][] = CHOICES[name];
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  const message = `option "${name}" must be one of ${allowed.join(", ")}, not ${shown(value)}`;
  throw new AegisError("INVALID_OPTION", message);
}

function timeoutMs(timeout: number | string | undefined): number | undefined {
  if (timeout === undefined) return undefined;
  const ms = durationMs(timeout);
  if (ms !== undefined && ms >= 0) return ms;
  const message = `option "timeout" must be ${DURATION_FORMS}, not ${shown(timeout)}`;
  throw new AegisError("INVALID_OPTION", message);
}

function resultBytes(size: number | string | undefined): number | undefined {
  if (size === undefined) return undefined;
  const bytes = sizeBytes(size);
  if (bytes !== undefined) return bytes;
  const message = `option "maxResultSize" must be ${SIZE_FORMS}, not ${shown(size)}`;
  throw new AegisError("INVALID_OPTION", message);
}
