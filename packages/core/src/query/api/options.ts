import type { RunOptions } from "@aegisdb/sql";
import { DURATION_FORMS, durationMs } from "../../base/duration.js";
import { AegisError } from "../../errors.js";
import type { QueryOptions, RowOptions } from "./types.js";

const CHOICES = {
  rowMode: ["object", "array"],
  bigints: ["mixed", "bigint", "string"],
  decimals: ["string", "number"],
  timestamps: ["date", "string", "micros"],
} as const;

const NAMES: readonly string[] = [...Object.keys(CHOICES), "signal", "timeout"];

/** What nearly every call has: nothing to say. */
const NOTHING: RunOptions = {};

/** Checks what the caller gave; throws INVALID_OPTION naming the option. */
export function runOptions(options: QueryOptions | undefined): RunOptions {
  if (options === undefined) return NOTHING;
  if (typeof options !== "object" || options === null) {
    throw new AegisError("INVALID_OPTION", `options are an object, not ${String(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (NAMES.includes(name)) continue;
    throw new AegisError("INVALID_OPTION", `there is no option "${name}"`, {
      hint: `Options here: ${NAMES.join(", ")}.`,
    });
  }
  return {
    form: choice(options, "rowMode", "object"),
    results: {
      bigints: choice(options, "bigints", "mixed"),
      decimals: choice(options, "decimals", "string"),
      timestamps: choice(options, "timestamps", "date"),
    },
    signal: checkSignal(options.signal),
    timeout: timeoutMs(options.timeout),
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
  const message = `option "${name}" must be one of ${allowed.join(", ")}, not ${JSON.stringify(value)}`;
  throw new AegisError("INVALID_OPTION", message);
}

function checkSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw new AegisError("INVALID_OPTION", 'option "signal" must be an AbortSignal');
}

function timeoutMs(timeout: number | string | undefined): number | undefined {
  if (timeout === undefined) return undefined;
  const ms = durationMs(timeout);
  if (ms !== undefined && ms >= 0) return ms;
  throw new AegisError("INVALID_OPTION", `option "timeout" must be ${DURATION_FORMS}`);
}
