import { AegisError } from "../contract/index.js";
import type { ExecutionContext } from "../executor/operator.js";

/** Rows between two looks at what a result takes, where no limit is its own. */
const ROWS_A_LOOK = 1024;
/** What a value is taken to need beside its text, and a row, array or object beside its values. */
const BYTES_A_VALUE = 8;
const BYTES_AN_OBJECT = 40;

/**
 * Counts the rows of a result, while they are produced, as memory of its statement: by one row of
 * each look, or by every row where the result has a limit of its own.
 */
export class ResultMemory {
  readonly #context: ExecutionContext;
  readonly #maxBytes: number | undefined;
  #counted = 0;
  #bytes = 0;

  constructor(context: ExecutionContext, maxBytes: number | undefined) {
    this.#context = context;
    this.#maxBytes = maxBytes;
  }

  /** After rows were added; throws OUT_OF_MEMORY, or RESULT_TOO_LARGE past the result's own limit. */
  look(rows: readonly unknown[]): void {
    const added = rows.length - this.#counted;
    if (this.#maxBytes === undefined && added < ROWS_A_LOOK) return;
    const bytes =
      this.#maxBytes === undefined
        ? added * rowBytes(rows.at(-1) as object)
        : exactBytes(rows, this.#counted);
    this.#counted = rows.length;
    this.#bytes += bytes;
    if (this.#bytes > (this.#maxBytes ?? Infinity)) throw tooLarge(this.#maxBytes!);
    this.#context.memory.reserve(bytes);
  }
}

function exactBytes(rows: readonly unknown[], from: number): number {
  let bytes = 0;
  for (let i = from; i < rows.length; i++) bytes += rowBytes(rows[i] as object);
  return bytes;
}

/** About what a row takes; the names of its columns are those of every row. */
function rowBytes(row: object): number {
  let bytes = BYTES_AN_OBJECT;
  for (const value of Object.values(row)) bytes += valueBytes(value);
  return bytes;
}

function valueBytes(value: unknown): number {
  if (typeof value === "string") return BYTES_A_VALUE + value.length;
  if (typeof value !== "object" || value === null) return BYTES_A_VALUE;
  if (value instanceof Uint8Array) return BYTES_AN_OBJECT + value.length;
  let bytes = BYTES_AN_OBJECT;
  for (const [name, item] of Object.entries(value)) bytes += name.length + valueBytes(item);
  return bytes;
}

function tooLarge(maxBytes: number): AegisError {
  return new AegisError("RESULT_TOO_LARGE", "the result is larger than it may be", {
    detail: `The limit is ${maxBytes} bytes of rows.`,
    hint: "Select fewer rows or columns, or ask for them in parts with LIMIT and OFFSET.",
  });
}
