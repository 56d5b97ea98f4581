import type { Expr } from "../../binder/expr.js";
import type { ColumnVector } from "../../contract/vector.js";
import { isVolatile, some, isSubquery } from "../../planner/expressions.js";
import type { Datum } from "../../types/datum.js";
import type { SqlType } from "../../types/sql-type.js";
import { entryCount, entryReader } from "../column.js";
import { compileRow } from "../expression/index.js";
import type { ExecutionContext } from "../operator.js";
import { ANSWER_FALSE, ANSWER_NULL, ANSWER_TRUE, type EntryTest } from "./answers.js";
import { compileLike } from "./text-like.js";
import { compileMembership } from "./text-membership.js";

const ALL_LENGTHS = -1;

/** A test over one vector, with what lets the loop settle it without a call. */
export interface VectorTest {
  readonly ask: EntryTest;
  /** Answers by entry of a dictionary, 0 where none was asked for yet; null without one. */
  readonly table: Uint8Array | null;
  readonly starts: Uint32Array | null;
  readonly ends: Uint32Array | null;
  /** A bit for each length in bytes that must be asked about; the last stands for all above. */
  readonly lengths: number;
  /** The answer for every other length. */
  readonly other: number;
}

/** A condition over one column of a byte form, answered once for each entry of a dictionary. */
export type TextTest = (vector: ColumnVector, context: ExecutionContext) => VectorTest;

/** Whether a condition may be answered entry by entry: it is the same whenever it is asked. */
export function isEntryTest(expr: Expr): boolean {
  return (
    expr.type.name === "boolean" &&
    expr.kind !== "isNull" &&
    expr.kind !== "column" &&
    !isVolatile(expr) &&
    !some(expr, isSubquery)
  );
}

export function compileTextTest(expr: Expr, column: { id: number; type: SqlType }): TextTest {
  const test = compileRow(expr, [column]);
  const overBytes = compileMembership(expr, column.id) ?? compileLike(expr, column.id);
  return (vector, context) => {
    const { starts, ends } = vector;
    const table = vector.codes === null ? null : new Uint8Array(entryCount(vector));
    const found = overBytes?.(vector, context);
    if (found !== undefined) return { ...found, table, starts, ends };
    const read = entryReader(vector, column.type);
    const ask = (entry: number): number => answer(test([entry < 0 ? null : read(entry)], context));
    return { ask, table, starts, ends, lengths: ALL_LENGTHS, other: 0 };
  };
}

function answer(value: Datum): number {
  if (value === null) return ANSWER_NULL;
  return value === true ? ANSWER_TRUE : ANSWER_FALSE;
}
