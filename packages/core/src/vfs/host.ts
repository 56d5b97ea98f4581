import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/**
 * Who a process is, precisely enough to tell whether it still runs. A pid alone does not do: pids
 * are reused, and in a container everyone is pid 1.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot at which the process started; "" where the system does not tell. */
  readonly startTime: string;
  readonly bootId: string;
  readonly pidNamespace: string;
  readonly host: string;
}

export interface Host {
  self(): ProcessIdentity;
  /** True only if the process is provably gone; false when it runs or when nobody can tell. */
  isDead(identity: ProcessIdentity): boolean;
}

/** The real machine. */
export class NodeHost implements Host {
  self(): ProcessIdentity {
    return {
      pid: process.pid,
      startTime: startTimeOf(process.pid),
      bootId: readText("/proc/sys/kernel/random/boot_id"),
      pidNamespace: readLink("/proc/self/ns/pid"),
      host: hostname(),
    };
  }

  isDead(identity: ProcessIdentity): boolean {
    const self = this.self();
    // A boot id names one running of one kernel, so another id on our own host means a reboot; on
    // another host (a shared disk) or in another pid namespace we cannot look at the process.
    if (identity.bootId !== self.bootId) {
      return identity.host === self.host && identity.bootId !== "" && self.bootId !== "";
    }
    if (identity.host !== self.host && identity.bootId === "") return false;
    if (identity.pidNamespace !== self.pidNamespace) return false;
    if (!exists(identity.pid)) return true;
    const startTime = startTimeOf(identity.pid);
    return startTime !== "" && identity.startTime !== "" && startTime !== identity.startTime;
  }
}

/** Signal 0 asks only whether the process is there; EPERM means it is, and is another user's. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Field 22 of /proc/<pid>/stat; the command in field 2 may hold spaces, so count from its ")". */
function startTimeOf(pid: number): string {
  const stat = readText(`/proc/${pid}/stat`);
  return stat === "" ? "" : (stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "");
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return ""; // Not Linux: the fields that are missing make the proof of death harder, not wrong.
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
