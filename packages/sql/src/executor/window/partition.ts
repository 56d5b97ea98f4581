/** How a row of the sorted input differs from the one before it. */
export const SAME_PEERS = 0;
export const NEW_PEERS = 1;
export const NEW_PARTITION = 2;

/**
 * The rows of one partition, by their place in it, and their groups of peers: rows that are equal
 * by the window's order.
 */
export class Partition {
  readonly rows: number;
  /** Number of each row's peer group, from 0. */
  readonly groupOf: Int32Array;
  /** First row of each group, and in the end the number of rows. */
  readonly groupStarts: Int32Array;
  /** Row numbers in the store, by place. */
  readonly order: Int32Array;

  /** `order` and `breaks` are of this partition alone. */
  constructor(order: Int32Array, breaks: Uint8Array) {
    const rows = order.length;
    this.rows = rows;
    this.order = order;
    this.groupOf = new Int32Array(rows);
    const starts = [0];
    for (let row = 1; row < rows; row++) {
      if (breaks[row] !== SAME_PEERS) starts.push(row);
      this.groupOf[row] = starts.length - 1;
    }
    starts.push(rows);
    this.groupStarts = Int32Array.from(starts);
  }

  get groups(): number {
    return this.groupStarts.length - 1;
  }

  peersStart(row: number): number {
    return this.groupStarts[this.groupOf[row]!]!;
  }

  peersEnd(row: number): number {
    return this.groupStarts[this.groupOf[row]! + 1]!;
  }
}
