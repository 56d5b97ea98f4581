import * as fs from "node:fs";
import type { ReadFile, Vfs, WriteFile } from "./contract.js";
import { ioError, wrapSystemError } from "./io-errors.js";

/** Real files through node:fs. */

/** One system call moves at most this much; Linux stops a little below 2 GiB. */
const MAX_TRANSFER_BYTES = 1024 * 1024 * 1024;

const { O_CREAT, O_EXCL, O_RDONLY, O_RDWR } = fs.constants;
/**
 * Windows has no O_DSYNC, and on macOS it stops at the drive's cache, which fdatasync (F_FULLFSYNC
 * there) does not. On both, every write to such a file is followed by a sync instead.
 */
const HAS_DSYNC = process.platform === "linux";
/** Windows cannot open a directory; NTFS journals names by itself. */
const SYNCS_DIRECTORIES = process.platform !== "win32";

function attempt<T>(operation: string, path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw wrapSystemError(operation, path, error);
  }
}

export class NodeFs implements Vfs {
  openRead(path: string): ReadFile {
    const fd = attempt("open", path, () => fs.openSync(path, O_RDONLY));
    return new NodeReadFile(path, fd);
  }

  openWrite(path: string, options: { create: boolean; dataSync?: boolean }): WriteFile {
    const dataSync = options.dataSync === true;
    let flags = O_RDWR;
    if (options.create) flags |= O_CREAT | O_EXCL;
    if (dataSync && HAS_DSYNC) flags |= fs.constants.O_DSYNC;
    const fd = attempt(options.create ? "create" : "open", path, () => fs.openSync(path, flags));
    return new NodeWriteFile(path, fd, dataSync && !HAS_DSYNC);
  }

  readFile(path: string): Uint8Array {
    return attempt("read", path, () => fs.readFileSync(path));
  }

  exists(path: string): boolean {
    return attempt("stat", path, () => fs.statSync(path, { throwIfNoEntry: false }) !== undefined);
  }

  list(path: string): string[] {
    return attempt("list", path, () => fs.readdirSync(path)).sort();
  }

  size(path: string): number {
    return attempt("stat", path, () => fs.statSync(path).size);
  }

  makeDirectory(path: string): void {
    attempt("make directory", path, () => {
      fs.mkdirSync(path);
    });
  }

  rename(from: string, to: string): void {
    attempt("rename", from, () => {
      fs.renameSync(from, to);
    });
  }

  remove(path: string): void {
    attempt("remove", path, () => {
      if (fs.lstatSync(path).isDirectory()) fs.rmdirSync(path);
      else fs.unlinkSync(path);
    });
  }

  syncDirectory(path: string): void {
    if (!SYNCS_DIRECTORIES) return;
    attempt("sync directory", path, () => {
      const fd = fs.openSync(path, O_RDONLY);
      try {
        fs.fsyncSync(fd);
      } finally {
        fs.closeSync(fd);
      }
    });
  }
}

/** Fills `into` from `offset`; fewer bytes only at the end of the file. */
function readFully(fd: number, into: Uint8Array, offset: number): number {
  let done = 0;
  while (done < into.length) {
    const length = Math.min(into.length - done, MAX_TRANSFER_BYTES);
    const got = fs.readSync(fd, into, done, length, offset + done);
    if (got === 0) break;
    done += got;
  }
  return done;
}

class NodeReadFile implements ReadFile {
  readonly path: string;
  readonly #fd: number;
  #open = true;

  constructor(path: string, fd: number) {
    this.path = path;
    this.#fd = fd;
  }

  size(): number {
    return attempt("stat", this.path, () => fs.fstatSync(this.#descriptor("stat")).size);
  }

  read(into: Uint8Array, offset: number): number {
    const fd = this.#descriptor("read");
    return attempt("read", this.path, () => readFully(fd, into, offset));
  }

  /** A closed descriptor's number may already belong to another file. */
  #descriptor(operation: string): number {
    if (!this.#open) throw ioError(operation, this.path, "EBADF");
    return this.#fd;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    attempt("close", this.path, () => {
      fs.closeSync(this.#fd);
    });
  }
}

class NodeWriteFile implements WriteFile {
  readonly path: string;
  readonly #fd: number;
  /** Whether each write must be followed by a sync to be what `dataSync` promises. */
  readonly #syncEachWrite: boolean;
  #open = true;
  /** Asynchronous calls under way; the descriptor stays open until they are done. */
  #inFlight = 0;

  constructor(path: string, fd: number, syncEachWrite: boolean) {
    this.path = path;
    this.#fd = fd;
    this.#syncEachWrite = syncEachWrite;
  }

  write(data: Uint8Array, offset: number): void {
    const fd = this.#descriptor("write");
    try {
      let done = 0;
      while (done < data.length) {
        const length = Math.min(data.length - done, MAX_TRANSFER_BYTES);
        done += fs.writeSync(fd, data, done, length, offset + done);
      }
      if (this.#syncEachWrite) fs.fdatasyncSync(fd);
    } catch (error) {
      throw wrapSystemError("write", this.path, error);
    }
  }

  async writeAsync(data: Uint8Array, offset: number): Promise<void> {
    const fd = this.#descriptor("write");
    this.#inFlight++;
    try {
      let done = 0;
      while (done < data.length) done += await this.#writeSome(fd, data, done, offset);
      if (this.#syncEachWrite) await this.#fdatasync(fd);
    } finally {
      this.#inFlight--;
      if (!this.#open) this.#closeWhenIdle();
    }
  }

  #writeSome(fd: number, data: Uint8Array, done: number, offset: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const length = Math.min(data.length - done, MAX_TRANSFER_BYTES);
      fs.write(fd, data, done, length, offset + done, (error, written) => {
        if (error === null) resolve(written);
        else reject(wrapSystemError("write", this.path, error));
      });
    });
  }

  read(into: Uint8Array, offset: number): number {
    const fd = this.#descriptor("read");
    return attempt("read", this.path, () => readFully(fd, into, offset));
  }

  size(): number {
    const fd = this.#descriptor("stat");
    return attempt("stat", this.path, () => fs.fstatSync(fd).size);
  }

  truncate(size: number): void {
    const fd = this.#descriptor("truncate");
    attempt("truncate", this.path, () => {
      fs.ftruncateSync(fd, size);
    });
  }

  sync(): void {
    const fd = this.#descriptor("sync");
    attempt("sync", this.path, () => {
      fs.fdatasyncSync(fd);
    });
  }

  async syncAsync(): Promise<void> {
    const fd = this.#descriptor("sync");
    this.#inFlight++;
    try {
      await this.#fdatasync(fd);
    } finally {
      this.#inFlight--;
      if (!this.#open) this.#closeWhenIdle();
    }
  }

  #fdatasync(fd: number): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.fdatasync(fd, (error) => {
        if (error === null) resolve();
        else reject(wrapSystemError("sync", this.path, error));
      });
    });
  }

  #descriptor(operation: string): number {
    if (!this.#open) throw ioError(operation, this.path, "EBADF");
    return this.#fd;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#closeWhenIdle();
  }

  #closeWhenIdle(): void {
    if (this.#inFlight > 0) return;
    attempt("close", this.path, () => {
      fs.closeSync(this.#fd);
    });
  }
}
