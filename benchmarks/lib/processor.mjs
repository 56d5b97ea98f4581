import { readFileSync } from "node:fs";

const NS_PER_MS = 1e6;

/**
 * Milliseconds that this process' main thread was ready to run and had no processor: what others did
 * to a measurement. Undefined where the system does not tell.
 */
export function waitedForProcessor() {
  if (process.platform !== "linux") return undefined;
  const [, waited] = readFileSync("/proc/self/schedstat", "utf8").split(" ");
  return Number(waited) / NS_PER_MS;
}
