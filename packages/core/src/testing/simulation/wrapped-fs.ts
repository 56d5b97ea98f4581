import type { ReadFile, Vfs, WriteFile } from "../../vfs/contract.js";

/** Passes everything on; what a test wants otherwise it overrides. */
export class WrappedFs implements Vfs {
  constructor(protected readonly inner: Vfs) {}

  openRead(path: string): ReadFile {
    return this.inner.openRead(path);
  }

  openWrite(path: string, options: { create: boolean; dataSync?: boolean }): WriteFile {
    return this.inner.openWrite(path, options);
  }

  readFile(path: string): Uint8Array {
    return this.inner.readFile(path);
  }

  exists(path: string): boolean {
    return this.inner.exists(path);
  }

  list(path: string): string[] {
    return this.inner.list(path);
  }

  size(path: string): number {
    return this.inner.size(path);
  }

  makeDirectory(path: string): void {
    this.inner.makeDirectory(path);
  }

  rename(from: string, to: string): void {
    this.inner.rename(from, to);
  }

  remove(path: string): void {
    this.inner.remove(path);
  }

  syncDirectory(path: string): void {
    this.inner.syncDirectory(path);
  }
}

/** The same for a file opened for writing. */
export class WrappedFile implements WriteFile {
  readonly path: string;

  constructor(protected readonly inner: WriteFile) {
    this.path = inner.path;
  }

  write(data: Uint8Array, offset: number): void {
    this.inner.write(data, offset);
  }

  writeAsync(data: Uint8Array, offset: number): Promise<void> {
    return this.inner.writeAsync(data, offset);
  }

  read(into: Uint8Array, offset: number): number {
    return this.inner.read(into, offset);
  }

  size(): number {
    return this.inner.size();
  }

  truncate(size: number): void {
    this.inner.truncate(size);
  }

  sync(): void {
    this.inner.sync();
  }

  syncAsync(): Promise<void> {
    return this.inner.syncAsync();
  }

  close(): void {
    this.inner.close();
  }
}
