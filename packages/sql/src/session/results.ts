import { datumsOf } from "../executor/column.js";
import { rowsOf } from "../executor/batches.js";
import type { RowBatch } from "../executor/operator.js";
import { type Datum, type ResultOptions, toJavaScript } from "../types/index.js";
import type { ResultColumn } from "../binder/index.js";
import type { Notice } from "./notices.js";

/** `datums` are the executor's own values, for whoever prints or sends them as text. */
export type RowForm = "object" | "array" | "datums";

/** What a statement gave. */
export interface StatementResult {
  readonly command: string;
  readonly columns: readonly ResultColumn[];
  readonly rows: unknown[];
  /** Rows of the result, or rows written. */
  readonly rowCount: number;
  readonly notices: readonly Notice[];
  /** Settles when what was written is durable; undefined if nothing was, or its commit is to come. */
  readonly durable: Promise<void> | undefined;
}

/** Adds a batch's rows to a list. */
export type RowAppender = (batch: RowBatch, into: unknown[]) => void;

export function rowAppender(
  columns: readonly ResultColumn[],
  form: RowForm,
  options: ResultOptions,
): RowAppender {
  return (batch, into) => {
    const values = batch.columns.map((column, i) => datumsOf(column, columns[i]!.type, batch));
    const rows = rowsOf(batch);
    for (let i = 0; i < batch.selected; i++) {
      const row = rows[i]!;
      const datums = values.map((column) => column[row] ?? null);
      into.push(form === "datums" ? datums : userRow(datums, columns, form, options));
    }
  };
}

function userRow(
  datums: readonly Datum[],
  columns: readonly ResultColumn[],
  form: RowForm,
  options: ResultOptions,
): unknown {
  const numbers: ResultOptions = { ...options, decimals: "number" };
  const values = datums.map((datum, i) => {
    const { type, asNumber } = columns[i]!;
    return toJavaScript(datum, type, asNumber ? numbers : options);
  });
  if (form === "array") return values;
  return Object.fromEntries(values.map((value, i) => [columns[i]!.name, value]));
}
