import type { ExecutionContext } from "../executor/operator.js";

/** Rows between two looks at what a result takes. */
const ROWS_A_LOOK = 1024;
/** What a row and each of its values are taken to need, beside the texts. */
const BYTES_A_ROW = 40;
const BYTES_A_VALUE = 8;
const BYTES_AN_OBJECT = 64;

/** Counts the rows of a result as memory of its statement, by one row of each look. */
export class ResultMemory {
  readonly #context: ExecutionContext;
  #counted = 0;

  constructor(context: ExecutionContext) {
    this.#context = context;
  }

  /** After rows were added; throws OUT_OF_MEMORY. */
  look(rows: readonly unknown[]): void {
    const added = rows.length - this.#counted;
    if (added < ROWS_A_LOOK) return;
    this.#counted = rows.length;
    this.#context.memory.reserve(added * rowBytes(rows.at(-1) as object));
  }
}

function rowBytes(row: object): number {
  let bytes = BYTES_A_ROW;
  for (const value of Object.values(row) as unknown[]) {
    bytes += BYTES_A_VALUE;
    if (typeof value === "string") bytes += value.length;
    else if (typeof value === "object" && value !== null) bytes += BYTES_AN_OBJECT;
  }
  return bytes;
}
