import { RUN_OUTPUT_BYTES } from "../limits.js";
import type { Vfs, WriteFile } from "../vfs/contract.js";

/** Gathers small pieces, so that a run file is written in large sequential writes. */
export class RunOutput {
  /** Bytes appended so far. */
  position = 0;
  readonly path: string;
  readonly #vfs: Vfs;
  readonly #file: WriteFile;
  readonly #buffer = new Uint8Array(RUN_OUTPUT_BYTES);
  #buffered = 0;
  #written = 0;

  readonly #syncBytes: number;
  #synced = 0;

  /** Syncs every `syncBytes` and at the end. */
  constructor(vfs: Vfs, path: string, syncBytes: number) {
    this.#syncBytes = syncBytes;
    this.path = path;
    this.#vfs = vfs;
    this.#file = vfs.openWrite(path, { create: true });
  }

  /** Copies `bytes`. */
  append(bytes: Uint8Array): void {
    this.position += bytes.length;
    if (bytes.length > this.#buffer.length - this.#buffered) {
      this.#flush();
      if (bytes.length >= this.#buffer.length) {
        this.#write(bytes);
        return;
      }
    }
    this.#buffer.set(bytes, this.#buffered);
    this.#buffered += bytes.length;
  }

  #flush(): void {
    if (this.#buffered > 0) this.#write(this.#buffer.subarray(0, this.#buffered));
    this.#buffered = 0;
  }

  #write(bytes: Uint8Array): void {
    this.#file.write(bytes, this.#written);
    this.#written += bytes.length;
    if (this.#written - this.#synced < this.#syncBytes) return;
    this.#file.sync();
    this.#synced = this.#written;
  }

  /** Everything is durable when it returns, the directory's entry aside. */
  finish(): void {
    this.#flush();
    this.#file.sync();
    this.#file.close();
  }

  /** Closes and removes the file. */
  abandon(): void {
    this.#file.close();
    this.#vfs.remove(this.path);
  }
}
