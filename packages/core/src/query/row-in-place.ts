import type { RowInPlace, Value } from "@aegisdb/sql";
import type { RowCells } from "../tree/row-batch.js";
import type { RowView } from "../tree/row-view.js";

/** A row of a tree by the columns of its table; set it to the next row and use it again. */
export class MappedRow implements RowInPlace {
  private view: RowView | null = null;
  private readonly layoutOf: readonly number[];

  /** `layoutOf` is the tree's column of each table column. */
  constructor(layoutOf: readonly number[]) {
    this.layoutOf = layoutOf;
  }

  set(view: RowView): this {
    this.view = view;
    return this;
  }

  isNull(column: number): boolean {
    return this.view!.isNull(this.layoutOf[column]!);
  }

  number(column: number): number | bigint {
    return this.view!.number(this.layoutOf[column]!);
  }

  boolean(column: number): boolean {
    return this.view!.boolean(this.layoutOf[column]!);
  }

  text(column: number): string {
    return this.view!.text(this.layoutOf[column]!);
  }

  value(column: number): Value {
    return this.view!.value(this.layoutOf[column]!);
  }
}

/** The same of a row that was taken with others. */
export class TakenRow implements RowInPlace {
  private cells: RowCells | null = null;
  private row = 0;
  private readonly layoutOf: readonly number[];

  constructor(layoutOf: readonly number[]) {
    this.layoutOf = layoutOf;
  }

  set(cells: RowCells, row: number): this {
    this.cells = cells;
    this.row = row;
    return this;
  }

  isNull(column: number): boolean {
    return this.cells!.isNull(this.layoutOf[column]!, this.row);
  }

  number(column: number): number | bigint {
    return this.cells!.number(this.layoutOf[column]!, this.row);
  }

  boolean(column: number): boolean {
    return this.cells!.boolean(this.layoutOf[column]!, this.row);
  }

  text(column: number): string {
    return this.cells!.text(this.layoutOf[column]!, this.row);
  }

  value(column: number): Value {
    return this.cells!.value(this.layoutOf[column]!, this.row);
  }
}
