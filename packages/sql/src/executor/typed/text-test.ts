import { Buffer } from "node:buffer";
import type { Expr } from "../../binder/expr.js";
import type { ColumnVector } from "../../contract/vector.js";
import { isVolatile, some, isSubquery } from "../../planner/expressions.js";
import type { Datum } from "../../types/datum.js";
import type { SqlType } from "../../types/sql-type.js";
import { entryCount, entryReader } from "../column.js";
import { compileRow, type RowFunction } from "../expression/index.js";
import type { ExecutionContext } from "../operator.js";

export const ANSWER_FALSE = 1;
export const ANSWER_TRUE = 2;
export const ANSWER_NULL = 3;

/** Answers a test for an entry of a vector: a row, or an entry of its dictionary; -1 is NULL. */
export type EntryTest = (entry: number) => number;

/** A test over one vector, with what lets the loop settle it without a call. */
export interface VectorTest {
  readonly ask: EntryTest;
  /** Answers by entry of a dictionary, 0 where none was asked for yet; null without one. */
  readonly table: Uint8Array | null;
  readonly starts: Uint32Array | null;
  readonly ends: Uint32Array | null;
  /** The one length in bytes that must be asked about; -1: all must. */
  readonly length: number;
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
  const equality = equalityWith(expr, column.id);
  return (vector, context) => {
    const { starts, ends } = vector;
    const table = vector.codes === null ? null : new Uint8Array(entryCount(vector));
    if (equality !== undefined && vector.type.kind === "text") {
      const wanted = equality.wanted([], context);
      if (typeof wanted === "string") {
        const expected = Buffer.from(wanted);
        const ask = equalityTest(vector, expected, equality.negated);
        const other = equality.negated ? ANSWER_TRUE : ANSWER_FALSE;
        return { ask, table, starts, ends, length: expected.length, other };
      }
    }
    const read = entryReader(vector, column.type);
    const ask = (entry: number): number => answer(test([entry < 0 ? null : read(entry)], context));
    return { ask, table, starts, ends, length: -1, other: 0 };
  };
}

function answer(value: Datum): number {
  if (value === null) return ANSWER_NULL;
  return value === true ? ANSWER_TRUE : ANSWER_FALSE;
}

interface Equality {
  readonly wanted: RowFunction;
  readonly negated: boolean;
}

/** `column = value` or `<>`, whichever side the column is on. */
function equalityWith(expr: Expr, id: number): Equality | undefined {
  if (expr.kind !== "call" || (expr.fn.name !== "=" && expr.fn.name !== "<>")) return undefined;
  // Only plain equality is put inline; what ignores blanks or case is not.
  if (expr.fn.inline === undefined) return undefined;
  const isColumn = (arg: Expr | undefined): boolean => arg?.kind === "column" && arg.id === id;
  const [left, right] = expr.args;
  const other = isColumn(left) ? right : isColumn(right) ? left : undefined;
  if (other === undefined || isColumn(other)) return undefined;
  if (some(other, (part) => part.kind === "column" && part.id === id)) return undefined;
  return { wanted: compileRow(other, []), negated: expr.fn.name === "<>" };
}

/** Compares bytes, so that no string is made. */
function equalityTest(vector: ColumnVector, expected: Buffer, negated: boolean): EntryTest {
  const starts = vector.starts!;
  const ends = vector.ends!;
  const bytes = vector.bytes!;
  const same = negated ? ANSWER_FALSE : ANSWER_TRUE;
  const other = negated ? ANSWER_TRUE : ANSWER_FALSE;
  return (entry) => {
    if (entry < 0) return ANSWER_NULL;
    const start = starts[entry]!;
    if (ends[entry]! - start !== expected.length) return other;
    for (let i = 0; i < expected.length; i++) {
      if (bytes[start + i] !== expected[i]) return other;
    }
    return same;
  };
}
