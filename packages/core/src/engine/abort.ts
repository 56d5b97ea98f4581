import { AegisError } from "../errors.js";

/** `call` names what is given up, for the message. */
export function throwIfAborted(signal: AbortSignal | undefined, call: string): void {
  if (signal?.aborted !== true) return;
  throw new AegisError("ABORTED", `${call} was aborted`, { cause: signal.reason });
}
