import type { WindowFrame } from "../../binder/expr.js";
import type { WindowPartition } from "../../functions/registry.js";
import type { Datum } from "../../types/datum.js";
import type { DatumReader } from "../column.js";
import type { Frame } from "./frame.js";
import type { Partition } from "./partition.js";

/** A partition as one call sees it: with its arguments and its frame. */
export class CallRows implements WindowPartition {
  readonly rows: number;
  readonly partition: Partition;
  private readonly frame: Frame;
  private readonly exclude: WindowFrame["exclude"];
  private readonly readers: readonly DatumReader[];

  constructor(
    partition: Partition,
    frame: Frame,
    exclude: WindowFrame["exclude"],
    readers: readonly DatumReader[],
  ) {
    this.rows = partition.rows;
    this.partition = partition;
    this.frame = frame;
    this.exclude = exclude;
    this.readers = readers;
  }

  args(row: number): readonly Datum[] {
    const { readers } = this;
    const at = this.partition.storeRow(row);
    const args = new Array<Datum>(readers.length);
    for (let i = 0; i < readers.length; i++) args[i] = readers[i]!(at);
    return args;
  }

  peersStart(row: number): number {
    return this.partition.peersStart(row);
  }

  peersEnd(row: number): number {
    return this.partition.peersEnd(row);
  }

  peerGroup(row: number): number {
    return this.partition.groupOf[row]!;
  }

  frameStart(row: number): number {
    return this.frame.start(row);
  }

  frameEnd(row: number): number {
    return this.frame.end(row);
  }

  inFrame(row: number, candidate: number): boolean {
    if (candidate < this.frame.start(row) || candidate >= this.frame.end(row)) return false;
    return !this.isExcluded(row, candidate);
  }

  isExcluded(row: number, candidate: number): boolean {
    const { groupOf } = this.partition;
    switch (this.exclude) {
      case "none":
        return false;
      case "currentRow":
        return candidate === row;
      case "group":
        return groupOf[candidate] === groupOf[row];
      case "ties":
        return candidate !== row && groupOf[candidate] === groupOf[row];
    }
  }
}
