import { grownCapacity } from "../store/stored-column.js";

/** How a row of the sorted input differs from the one before it. */
export const SAME_PEERS = 0;
export const NEW_PEERS = 1;
export const NEW_PARTITION = 2;

/**
 * The rows of one partition, by their place in it, and their groups of peers: rows that are equal
 * by the window's order. One object serves all partitions, one after the other.
 */
export class Partition {
  rows = 0;
  /** Where the partition begins in the sorted input. */
  start = 0;
  /** How many groups of peers there are. */
  groups = 0;
  /** Number of each row's peer group, from 0. */
  groupOf: Int32Array = new Int32Array(0);
  /** First row of each group, and after the last one the number of rows. */
  groupStarts: Int32Array = new Int32Array(1);
  private order: Int32Array = new Int32Array(0);

  /** Goes on to the rows [start, end) of the sorted input. */
  open(order: Int32Array, breaks: Uint8Array, start: number, end: number): void {
    const rows = end - start;
    if (this.groupOf.length < rows) {
      this.groupOf = new Int32Array(grownCapacity(this.groupOf.length, rows));
      this.groupStarts = new Int32Array(this.groupOf.length + 1);
    }
    const { groupOf, groupStarts } = this;
    let group = 0;
    groupStarts[0] = 0;
    groupOf[0] = 0;
    for (let row = 1; row < rows; row++) {
      if (breaks[start + row] !== SAME_PEERS) groupStarts[++group] = row;
      groupOf[row] = group;
    }
    groupStarts[group + 1] = rows;
    this.order = order;
    this.start = start;
    this.rows = rows;
    this.groups = group + 1;
  }

  /** The row's number in the store. */
  storeRow(row: number): number {
    return this.order[this.start + row]!;
  }

  peersStart(row: number): number {
    return this.groupStarts[this.groupOf[row]!]!;
  }

  peersEnd(row: number): number {
    return this.groupStarts[this.groupOf[row]! + 1]!;
  }
}
