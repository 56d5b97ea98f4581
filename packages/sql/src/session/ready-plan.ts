import { batchDatums } from "../executor/column.js";
import { rowsOf } from "../executor/batches.js";
import { compileIndexLookup, type LookupRead } from "../executor/index-lookup.js";
import { compilePointRead, type PointRead } from "../executor/point-read.js";
import { compileResultRows, type RowAppender } from "../executor/result-rows.js";
import type { ResultColumn } from "../binder/index.js";
import type { ResultOptions } from "../types/index.js";
import type { CompiledStatement } from "./compile.js";
import { compileParameters, type ParameterBinder, type ParameterList } from "./parameters.js";
import type { RowForm } from "./results.js";

/** A plan with the way in for its parameters and the way out for its rows. */
export interface ReadyPlan {
  readonly compiled: CompiledStatement;
  readonly bind: ParameterBinder;
  readonly append: RowAppender;
  /** There where the plan reads one row by its key. */
  readonly point: PointRead | undefined;
  /** There where it reads the rows that an index has for some values. */
  readonly lookup: LookupRead | undefined;
}

/** The plan with rows of this form; made once for each form that is asked for. */
export function readyPlan(
  compiled: CompiledStatement,
  parameters: ParameterList,
  form: RowForm,
  options: ResultOptions,
): ReadyPlan {
  const { bigints, decimals, timestamps, timeZone } = options;
  const key = `${form} ${bigints} ${decimals} ${timestamps} ${timeZone}`;
  let ready = compiled.ready.get(key);
  if (ready === undefined) {
    const { columns, logical } = compiled;
    const target = form === "datums" ? undefined : { columns, shape: form, options };
    ready = {
      compiled,
      bind: compileParameters(parameters, compiled.parameterTypes),
      append:
        target === undefined
          ? datumAppender(columns)
          : compileResultRows(columns, target.shape, options),
      point: target && compilePointRead(logical, target),
      lookup: target && compileIndexLookup(logical, target),
    };
    compiled.ready.set(key, ready);
  }
  return ready;
}

function datumAppender(columns: readonly ResultColumn[]): RowAppender {
  return (batch, into) => {
    const values = batchDatums(batch, columns);
    const rows = rowsOf(batch);
    for (let i = 0; i < batch.selected; i++) {
      const row = rows[i]!;
      into.push(values.map((column) => column[row]));
    }
  };
}
