import { AegisError } from "../errors.js";
import { shown } from "./shown.js";

/** Throws INVALID_OPTION unless `options` is an object that has none but these names. */
export function checkOptionNames(options: unknown, names: readonly string[]): void {
  if (typeof options !== "object" || options === null) {
    throw new AegisError("INVALID_OPTION", `options are an object, not ${shown(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    throw new AegisError("INVALID_OPTION", `there is no option "${name.slice(0, 100)}"`, {
      hint: `Options here: ${names.join(", ")}.`,
    });
  }
}

/** Throws INVALID_OPTION unless `signal` is left out or an AbortSignal. */
export function checkSignal(signal: unknown): void {
  if (signal === undefined || signal instanceof AbortSignal) return;
  throw new AegisError(
    "INVALID_OPTION",
    `option "signal" must be an AbortSignal, not ${shown(signal)}`,
  );
}

/** Throws INVALID_OPTION unless `value` is left out or a function. */
export function checkFunction(name: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw new AegisError(
    "INVALID_OPTION",
    `option "${name}" must be a function, not ${shown(value)}`,
  );
}
