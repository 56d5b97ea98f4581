import type { Value } from "@aegisdb/sql/contract";
import type { ByteSink } from "../base/bytes.js";
import type { BlockView } from "../run/contract.js";
import type { RowView } from "./row-view.js";

/** One row of a section; set it to the next row and use it again. */
export class SectionRow implements RowView {
  private block: BlockView | null = null;
  private place = 0;

  set(block: BlockView, place: number): this {
    this.block = block;
    this.place = place;
    return this;
  }

  isNull(column: number): boolean {
    return this.block!.isNull(column, this.place);
  }

  number(column: number): number | bigint {
    return this.block!.number(column, this.place);
  }

  boolean(column: number): boolean {
    return this.block!.boolean(column, this.place);
  }

  text(column: number): string {
    return this.block!.text(column, this.place);
  }

  bytes(column: number): Uint8Array {
    return this.block!.bytes(column, this.place);
  }

  copyBytes(column: number, to: ByteSink): void {
    this.block!.copyBytes(column, this.place, to);
  }

  json(column: number): unknown {
    return this.block!.json(column, this.place);
  }

  value(column: number): Value {
    return this.block!.value(column, this.place);
  }
}
