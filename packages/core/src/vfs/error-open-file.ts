import type { ReadFile, WriteFile } from "./contract.js";
import type { Injector } from "./faults.js";
import { ioError } from "./io-errors.js";

/** Open files of error-fs: every call asks the injector first. */
export class ErrorReadFile implements ReadFile {
  readonly path: string;
  readonly #inner: ReadFile;
  readonly #injector: Injector;

  constructor(inner: ReadFile, injector: Injector) {
    this.path = inner.path;
    this.#inner = inner;
    this.#injector = injector;
  }

  size(): number {
    return this.#injector.run({ kind: "size", path: this.path }, () => this.#inner.size());
  }

  read(into: Uint8Array, offset: number): number {
    const details = { kind: "read" as const, path: this.path, offset, length: into.length };
    return this.#injector.run(details, () => this.#inner.read(into, offset));
  }

  close(): void {
    this.#injector.run({ kind: "close", path: this.path }, () => {
      this.#inner.close();
    });
  }
}

export class ErrorWriteFile implements WriteFile {
  readonly path: string;
  readonly #inner: WriteFile;
  readonly #injector: Injector;

  constructor(inner: WriteFile, injector: Injector) {
    this.path = inner.path;
    this.#inner = inner;
    this.#injector = injector;
  }

  write(data: Uint8Array, offset: number): void {
    const details = { kind: "write" as const, path: this.path, offset, length: data.length };
    this.#injector.run(details, (limit) => {
      const fits = this.#room(data.length, offset);
      this.#inner.write(data.subarray(0, Math.min(limit, fits)), offset);
      if (fits < data.length) throw ioError("write", this.path, "ENOSPC");
    });
  }

  async writeAsync(data: Uint8Array, offset: number): Promise<void> {
    const details = { kind: "writeAsync" as const, path: this.path, offset, length: data.length };
    await this.#injector.runAsync(details, async (limit) => {
      const fits = this.#room(data.length, offset);
      await this.#inner.writeAsync(data.subarray(0, Math.min(limit, fits)), offset);
      if (fits < data.length) throw ioError("write", this.path, "ENOSPC");
    });
  }

  /** How many bytes of a write the disk has room for; only growth takes room. */
  #room(length: number, offset: number): number {
    const growth = Math.max(0, offset + length - this.#inner.size());
    return Math.max(0, length - (growth - this.#injector.reserve(growth)));
  }

  read(into: Uint8Array, offset: number): number {
    const details = { kind: "read" as const, path: this.path, offset, length: into.length };
    return this.#injector.run(details, () => this.#inner.read(into, offset));
  }

  size(): number {
    return this.#injector.run({ kind: "size", path: this.path }, () => this.#inner.size());
  }

  truncate(size: number): void {
    const details = { kind: "truncate" as const, path: this.path, offset: size };
    this.#injector.run(details, () => {
      const growth = size - this.#inner.size();
      if (this.#injector.reserve(growth) < growth) throw ioError("truncate", this.path, "ENOSPC");
      this.#inner.truncate(size);
    });
  }

  sync(): void {
    this.#injector.run({ kind: "sync", path: this.path }, () => {
      this.#inner.sync();
    });
  }

  async syncAsync(): Promise<void> {
    await this.#injector.runAsync({ kind: "syncAsync", path: this.path }, () =>
      this.#inner.syncAsync(),
    );
  }

  close(): void {
    this.#injector.run({ kind: "close", path: this.path }, () => {
      this.#inner.close();
    });
  }
}
