import { randomSeed } from "../base/prng.js";

const FIRST_BYTES = 1024;
/** Different in every process, so that nobody can prepare keys that all collide. */
const FIRST_HASH: number = randomSeed() | 0;

/**
 * A key that is looked for: its units laid out as in `RowKeys`, so that they are compared a word at a
 * time, and their hash. One object serves all look-ups, which are over before the next one begins.
 */
export class SoughtKey {
  hash = 0;
  /** units << 1 | wide */
  length = 0;
  /** The units, with zeros up to the next whole word. */
  words: Int32Array = new Int32Array(FIRST_BYTES / 4);
  wordCount = 0;
  private bytes = new Uint8Array(this.words.buffer);

  /** The key is `prefix + rest`; no such string is made. */
  set(prefix: string, rest: string): void {
    const units = prefix.length + rest.length;
    if (2 * units + 4 > this.bytes.length) this.grow(4 * units + 4);
    const { bytes } = this;
    let hash = FIRST_HASH;
    let all = 0;
    let at = 0;
    // FNV-1a over UTF-16 units.
    for (let i = 0; i < prefix.length; i++) {
      const unit = prefix.charCodeAt(i);
      hash = Math.imul(hash ^ unit, 0x0100_0193);
      bytes[at++] = unit;
      all |= unit;
    }
    for (let i = 0; i < rest.length; i++) {
      const unit = rest.charCodeAt(i);
      hash = Math.imul(hash ^ unit, 0x0100_0193);
      bytes[at++] = unit;
      all |= unit;
    }
    const wide = all > 0xff;
    if (wide) at = this.setWide(prefix + rest);
    this.length = (units << 1) | (wide ? 1 : 0);
    this.hash = mixed(hash);
    this.wordCount = (at + 3) >>> 2;
    bytes[at] = 0;
    bytes[at + 1] = 0;
    bytes[at + 2] = 0;
  }

  private setWide(key: string): number {
    const { bytes } = this;
    let at = 0;
    for (let i = 0; i < key.length; i++) {
      const unit = key.charCodeAt(i);
      bytes[at++] = unit;
      bytes[at++] = unit >>> 8;
    }
    return at;
  }

  private grow(bytes: number): void {
    this.words = new Int32Array((bytes + 3) >>> 2);
    this.bytes = new Uint8Array(this.words.buffer);
  }
}

/** Spreads the hash, whose lower bits alone would choose the slot. */
function mixed(hash: number): number {
  const h = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  return h ^ (h >>> 13);
}
