import type { ResultOptions } from "../types/result.js";
import type { RowBatch } from "./operator.js";
import { converterOf, type ResultColumn, userValues } from "./result-values.js";

export type { ResultColumn } from "./result-values.js";

/** Objects by column name (the last of equal names wins), or arrays in column order. */
export type RowShape = "object" | "array";

/** Adds the rows of a batch to a list. Nothing that it adds refers to the batch's memory. */
export type RowAppender = (batch: RowBatch, into: unknown[]) => void;

/** Compiles the rows that users get: see `types/result.ts` for what becomes of each type. */
export function compileResultRows(
  columns: readonly ResultColumn[],
  shape: RowShape,
  options: ResultOptions,
): RowAppender {
  const converters = columns.map((column) => converterOf(column, options));
  const append = appender(columns, shape);
  return (batch, into) => {
    const values = batch.columns.map((column, i) =>
      userValues(column, columns[i]!, batch, options, converters[i]),
    );
    append(values, batch.selected, into);
  };
}

type AppendFunction = (
  columns: readonly (readonly unknown[])[],
  count: number,
  into: unknown[],
) => void;

function appender(columns: readonly ResultColumn[], shape: RowShape): AppendFunction {
  const names = columns.map((_, i) => `c${i}`);
  const row = rowSource(
    columns,
    shape,
    names.map((name) => `${name}[j]`),
  );
  const bind = names.length === 0 ? "" : `const [${names.join(", ")}] = c;`;
  const loop = `for (let j = 0; j < n; j++) o.push(${row});`;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- names enter as quoted literals.
  return new Function("c", "n", "o", `"use strict"; ${bind} ${loop}`) as AppendFunction;
}

/** Source of an object or array literal of the values; all rows are then of one hidden class. */
export function rowSource(
  columns: readonly ResultColumn[],
  shape: RowShape,
  values: readonly string[],
): string {
  if (shape === "array") return `[${values.join(", ")}]`;
  const members = columns.map(({ name }, i) => {
    const quoted = JSON.stringify(name);
    // As a plain name it would set the prototype.
    return `${name === "__proto__" ? `[${quoted}]` : quoted}: ${values[i]!}`;
  });
  return `({ ${members.join(", ")} })`;
}
