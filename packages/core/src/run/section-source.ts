import { crc32 } from "../base/checksum.js";
import type { ReadFile } from "../vfs/contract.js";
import { corrupt, type Place } from "./corruption.js";

/** The bytes of one section in its file. Offsets count from the section's start. */
export class SectionSource {
  readonly length: number;
  readonly #file: ReadFile;
  readonly #offset: number;

  constructor(file: ReadFile, offset: number, length: number) {
    this.length = length;
    this.#file = file;
    this.#offset = offset;
  }

  place(offset: number): Place {
    return { path: this.#file.path, offset: this.#offset + offset };
  }

  /** Refuses a range outside of the section, before memory for it is allocated. */
  mustHave(offset: number, length: number): void {
    if (offset < 0 || offset + length > this.length) {
      corrupt(this.place(offset), "a part leaves its section");
    }
  }

  /** Fills `into`; that the section ends before is CORRUPTION. */
  read(into: Uint8Array, offset: number): void {
    this.mustHave(offset, into.length);
    if (this.#file.read(into, this.#offset + offset) < into.length) {
      corrupt(this.place(offset), "the file ends too early");
    }
  }

  /** `bytes[start, end)` was read from `offset`; refuses it unless its checksum is `crc`. */
  verify(
    bytes: Uint8Array,
    start: number,
    end: number,
    crc: number,
    offset: number,
    what: string,
  ): void {
    if (crc32(bytes, start, end) !== crc) {
      corrupt(this.place(offset), `the checksum of ${what} is wrong`);
    }
  }
}
