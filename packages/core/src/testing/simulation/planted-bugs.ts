import type { Vfs, WriteFile } from "../../vfs/contract.js";
import { WrappedFile, WrappedFs } from "./wrapped-fs.js";

/** Which syncs a planted bug leaves out. */
export interface PlantedBug {
  /** Files whose path holds this text. */
  readonly files?: RegExp;
  /** Directories with exactly this path. */
  readonly directory?: string;
  /** Leaves out every nth of them only. */
  readonly every: number;
}

/** A file system on which a program that forgets some syncs would run. */
export function plant(bug: PlantedBug): (vfs: Vfs) => Vfs {
  return (vfs) => new ForgetfulFs(vfs, bug);
}

class ForgetfulFs extends WrappedFs {
  private seen = 0;

  constructor(
    inner: Vfs,
    private readonly bug: PlantedBug,
  ) {
    super(inner);
  }

  override openWrite(path: string, options: { create: boolean; dataSync?: boolean }): WriteFile {
    if (this.bug.files?.test(path) !== true) return super.openWrite(path, options);
    const dataSync = options.dataSync === true;
    const file = super.openWrite(path, { create: options.create });
    return new ForgetfulFile(file, dataSync, () => this.forgets());
  }

  override syncDirectory(path: string): void {
    if (path !== this.bug.directory || !this.forgets()) super.syncDirectory(path);
  }

  private forgets(): boolean {
    return ++this.seen % this.bug.every === 0;
  }
}

class ForgetfulFile extends WrappedFile {
  constructor(
    inner: WriteFile,
    private readonly dataSync: boolean,
    private readonly forgets: () => boolean,
  ) {
    super(inner);
  }

  override write(data: Uint8Array, offset: number): void {
    super.write(data, offset);
    if (this.dataSync) this.sync();
  }

  override async writeAsync(data: Uint8Array, offset: number): Promise<void> {
    await super.writeAsync(data, offset);
    if (this.dataSync) await this.syncAsync();
  }

  override sync(): void {
    if (!this.forgets()) super.sync();
  }

  override async syncAsync(): Promise<void> {
    if (!this.forgets()) await super.syncAsync();
  }
}
