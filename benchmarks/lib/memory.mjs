import { readFileSync } from "node:fs";

const PEAK = /^VmHWM:\s+(\d+) kB$/m;

/** Peak resident bytes of this process. */
export function peakResident() {
  if (process.platform === "linux") {
    // getrusage would count the parent's pages from before exec.
    return Number(PEAK.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024;
  }
  return process.resourceUsage().maxRSS * 1024;
}
