import {
  PENDING,
  type ExecutionContext,
  type Operator,
  type RowBatch,
} from "../executor/operator.js";
import { assert } from "../contract/errors.js";
import type { Sink } from "../contract/source.js";
import { applyDeferred, deferWrites, RecordingSink, type RowSink } from "./deferred-writes.js";
import type { ReturnedRows } from "./returned-rows.js";

/** Rows written between two looks at deadline and signal. */
const ROWS_A_STEP = 2048;
/** What a row that waits to be written, or to be returned, is taken to need. */
const BYTES_A_ROW = 64;
const BYTES_A_VALUE = 16;

/** The input of a write, and who keeps its rows. */
export interface WriteInput {
  readonly from: Operator;
  /** Keeps the rows of a batch, which is valid during the call only. */
  readonly into: { add(batch: RowBatch): void };
}

/** What an INSERT, UPDATE or DELETE does with the rows of its input. */
export interface Writer {
  /** How many rows are kept. */
  readonly kept: number;
  readonly sink: RowSink;
  /** Writes one of the rows kept; whether it counts as affected. */
  write(row: number): boolean;
  /** The checks and actions that wait for the end of the statement. */
  finish(): void;
  readonly returned: ReturnedRows | undefined;
}

export function sinkOf({ sink }: ExecutionContext): Sink {
  assert(sink !== undefined, "a writing statement has a sink");
  return sink;
}

/** The sink that a write goes to: one that records where it stands inside of WITH. */
export function writeSink(context: ExecutionContext, counted: boolean): RowSink {
  const sink = sinkOf(context);
  return counted ? sink : new RecordingSink(sink, context);
}

/** All of it in one step, for a statement of one row; it stands outside of every WITH. */
export function writeAtOnce(writer: Writer, context: ExecutionContext): RowBatch | null {
  const { kept } = writer;
  for (let row = 0; row < kept; row++) if (writer.write(row)) context.affected++;
  writer.finish();
  return writer.returned === undefined ? null : writer.returned.take();
}

/**
 * Runs a writing statement in three phases: read all of the input, write, give what RETURNING
 * asks for. Nothing is written while the input is read, so that it never sees the statement's own
 * rows (the Halloween problem).
 */
export class WriteOperator implements Operator {
  readonly #input: WriteInput | undefined;
  readonly #writer: Writer;
  readonly #context: ExecutionContext;
  readonly #counted: boolean;
  #phase: "reading" | "writing" | "returning" = "reading";
  #written = 0;
  #reserved = 0;

  /** Without an input the writer has its rows already. */
  constructor(
    input: WriteInput | undefined,
    writer: Writer,
    context: ExecutionContext,
    counted: boolean,
  ) {
    this.#input = input;
    this.#writer = writer;
    this.#context = context;
    this.#counted = counted;
    if (input === undefined) this.#phase = "writing";
  }

  next(): RowBatch | typeof PENDING | null {
    if (this.#phase === "reading") return this.#read();
    if (this.#phase === "writing") return this.#write();
    return this.#writer.returned?.take() ?? null;
  }

  close(): void {
    this.#input?.from.close();
    this.#context.memory.release(this.#reserved);
    this.#reserved = 0;
  }

  #read(): typeof PENDING {
    const { from, into } = this.#input!;
    const batch = from.next();
    if (batch === null) {
      from.close();
      this.#phase = "writing";
    } else if (batch !== PENDING) {
      this.#reserve(batch.selected, batch.columns.length);
      into.add(batch);
    }
    return PENDING;
  }

  #reserve(rows: number, values: number): void {
    const bytes = rows * (BYTES_A_ROW + BYTES_A_VALUE * values);
    this.#context.memory.reserve(bytes);
    this.#reserved += bytes;
  }

  #write(): RowBatch | typeof PENDING | null {
    const writer = this.#writer;
    if (this.#written === 0 && this.#context.ctes.size > 0 && this.#counted) {
      applyDeferred(this.#context);
    }
    const end = Math.min(writer.kept, this.#written + ROWS_A_STEP);
    let affected = 0;
    for (let row = this.#written; row < end; row++) {
      if (writer.write(row)) affected++;
    }
    this.#written = end;
    if (writer.returned !== undefined) this.#reserve(affected, writer.returned.width);
    if (this.#counted) this.#context.affected += affected;
    if (end < writer.kept) return PENDING;
    if (writer.sink instanceof RecordingSink) {
      deferWrites(this.#context, writer.sink, () => {
        writer.finish();
      });
    } else writer.finish();
    this.#phase = "returning";
    return this.next();
  }
}
