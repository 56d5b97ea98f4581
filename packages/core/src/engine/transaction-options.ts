import { AegisError } from "../errors.js";
import type { TransactionOptions } from "./contract.js";

const NAMES: readonly (keyof TransactionOptions)[] = [
  "isolation",
  "readOnly",
  "maxRetries",
  "signal",
];

/** Throws INVALID_OPTION for what plain JavaScript may pass by mistake. */
export function checkTransactionOptions(options: TransactionOptions): void {
  if (options === null || typeof options !== "object") {
    throw invalid("the options of a transaction must be an object");
  }
  for (const name of Object.keys(options)) {
    if ((NAMES as readonly string[]).includes(name)) continue;
    throw invalid(`a transaction has no option "${name}"`, `Options are ${NAMES.join(", ")}.`);
  }
  const { isolation, readOnly, maxRetries, signal } = options;
  if (isolation !== undefined && isolation !== "serializable" && isolation !== "snapshot") {
    throw invalid('option "isolation" must be "serializable" or "snapshot"');
  }
  if (readOnly !== undefined && typeof readOnly !== "boolean") {
    throw invalid('option "readOnly" must be true or false');
  }
  if (maxRetries !== undefined && !(Number.isSafeInteger(maxRetries) && maxRetries >= 0)) {
    throw invalid('option "maxRetries" must be an integer, 0 or more');
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw invalid('option "signal" must be an AbortSignal');
  }
}

function invalid(message: string, hint?: string): AegisError {
  return new AegisError("INVALID_OPTION", message, { hint });
}
