import { assert } from "../errors.js";
import type { ReadFile, Vfs } from "../vfs/contract.js";
import type { LogBytes } from "./frame-window.js";
import type { Group } from "./group.js";
import type { SegmentTable } from "./segment-table.js";

/** The log's bytes in its segment files. */
export class FileBytes implements LogBytes {
  readonly #vfs: Vfs;
  readonly #table: SegmentTable;
  #file: ReadFile | undefined;
  #first = -1;

  constructor(vfs: Vfs, table: SegmentTable) {
    this.#vfs = vfs;
    this.#table = table;
  }

  read(into: Uint8Array, position: number): number {
    const segment = this.#table.at(position);
    assert(segment !== undefined, "a read stays in the log");
    if (this.#file === undefined || this.#first !== segment.first) {
      this.close();
      this.#file = this.#vfs.openRead(this.#table.path(segment));
      this.#first = segment.first;
    }
    return this.#file.read(into, position - segment.first);
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }
}

/** The log's bytes while it is written: what is not in the files yet comes from the groups. */
export class LiveBytes implements LogBytes {
  readonly #files: FileBytes;
  readonly #groups: () => readonly Group[];

  /** `groups` gives the groups that may not be in the files: contiguous, up to the log's end. */
  constructor(files: FileBytes, groups: () => readonly Group[]) {
    this.#files = files;
    this.#groups = groups;
  }

  read(into: Uint8Array, position: number): number {
    const groups = this.#groups();
    const inFiles = Math.min(into.length, (groups[0]?.start ?? Infinity) - position);
    let done = 0;
    if (inFiles > 0) {
      done = this.#files.read(into.subarray(0, inFiles), position);
      if (done < inFiles) return done;
    }
    for (const group of groups) {
      const at = position + done;
      if (done < into.length && at < group.end) done += group.copy(into.subarray(done), at);
    }
    return done;
  }
}
