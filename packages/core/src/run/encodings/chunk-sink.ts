/**
 * Grows as a chunk is encoded into it, in 32-bit little-endian words. One sink is reused for every
 * chunk of a writer; what it holds is valid until `clear`.
 */
export class ChunkSink {
  words: Uint32Array<ArrayBuffer> = new Uint32Array(1024);
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(this.words.buffer);
  /** Words in use. */
  length = 0;

  clear(): void {
    this.length = 0;
  }

  /** Makes room for `count` more words and returns the index of the first; they hold anything. */
  take(count: number): number {
    const at = this.length;
    this.length = at + count;
    if (this.length > this.words.length) this.#grow(this.length);
    return at;
  }

  word(value: number): void {
    const at = this.take(1);
    this.words[at] = value;
  }

  /** Appends bytes and fills the last word with zeros. */
  blob(source: Uint8Array, start: number, end: number): void {
    const size = end - start;
    const at = this.take((size + 3) >>> 2);
    if ((size & 3) !== 0) this.words[this.length - 1] = 0;
    this.bytes.set(source.subarray(start, end), at * 4);
  }

  /** The encoded chunk; valid until the next change. */
  payload(): Uint8Array {
    return this.bytes.subarray(0, this.length * 4);
  }

  #grow(needed: number): void {
    const words = new Uint32Array(Math.max(needed, this.words.length * 2));
    words.set(this.words);
    this.words = words;
    this.bytes = new Uint8Array(words.buffer);
  }
}
