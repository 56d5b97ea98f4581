import type { StoredPayload } from "./compression.js";

/** A payload of which frames are loaded as their words are needed. */
export class LazyFrames {
  readonly #source: StoredPayload;
  readonly #payload: Uint8Array;
  readonly #loaded: Uint8Array;

  constructor(source: StoredPayload, payload: Uint8Array) {
    this.#source = source;
    this.#payload = payload;
    this.#loaded = new Uint8Array(source.frames);
  }

  /** Loads the frames of words [start, end); those beyond the payload are nobody's. */
  need(start: number, end: number): void {
    const shift = this.#source.frameBits - 2;
    const last = Math.min((end - 1) >>> shift, this.#loaded.length - 1);
    for (let frame = start >>> shift; frame <= last; frame++) {
      if (this.#loaded[frame] === 1) continue;
      this.#source.loadFrame(frame, this.#payload);
      this.#loaded[frame] = 1;
    }
  }
}
