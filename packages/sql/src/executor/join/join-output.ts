import type { ColumnDef } from "../../binder/expr.js";
import { fullBatch } from "../batches.js";
import type { Column, RowBatch } from "../operator.js";
import { RowGather } from "../store/gather.js";

/** Where an output column of a join comes from. */
export interface JoinColumn {
  readonly side: "left" | "right";
  /** Position in the left batch, or in the right side's store. */
  readonly position: number;
}

/** `right` are the columns of the right side as they are stored. */
export function joinColumns(
  output: readonly ColumnDef[],
  left: readonly ColumnDef[],
  right: readonly ColumnDef[],
): JoinColumn[] {
  return output.map(({ id }): JoinColumn => {
    const position = left.findIndex((column) => column.id === id);
    if (position >= 0) return { side: "left", position };
    return { side: "right", position: right.findIndex((column) => column.id === id) };
  });
}

/** Puts rows of both sides together into batches. */
export class JoinAssembler {
  private readonly output: readonly JoinColumn[];
  private readonly left: readonly number[];
  private readonly right: readonly number[];
  private readonly leftGather: RowGather;
  private readonly rightGather: RowGather;

  constructor(output: readonly JoinColumn[]) {
    this.output = output;
    const positions = (side: JoinColumn["side"]): number[] =>
      output.filter((column) => column.side === side).map((column) => column.position);
    this.left = positions("left");
    this.right = positions("right");
    this.leftGather = new RowGather(this.left.length);
    this.rightGather = new RowGather(this.right.length);
  }

  /** Pairs rows of both sides; NULL_ROW stands for a missing one. */
  pairs(
    left: readonly Column[],
    leftRows: Int32Array,
    right: readonly Column[],
    rightRows: Int32Array,
    count: number,
    mayMiss: boolean,
  ): RowBatch {
    const leftColumns = pick(left, this.left);
    const rightColumns = pick(right, this.right);
    return fullBatch(
      count,
      this.merged(
        this.leftGather.gather(leftColumns, leftRows, count, false),
        this.rightGather.gather(rightColumns, rightRows, count, mayMiss),
      ),
    );
  }

  /** Left rows as they are, each with the right row at its own place in `rightRows`. */
  beside(
    batch: RowBatch,
    right: readonly Column[],
    rightRows: Int32Array,
    mayMiss: boolean,
  ): Column[] {
    const rightColumns = pick(right, this.right);
    return this.merged(
      pick(batch.columns, this.left),
      this.rightGather.gather(rightColumns, rightRows, batch.length, mayMiss),
    );
  }

  /** Rows of the right side that no left row matched. */
  unmatchedRight(right: readonly Column[], rows: Int32Array, count: number): RowBatch {
    const rightColumns = pick(right, this.right);
    const nothing = new Array<null>(count).fill(null);
    const left = this.left.map(() => nothing);
    return fullBatch(
      count,
      this.merged(left, this.rightGather.gather(rightColumns, rows, count, false)),
    );
  }

  private merged(left: readonly Column[], right: readonly Column[]): Column[] {
    let nextLeft = 0;
    let nextRight = 0;
    return this.output.map(({ side }) =>
      side === "left" ? left[nextLeft++]! : right[nextRight++]!,
    );
  }
}

function pick(columns: readonly Column[], positions: readonly number[]): Column[] {
  return positions.map((position) => columns[position]!);
}
