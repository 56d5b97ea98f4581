import { crc32 } from "../../base/checksum.js";
import type { ReadFile, Vfs, WriteFile } from "../../vfs/contract.js";
import { WrappedFile, WrappedFs } from "./wrapped-fs.js";

/**
 * Writes down every call that changes a disk, with a checksum of each byte that is written, so that
 * two runs can be compared byte for byte. What LOCK holds is unlike any other by design: it has its
 * place in the trace, and its content has not.
 */
export class TracingFs extends WrappedFs {
  constructor(
    inner: Vfs,
    private readonly trace: string[],
  ) {
    super(inner);
  }

  override openRead(path: string): ReadFile {
    this.trace.push(`read ${path}`);
    return super.openRead(path);
  }

  override openWrite(path: string, options: { create: boolean; dataSync?: boolean }): WriteFile {
    this.trace.push(`open ${path} ${JSON.stringify(options)}`);
    return new TracingFile(super.openWrite(path, options), this.trace);
  }

  override makeDirectory(path: string): void {
    this.trace.push(`make ${path}`);
    super.makeDirectory(path);
  }

  override rename(from: string, to: string): void {
    this.trace.push(`rename ${from} to ${to}`);
    super.rename(from, to);
  }

  override remove(path: string): void {
    this.trace.push(`remove ${path}`);
    super.remove(path);
  }

  override syncDirectory(path: string): void {
    this.trace.push(`sync ${path}`);
    super.syncDirectory(path);
  }
}

class TracingFile extends WrappedFile {
  constructor(
    inner: WriteFile,
    private readonly trace: string[],
  ) {
    super(inner);
  }

  override write(data: Uint8Array, offset: number): void {
    this.note("write", data, offset);
    super.write(data, offset);
  }

  override writeAsync(data: Uint8Array, offset: number): Promise<void> {
    this.note("writeAsync", data, offset);
    return super.writeAsync(data, offset);
  }

  override truncate(size: number): void {
    this.trace.push(`truncate ${this.path} to ${size}`);
    super.truncate(size);
  }

  override sync(): void {
    this.trace.push(`sync ${this.path}`);
    super.sync();
  }

  override syncAsync(): Promise<void> {
    this.trace.push(`syncAsync ${this.path}`);
    return super.syncAsync();
  }

  private note(call: string, data: Uint8Array, offset: number): void {
    const content = this.path.includes("LOCK") ? "" : `, crc ${crc32(data)}`;
    this.trace.push(`${call} ${this.path} at ${offset}, ${data.length} bytes${content}`);
  }
}
