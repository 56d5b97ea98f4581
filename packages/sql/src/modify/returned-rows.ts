import type { RowFunction } from "../executor/expression/index.js";
import { BATCH_ROWS } from "../executor/limits.js";
import type { ExecutionContext, RowBatch } from "../executor/operator.js";
import type { Datum } from "../types/datum.js";

/** Rows of RETURNING, kept until the whole statement is carried out. */
export class ReturnedRows {
  readonly #exprs: readonly RowFunction[];
  readonly #context: ExecutionContext;
  readonly #batches: Datum[][][] = [];
  #room = 0;
  #given = 0;

  constructor(exprs: readonly RowFunction[], context: ExecutionContext) {
    this.#exprs = exprs;
    this.#context = context;
  }

  get width(): number {
    return this.#exprs.length;
  }

  add(row: readonly Datum[]): void {
    if (this.#room === 0) {
      this.#batches.push(this.#exprs.map(() => []));
      this.#room = BATCH_ROWS;
    }
    this.#room--;
    const columns = this.#batches.at(-1)!;
    for (let i = 0; i < columns.length; i++) {
      columns[i]!.push(this.#exprs[i]!(row, this.#context));
    }
  }

  /** The next rows, or null when all were given. */
  take(): RowBatch | null {
    const columns = this.#batches[this.#given];
    if (columns === undefined) return null;
    this.#batches[this.#given++] = [];
    const last = this.#given === this.#batches.length;
    const length = last ? BATCH_ROWS - this.#room : BATCH_ROWS;
    return { length, columns, selection: null, selected: length };
  }
}
