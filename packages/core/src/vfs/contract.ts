/**
 * All I/O of the database goes through this contract. Implementations: node-fs (real files),
 * mem-fs (a disk that can lose what was not synced), error-fs (fails on purpose).
 *
 * Rules for every implementation:
 * - Paths use "/" and are taken as given; the database only uses paths under its directory.
 * - A failure throws (or rejects with) an `AegisError`: `NOT_FOUND` for a missing file, `DISK_FULL`
 *   for ENOSPC/EDQUOT, `IO_ERROR` for the rest, with path, operation and the system's code in the
 *   message. Nothing is retried.
 * - A write is complete or it throws; what a failed write left behind is undefined.
 * - After a power cut only what was synced is certain: file contents by `sync` (or by a write to a
 *   file opened with `dataSync`), names (create, rename, remove) by `syncDirectory` of the parent.
 *   Anything else may be there, not be there, or be there in part.
 */
export interface Vfs {
  /** Opens an existing file for reading only. */
  openRead(path: string): ReadFile;
  /**
   * Opens a file for writing. `create` makes a new file and fails with IO_ERROR if it exists;
   * otherwise the file must exist. With `dataSync`, each write is durable (data, and the size
   * where it grew) when it returns (O_DSYNC).
   */
  openWrite(path: string, options: { create: boolean; dataSync?: boolean }): WriteFile;
  /** Whole file; for small files such as CURRENT. */
  readFile(path: string): Uint8Array;
  exists(path: string): boolean;
  /** Names in a directory, sorted. Throws NOT_FOUND if there is no such directory. */
  list(path: string): string[];
  /** Size in bytes. */
  size(path: string): number;
  /** The parent must exist; IO_ERROR if the name does. */
  makeDirectory(path: string): void;
  /** Atomically replaces the file `to`. Durable only after `syncDirectory` of both parents. */
  rename(from: string, to: string): void;
  /** Removes a file, or an empty directory. Files that are open stay readable and writable. */
  remove(path: string): void;
  /** Makes creations, renames and removals in the directory durable; its own name is not. */
  syncDirectory(path: string): void;
}

export interface ReadFile {
  readonly path: string;
  size(): number;
  /** Fills `into` from `offset`; returns the bytes read, fewer only at the end of the file. */
  read(into: Uint8Array, offset: number): number;
  /** Any other call after it throws IO_ERROR; a second close does nothing. */
  close(): void;
}

export interface WriteFile {
  readonly path: string;
  /** Writes all of `data` at `offset`, growing the file; `data` may be reused on return. */
  write(data: Uint8Array, offset: number): void;
  /** As `write`, off the main thread; `data` must stay untouched until it settles. */
  writeAsync(data: Uint8Array, offset: number): Promise<void>;
  read(into: Uint8Array, offset: number): number;
  size(): number;
  truncate(size: number): void;
  /** fdatasync: everything written so far is durable when it returns. */
  sync(): void;
  /** As `sync`, off the main thread, for what was written (and settled) before the call. */
  syncAsync(): Promise<void>;
  /** As for a `ReadFile`; asynchronous calls under way are finished first. */
  close(): void;
}
