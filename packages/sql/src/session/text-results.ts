import type { SqlType } from "../types/index.js";
import type { RowForm, StatementResult } from "./results.js";

/** A result that was not computed by a plan: SHOW, EXPLAIN. */
export interface ValueTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** Of every column; text where it is not said. */
  readonly type?: SqlType;
}

export function valueResult(
  result: StatementResult,
  { columns, rows, type = { name: "text" } }: ValueTable,
  { form = "object" }: { readonly form?: RowForm | undefined },
): StatementResult {
  return {
    ...result,
    columns: columns.map((name) => ({ name, type, asNumber: false })),
    rows: form === "object" ? rows.map((values) => objectOf(columns, values)) : [...rows],
    rowCount: rows.length,
  };
}

function objectOf(names: readonly string[], values: readonly (string | null)[]): object {
  const row: Record<string, string | null> = {};
  for (const [i, name] of names.entries()) row[name] = values[i] ?? null;
  return row;
}
