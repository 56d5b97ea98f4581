import { crc32 } from "../../base/checksum.js";
import type { ReadFile, Vfs, WriteFile } from "../../vfs/contract.js";
import { WrappedFile, WrappedFs } from "./wrapped-fs.js";

/**
 * Writes down every call that changes a disk, with a checksum of each byte that is written, so that
 * two runs can be compared byte for byte. The nonce of a lock is unlike any other by design: what is
 * done to LOCK has its place in the trace, and the nonce has not.
 */
export class TracingFs extends WrappedFs {
  constructor(
    inner: Vfs,
    private readonly trace: string[],
  ) {
    super(inner);
  }

  override openRead(path: string): ReadFile {
    note(this.trace, `read ${path}`);
    return super.openRead(path);
  }

  override openWrite(path: string, options: { create: boolean; dataSync?: boolean }): WriteFile {
    note(this.trace, `open ${path} ${JSON.stringify(options)}`);
    return new TracingFile(super.openWrite(path, options), this.trace);
  }

  override makeDirectory(path: string): void {
    note(this.trace, `make ${path}`);
    super.makeDirectory(path);
  }

  override rename(from: string, to: string): void {
    note(this.trace, `rename ${from} to ${to}`);
    super.rename(from, to);
  }

  override remove(path: string): void {
    note(this.trace, `remove ${path}`);
    super.remove(path);
  }

  override syncDirectory(path: string): void {
    note(this.trace, `sync ${path}`);
    super.syncDirectory(path);
  }
}

function note(trace: string[], line: string): void {
  trace.push(line.replaceAll(/(LOCK[^ ]*-)[0-9a-f]{32}/g, "$1nonce"));
}

class TracingFile extends WrappedFile {
  constructor(
    inner: WriteFile,
    private readonly trace: string[],
  ) {
    super(inner);
  }

  override write(data: Uint8Array, offset: number): void {
    this.written("write", data, offset);
    super.write(data, offset);
  }

  override writeAsync(data: Uint8Array, offset: number): Promise<void> {
    this.written("writeAsync", data, offset);
    return super.writeAsync(data, offset);
  }

  override truncate(size: number): void {
    note(this.trace, `truncate ${this.path} to ${size}`);
    super.truncate(size);
  }

  override sync(): void {
    note(this.trace, `sync ${this.path}`);
    super.sync();
  }

  override syncAsync(): Promise<void> {
    note(this.trace, `syncAsync ${this.path}`);
    return super.syncAsync();
  }

  private written(call: string, data: Uint8Array, offset: number): void {
    const content = this.path.includes("LOCK") ? "" : `, crc ${crc32(data)}`;
    note(this.trace, `${call} ${this.path} at ${offset}, ${data.length} bytes${content}`);
  }
}
