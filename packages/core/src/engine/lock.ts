/**
 * The LOCK file: one process owns the directory. Node has no flock, so the file names its holder
 * precisely enough to prove it dead; a lock is taken over only with that proof. A nonce makes sure
 * that an owner whose lock was taken away notices before it changes the manifest.
 */
import { checkedJson, parseCheckedJson } from "../base/checked-json.js";
import { AegisError } from "../errors.js";
import type { Host, ProcessIdentity } from "../vfs/host.js";
import type { Vfs, WriteFile } from "../vfs/contract.js";

/** Name of a stale lock while it is being removed; a nonce follows. */
const ASIDE = "LOCK.stale-";
const NEWLINE = 10;

interface LockContent {
  readonly holder: ProcessIdentity;
  readonly nonce: string;
}

export class DirectoryLock {
  private constructor(
    private readonly vfs: Vfs,
    private readonly path: string,
    private readonly nonce: string,
  ) {}

  /** Throws DATABASE_LOCKED, naming the holder, unless the lock is free or provably stale. */
  static acquire(vfs: Vfs, directory: string, host: Host, nonce: string): DirectoryLock {
    const path = `${directory}/LOCK`;
    if (vfs.exists(path)) removeStale(vfs, path, host, nonce);
    const file = create(vfs, path);
    const lock = new DirectoryLock(vfs, path, nonce);
    try {
      const content: LockContent = { holder: host.self(), nonce };
      file.write(checkedJson(content), 0);
      file.sync();
      // Before it was written somebody may have taken it for one that a power failure cut short.
      lock.verify();
      removeAsides(vfs, directory, host);
    } finally {
      file.close();
    }
    return lock;
  }

  /** Throws DATABASE_LOCKED if the lock is no longer ours, CORRUPTION if it is damaged. */
  verify(): void {
    const bytes = this.vfs.exists(this.path) ? this.vfs.readFile(this.path) : new Uint8Array(0);
    const content = judgeLock(bytes, this.path);
    if (content !== undefined && parseCheckedJson(bytes) === undefined) throw damaged(this.path);
    if (content?.nonce !== this.nonce) {
      throw new AegisError("DATABASE_LOCKED", "the LOCK file of this database was taken away", {
        hint: "Two processes use one directory. Close both and open it once.",
      });
    }
  }

  release(): void {
    if (!this.vfs.exists(this.path)) return;
    if (readLock(this.vfs, this.path)?.nonce === this.nonce) this.vfs.remove(this.path);
  }
}

/** Fails with DATABASE_LOCKED if someone else created it between our look and our attempt. */
function create(vfs: Vfs, path: string): WriteFile {
  try {
    return vfs.openWrite(path, { create: true });
  } catch (error) {
    if (vfs.exists(path)) throw lockedBy(readLock(vfs, path), path, error);
    throw error;
  }
}

/** Stale locks that a process moved away and did not live to remove. */
function removeAsides(vfs: Vfs, directory: string, host: Host): void {
  for (const name of vfs.list(directory)) {
    if (!name.startsWith(ASIDE)) continue;
    const path = `${directory}/${name}`;
    const holder = parseLock(vfs.readFile(path))?.holder;
    if (holder === undefined || host.isDead(holder)) vfs.remove(path);
  }
}

/**
 * Moves the stale lock away under a name of our own before removing it: of two processes that both
 * find it stale only one rename finds that very file, and a lock made meanwhile is put back.
 */
function removeStale(vfs: Vfs, path: string, host: Host, nonce: string): void {
  const found = readLock(vfs, path);
  // One that a power failure cut short: its writer had not opened the database yet.
  if (found !== undefined && !host.isDead(found.holder)) throw lockedBy(found, path);
  const aside = `${path.slice(0, -"LOCK".length)}${ASIDE}${nonce}`;
  vfs.rename(path, aside);
  const moved = readLock(vfs, aside);
  if (moved !== undefined && moved.nonce !== found?.nonce) {
    vfs.rename(aside, path);
    throw lockedBy(moved, path);
  }
  vfs.remove(aside);
}

function readLock(vfs: Vfs, path: string): LockContent | undefined {
  return judgeLock(vfs.readFile(path), path);
}

/**
 * Undefined for a lock whose writing a power failure cut short. One that is whole, but for a byte
 * that has changed, may be that of a process that lives: it is damage, and nobody's to take.
 */
function judgeLock(bytes: Uint8Array, path: string): LockContent | undefined {
  const content = parseLock(bytes);
  if (content === undefined && bytes.includes(NEWLINE)) {
    throw damaged(path);
  }
  return content;
}

function damaged(path: string): AegisError {
  return new AegisError("CORRUPTION", `${path} is damaged at offset 0: it names no process`, {
    hint: "Make sure that no process has this database open, then delete the file: it holds no data.",
  });
}

/** A lock is as good without its last byte, which may be lost or wrong. */
function parseLock(bytes: Uint8Array): LockContent | undefined {
  for (const line of [bytes, bytes.subarray(0, -1)]) {
    const content = parseCheckedJson(Uint8Array.of(...line, NEWLINE)) as
      Partial<LockContent> | undefined;
    // A line of another control file is whole, and no lock.
    if (content?.holder !== undefined && content.nonce !== undefined) return content as LockContent;
  }
  return undefined;
}

function lockedBy(content: LockContent | undefined, path: string, cause?: unknown): AegisError {
  const holder = content?.holder;
  const who =
    holder === undefined ? "another process" : `process ${holder.pid} on host ${holder.host}`;
  const directory = path.slice(0, path.lastIndexOf("/"));
  return new AegisError("DATABASE_LOCKED", `the database "${directory}" is in use by ${who}`, {
    detail: holder === undefined ? undefined : JSON.stringify(holder),
    hint: "One process owns a database directory. Close it there, or serve it with aegis-server.",
    cause,
  });
}
