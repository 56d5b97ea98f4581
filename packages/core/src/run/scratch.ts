/** Memory for bytes on their way from the file to the pool. Reading is synchronous, so that one
 * piece of each use serves everybody. */
export class Scratch {
  #buffer = new ArrayBuffer(64 * 1024);

  /** `size` bytes with whatever content, at a multiple of 8; valid until the next call. */
  take(size: number): Uint8Array<ArrayBuffer> {
    if (size <= this.#buffer.byteLength) return new Uint8Array(this.#buffer, 0, size);
    const buffer = new ArrayBuffer(size);
    // A rare giant is not kept.
    if (size <= MAX_KEPT_BYTES) this.#buffer = buffer;
    return new Uint8Array(buffer);
  }
}

const MAX_KEPT_BYTES = 1024 * 1024;
