import { assert } from "../errors.js";
import type { Vfs } from "../vfs/contract.js";
import { SEGMENT_HEADER_BYTES, type SegmentHeader } from "./format.js";
import type { Group } from "./group.js";
import { LogSpace } from "./log-space.js";
import type { SegmentFile } from "./segment-file.js";
import { endOf, type SegmentTable } from "./segment-table.js";

/**
 * Writes groups into segment files and starts new ones. A segment is durable to its last byte
 * before the next one is created, so only the newest segment of a log can have a torn tail.
 */
export class LogWriter {
  /** Where the log has its place on the disk; groups only go where it has. */
  readonly space: LogSpace;
  /** Whether a slice of the file is synced before it is written to for the first time. */
  settle = true;

  readonly #table: SegmentTable;
  #file: SegmentFile;

  /** `capacity` is the size of new segments. */
  constructor(vfs: Vfs, table: SegmentTable, file: SegmentFile, capacity: number) {
    this.space = new LogSpace(vfs, table.directory, capacity, file);
    this.#table = table;
    this.#file = file;
  }

  /** The segment whose file is written to. */
  get segment(): SegmentHeader {
    return this.#file.header;
  }

  /** Whether something was written that no sync has covered. */
  get dirty(): boolean {
    return this.#file.dirty;
  }

  /**
   * Writes what is not written of the group yet; with `through` it is durable on return. The same
   * bytes may be on their way by `writeAsync`: writing them twice does no harm.
   */
  write(group: Group, through: boolean): void {
    while (group.written < group.length) {
      const segment = this.#segmentOf(group);
      if (segment !== this.#file.header) {
        if (this.#file.dirty) this.#file.sync();
        this.#startSegment(segment, group);
      }
      const part = this.#part(group, segment);
      const offset = group.start + group.written - segment.first;
      if (this.settle && this.#file.isUnsettled(offset, part.length)) this.#file.sync();
      this.#file.write(part, offset, through);
      group.written += part.length;
    }
  }

  /** As `write`, off the main thread. Stops when someone else has settled the group meanwhile. */
  async writeAsync(group: Group, through: boolean): Promise<void> {
    while (group.written < group.length) {
      const segment = this.#segmentOf(group);
      if (segment !== this.#file.header) {
        if (this.#file.dirty) await this.#file.syncAsync();
        if (group.settled) return;
        this.#startSegment(segment, group);
      }
      const part = this.#part(group, segment);
      const offset = group.start + group.written - segment.first;
      if (this.settle && this.#file.isUnsettled(offset, part.length)) {
        await this.#file.syncAsync();
        if (group.settled) return;
      }
      await this.#file.writeAsync(part, offset, through);
      if (group.settled) return;
      group.written += part.length;
    }
  }

  sync(): void {
    this.#file.sync();
  }

  async syncAsync(): Promise<void> {
    await this.#file.syncAsync();
  }

  release(): void {
    this.#file.release();
    this.space.release();
  }

  /** The segment of the group's next byte. */
  #segmentOf(group: Group): SegmentHeader {
    const segment = this.#table.at(group.start + group.written);
    assert(segment !== undefined, "a group's segments are in the table");
    return segment;
  }

  /** The group's next bytes, up to the end of the segment. */
  #part(group: Group, segment: SegmentHeader): Uint8Array {
    const room = endOf(segment) - (group.start + group.written);
    const end = Math.min(group.length, group.written + room);
    return group.bytes.subarray(group.written, end);
  }

  #startSegment(segment: SegmentHeader, group: Group): void {
    assert(!this.#file.dirty, "a segment is durable before the next one starts");
    assert(segment.first === group.start + group.written, "a segment starts with its header");
    assert(segment.first === endOf(this.#file.header), "segments follow one another");
    const head = group.bytes.subarray(group.written, group.written + SEGMENT_HEADER_BYTES);
    const file = this.space.take(segment.first).begin(segment, head);
    this.space.begun(file);
    this.#file.release();
    this.#file = file;
  }
}
