import { describe, expect, it } from "vitest";
import { checkedJson } from "../base/checked-json.js";
import { AegisError } from "../errors.js";
import { createTree, mapLayout, openTestEngine } from "../testing/simulation/engine-fixture.js";
import { SimulatedHost } from "../testing/simulation/simulated-host.js";
import { ErrorFs } from "../vfs/error-fs.js";
import type { Host, ProcessIdentity } from "../vfs/host.js";
import { NodeHost } from "../vfs/host.js";
import { MemFs } from "../vfs/mem-fs.js";
import { checkpoint, close } from "./life-cycle.js";
import { DirectoryLock } from "./lock.js";

/** A process on a machine where everybody lives who is not known to be dead. */
class TestHost implements Host {
  constructor(
    readonly pid: number,
    readonly dead: ReadonlySet<number> = new Set(),
    readonly name = "here",
  ) {}

  self(): ProcessIdentity {
    return { pid: this.pid, startTime: "1", bootId: "b", pidNamespace: "n", host: this.name };
  }

  isDead({ pid, host }: ProcessIdentity): boolean {
    return host === this.name && this.dead.has(pid);
  }
}

function acquire(disk: MemFs | ErrorFs, host: Host): DirectoryLock {
  return DirectoryLock.acquire(disk, "db", host, `nonce of ${host.self().pid}`);
}

function newDisk(): MemFs {
  const disk = new MemFs();
  disk.makeDirectory("db");
  return disk;
}

const locked = expect.objectContaining({ code: "DATABASE_LOCKED" }) as Error;

describe("the lock of a directory", () => {
  it("is one process's; another is told whose", () => {
    const disk = newDisk();
    const lock = acquire(disk, new TestHost(7));
    expect(() => acquire(disk, new TestHost(8))).toThrow(locked);
    expect(() => acquire(disk, new TestHost(8))).toThrow(/process 7 on host here/);
    lock.verify();
    lock.release();
    acquire(disk, new TestHost(8)).release();
    expect(disk.list("db")).toEqual([]);
  });

  it("is one open's: the same process cannot open the directory twice", async () => {
    const disk = new MemFs();
    const host = new SimulatedHost(1);
    const opened = openTestEngine({ vfs: disk, host });
    expect(() => openTestEngine({ vfs: disk, host })).toThrow(locked);
    await close(opened);
    await close(openTestEngine({ vfs: disk, host }));
  });

  it("is taken over only from a process that is provably dead", () => {
    const disk = newDisk();
    acquire(disk, new TestHost(7));
    acquire(disk, new TestHost(8, new Set([7]))).verify();
    expect(() => acquire(disk, new TestHost(9, new Set([7])))).toThrow(/process 8/);
    expect(disk.list("db")).toEqual(["LOCK"]);
  });

  it("is never taken over from another host, where nobody can look", () => {
    const disk = newDisk();
    acquire(disk, new TestHost(7, new Set(), "there"));
    expect(() => acquire(disk, new TestHost(8, new Set([7]), "here"))).toThrow(/host there/);
  });

  it("notices when it was taken away, and an engine stops before it edits the manifest", async () => {
    const disk = new MemFs();
    const opened = openTestEngine({ vfs: disk, host: new SimulatedHost(1) });
    const tree = createTree(opened, "t", mapLayout({ kind: "int" }));
    // The other one wrongly believes that the first is dead.
    const other = openTestEngine({ vfs: disk, host: new SimulatedHost(2) });
    await expect(checkpoint(opened)).rejects.toThrow(locked);
    expect(() => opened.engine.latest().get(tree, 1)).toThrow(locked);
    await close(opened).catch(() => undefined);
    expect(disk.exists("db/LOCK")).toBe(true);
    await close(other);
  });

  it("that a power failure cut short is free", () => {
    const disk = newDisk();
    disk.openWrite("db/LOCK", { create: true }).close();
    acquire(disk, new TestHost(8)).verify();
  });

  it("that is damaged is nobody's to take: its holder may live", () => {
    for (const fromEnd of [1, 100]) {
      const disk = newDisk();
      const lock = acquire(disk, new TestHost(7));
      const offset = disk.size("db/LOCK") - fromEnd;
      disk.openWrite("db/LOCK", { create: false }).write(Uint8Array.of(0x5a), offset);
      const damaged = expect.objectContaining({ code: "CORRUPTION" }) as Error;
      expect(() => lock.verify()).toThrow(damaged);
      // Without its last byte it still says whose it is.
      expect(() => acquire(disk, new TestHost(8))).toThrow(fromEnd === 1 ? locked : damaged);
    }
  });

  it("is no other file of the database", () => {
    const disk = newDisk();
    disk.openWrite("db/LOCK", { create: true }).write(checkedJson({ manifest: 1 }), 0);
    const damaged = expect.objectContaining({ code: "CORRUPTION" }) as Error;
    expect(() => acquire(disk, new TestHost(8))).toThrow(damaged);
  });

  it("is never held by two, wherever one of them is interrupted by the other", () => {
    const other = new TestHost(9, new Set([7]));
    for (let at = 0; at < 40; at++) {
      const disk = newDisk();
      acquire(disk, new TestHost(7));
      const holders: DirectoryLock[] = [];
      let between: (() => void) | undefined = (): void => tryAcquire(disk, other, holders);
      const fs = new ErrorFs(disk, {
        before: ({ index }) => {
          if (index === at) {
            between?.();
            between = undefined;
          }
          return undefined;
        },
      });
      tryAcquire(fs, new TestHost(8, new Set([7])), holders);
      const valid = holders.filter(isValid);
      expect(valid.length, `interrupted at operation ${at}`).toBeLessThanOrEqual(1);
      if (between !== undefined) break;
    }
  });

  it("stands in nobody's way when it could not be written", () => {
    const disk = newDisk();
    const fs = new ErrorFs(disk);
    fs.inject({ kind: "write", fault: { kind: "fail", code: "ENOSPC" } });
    const full = expect.objectContaining({ code: "DISK_FULL" }) as Error;
    expect(() => acquire(fs, new TestHost(7))).toThrow(full);
    acquire(fs, new TestHost(8)).release();
  });
});

function tryAcquire(disk: MemFs | ErrorFs, host: Host, holders: DirectoryLock[]): void {
  try {
    holders.push(acquire(disk, host));
  } catch (error) {
    if (!(error instanceof AegisError)) throw error;
    expect(["DATABASE_LOCKED", "NOT_FOUND"]).toContain(error.code);
  }
}

function isValid(lock: DirectoryLock): boolean {
  try {
    lock.verify();
    return true;
  } catch {
    return false;
  }
}

describe("the real host", () => {
  const host = new NodeHost();
  const self = host.self();

  it("knows itself to be alive, and a pid that is nobody's to be dead", () => {
    expect(host.isDead(self)).toBe(false);
    expect(host.isDead({ ...self, pid: 2 ** 22 + 1 })).toBe(true);
  });

  it.runIf(process.platform === "linux")("tells apart processes that had the same pid", () => {
    expect(self.startTime).toMatch(/^\d+$/);
    expect(host.isDead({ ...self, startTime: "1" })).toBe(true);
    expect(host.isDead({ ...self, bootId: "another" })).toBe(true);
    expect(host.isDead({ ...self, bootId: "another", host: "another" })).toBe(false);
    expect(host.isDead({ ...self, pidNamespace: "another", pid: 2 ** 22 + 1 })).toBe(false);
  });
});
