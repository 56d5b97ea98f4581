import { readFileSync, writeFileSync } from "node:fs";

const PEAK = /^VmHWM:\s+(\d+) kB$/m;
/** What Linux takes as: let the peak start anew from what is resident now. */
const RESET_PEAK = "5";

/** Peak resident bytes of this process. */
export function peakResident() {
  if (process.platform === "linux") {
    // getrusage would count the parent's pages from before exec.
    return Number(PEAK.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024;
  }
  return process.resourceUsage().maxRSS * 1024;
}

/** Where the system can do it, the next peak is that of what follows; elsewhere peaks only grow. */
export function startNewPeak() {
  if (process.platform === "linux") writeFileSync("/proc/self/clear_refs", RESET_PEAK);
}
