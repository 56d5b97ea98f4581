import { assert } from "../errors.js";
import type { ReadFile, WriteFile } from "./contract.js";
import { ioError } from "./io-errors.js";
import type { IoScheduler } from "./io-scheduler.js";
import type { Change, MemFile } from "./mem-file.js";

/** What open files need of their disk. */
export interface MemDisk {
  readonly scheduler: IoScheduler;
  /** Time of the newest change. */
  readonly now: number;
  /** Time of a new change. */
  tick(): number;
  opened(): void;
  closed(): void;
}

abstract class MemOpenFile {
  readonly path: string;
  protected readonly file: MemFile;
  protected readonly disk: MemDisk;
  #open = true;

  constructor(path: string, file: MemFile, disk: MemDisk) {
    this.path = path;
    this.file = file;
    this.disk = disk;
    disk.opened();
  }

  size(): number {
    this.checkOpen("stat");
    return this.file.size;
  }

  read(into: Uint8Array, offset: number): number {
    this.checkOpen("read");
    return this.file.read(into, offset);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.disk.closed();
  }

  protected checkOpen(operation: string): void {
    if (!this.#open) throw ioError(operation, this.path, "EBADF");
  }
}

export class MemReadFile extends MemOpenFile implements ReadFile {}

export class MemWriteFile extends MemOpenFile implements WriteFile {
  readonly #dataSync: boolean;

  constructor(path: string, file: MemFile, disk: MemDisk, dataSync: boolean) {
    super(path, file, disk);
    this.#dataSync = dataSync;
  }

  write(data: Uint8Array, offset: number): void {
    this.checkOpen("write");
    const change = this.file.write(data, offset, this.disk.tick());
    if (change !== undefined && this.#dataSync) this.file.makeChangeDurable(change);
  }

  /** Two steps: the data is on its way to the disk for a while before the promise settles. */
  async writeAsync(data: Uint8Array, offset: number): Promise<void> {
    this.checkOpen("write");
    await this.#step();
    const change = this.file.write(data, offset, this.disk.tick());
    await this.#step();
    if (change === undefined) return;
    assert(sameBytes(change, data), `the buffer of writeAsync to "${this.path}" was changed`);
    if (this.#dataSync) this.file.makeChangeDurable(change);
  }

  truncate(size: number): void {
    this.checkOpen("truncate");
    this.file.truncate(size, this.disk.tick());
  }

  sync(): void {
    this.checkOpen("sync");
    this.file.makeDurable(this.disk.now);
  }

  /** Covers what was written before the call; what comes while it runs may miss it. */
  async syncAsync(): Promise<void> {
    this.checkOpen("sync");
    const covered = this.disk.now;
    await this.#step();
    this.file.makeDurable(covered);
  }

  #step(): Promise<void> {
    return new Promise((resolve) => {
      this.disk.scheduler.schedule(resolve);
    });
  }
}

function sameBytes(change: Change, data: Uint8Array): boolean {
  return change.after.length === data.length && change.after.every((byte, i) => byte === data[i]);
}
