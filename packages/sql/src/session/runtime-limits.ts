import { AegisError } from "../contract/index.js";

/** What JavaScript says when a value would be larger than it can be. */
const TOO_LARGE =
  /^(?:Invalid (?:string|array|typed array) length|Invalid count value|Maximum BigInt size|(?:Map|Set) maximum size|Array buffer allocation|Cannot create a string longer)/;

/**
 * A limit of the runtime that a statement ran into, as an error of ours; what it did is taken back
 * like after any other error. Everything else stays what it is.
 */
export function statementError(error: unknown): unknown {
  if (!(error instanceof RangeError || (error instanceof Error && "code" in error))) return error;
  if (error instanceof AegisError) return error;
  if (error.message.startsWith("Maximum call stack size")) {
    return new AegisError("NESTING_TOO_DEEP", "the statement nests too deeply", { cause: error });
  }
  if (!TOO_LARGE.test(error.message)) return error;
  return new AegisError("LIMIT_EXCEEDED", "the statement makes a value that is too large", {
    detail: error.message,
    cause: error,
  });
}
