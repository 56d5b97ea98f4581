import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";

const NS_PER_MS = 1e6;

/**
 * Percent of this process' life that its main thread was ready to run and had no processor: what
 * others did to a measurement. 0 where the system does not tell.
 */
export function waitedForProcessor() {
  if (process.platform !== "linux") return 0;
  const [, waited] = readFileSync("/proc/self/schedstat", "utf8").split(" ");
  return (100 * Number(waited)) / NS_PER_MS / performance.now();
}
