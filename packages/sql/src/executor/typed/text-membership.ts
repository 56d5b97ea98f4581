import { Buffer } from "node:buffer";
import type { Expr } from "../../binder/expr.js";
import type { ColumnVector } from "../../contract/vector.js";
import { some } from "../../planner/expressions.js";
import { compileRow, type RowFunction } from "../expression/index.js";
import type { ExecutionContext } from "../operator.js";
import { ANSWER_FALSE, ANSWER_NULL, ANSWER_TRUE, type EntryTest } from "./answers.js";

/** Texts that a row is compared with one by one; more are looked up as strings. */
const MAX_MEMBERS = 16;
/** Lengths from here on share the last bit of a mask. */
const LONG = 31;

/** A test for being one of a few texts: a mask of their lengths settles most rows without a call. */
export interface Membership {
  readonly ask: EntryTest;
  readonly lengths: number;
  /** The answer for a text of any other length. */
  readonly other: number;
}

interface Members {
  readonly values: readonly RowFunction[];
  readonly negated: boolean;
  /** A NULL among them: what equals none of the others is unknown. */
  readonly hasNull: boolean;
}

/**
 * `column = value`, `<>`, `IN` and `NOT IN` over a column of text as byte comparisons; undefined
 * for other conditions, and per batch where a value is NULL.
 */
export function compileMembership(
  expr: Expr,
  id: number,
): ((vector: ColumnVector, context: ExecutionContext) => Membership | undefined) | undefined {
  const members = membersOf(expr, id);
  if (members === undefined) return undefined;
  return (vector, context) => {
    if (vector.type.kind !== "text") return undefined;
    const expected: Buffer[] = [];
    for (const compute of members.values) {
      const value = compute([], context);
      if (typeof value !== "string") return undefined;
      expected.push(Buffer.from(value));
    }
    const { negated, hasNull } = members;
    const found = negated ? ANSWER_FALSE : ANSWER_TRUE;
    const other = hasNull ? ANSWER_NULL : negated ? ANSWER_TRUE : ANSWER_FALSE;
    let lengths = 0;
    for (const { length } of expected) lengths |= 1 << Math.min(length, LONG);
    return { ask: memberTest(vector, expected, found, other), lengths, other };
  };
}

function membersOf(expr: Expr, id: number): Members | undefined {
  const isColumn = (arg: Expr | undefined): boolean => arg?.kind === "column" && arg.id === id;
  if (expr.kind === "in") {
    if (!isColumn(expr.arg) || expr.list.length > MAX_MEMBERS) return undefined;
    if (!expr.list.every((item) => item.kind === "const")) return undefined;
    const values = expr.list.filter((item) => item.kind === "const" && item.value !== null);
    return {
      values: values.map((item) => compileRow(item, [])),
      negated: expr.negated,
      hasNull: values.length < expr.list.length,
    };
  }
  if (expr.kind !== "call" || (expr.fn.name !== "=" && expr.fn.name !== "<>")) return undefined;
  // Only plain equality is put inline; what ignores blanks or case is not.
  if (expr.fn.inline === undefined) return undefined;
  const [left, right] = expr.args;
  const other = isColumn(left) ? right : isColumn(right) ? left : undefined;
  if (other === undefined) return undefined;
  if (some(other, (part) => part.kind === "column" && part.id === id)) return undefined;
  return { values: [compileRow(other, [])], negated: expr.fn.name === "<>", hasNull: false };
}

/** Compares bytes, so that no string is made. */
function memberTest(
  vector: ColumnVector,
  expected: readonly Buffer[],
  found: number,
  other: number,
): EntryTest {
  const starts = vector.starts!;
  const ends = vector.ends!;
  const bytes = vector.bytes!;
  return (entry) => {
    if (entry < 0) return ANSWER_NULL;
    const start = starts[entry]!;
    const size = ends[entry]! - start;
    for (const text of expected) {
      if (text.length === size && isAt(bytes, start, text)) return found;
    }
    return other;
  };
}

function isAt(bytes: Uint8Array, start: number, text: Buffer): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false;
  return true;
}
