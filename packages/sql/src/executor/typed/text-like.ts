import type { Expr } from "../../binder/expr.js";
import type { ColumnVector } from "../../contract/vector.js";
import { type BytesMatcher, likeBytesMatcher } from "../../functions/pattern/like-bytes.js";
import { some } from "../../planner/expressions.js";
import { compileRow } from "../expression/index.js";
import type { ExecutionContext } from "../operator.js";
import { ANSWER_FALSE, ANSWER_NULL, ANSWER_TRUE } from "./answers.js";
import type { Membership } from "./text-membership.js";

/** Lengths from here on share the last bit of a mask. */
const LONG = 31;

/**
 * `column LIKE pattern` and NOT LIKE over a column of text, looked for in its bytes; undefined for
 * other conditions, and per batch for patterns that only rows may be asked about: NULL, and those
 * that raise an error.
 */
export function compileLike(
  expr: Expr,
  id: number,
): ((vector: ColumnVector, context: ExecutionContext) => Membership | undefined) | undefined {
  if (expr.kind !== "call" || (expr.fn.name !== "~~" && expr.fn.name !== "!~~")) return undefined;
  const [text, pattern] = expr.args;
  if (text === undefined || pattern === undefined || !isColumn(text, id)) return undefined;
  if (some(pattern, (part) => part.kind === "column" && part.id === id)) return undefined;
  const compute = compileRow(pattern, []);
  const found = expr.fn.name === "~~" ? ANSWER_TRUE : ANSWER_FALSE;
  const other = expr.fn.name === "~~" ? ANSWER_FALSE : ANSWER_TRUE;
  let last: string | undefined;
  let matcher: BytesMatcher | undefined;
  return (vector, context) => {
    if (vector.type.kind !== "text") return undefined;
    const wanted = compute([], context);
    if (typeof wanted !== "string") return undefined;
    if (wanted !== last) {
      matcher = matcherOf(wanted);
      last = wanted;
    }
    return matcher && likeTest(vector, matcher, found, other);
  };
}

/** The column itself, or what holds the same text. */
function isColumn(expr: Expr, id: number): boolean {
  if (expr.kind === "column") return expr.id === id;
  if (expr.kind !== "cast" || expr.type.name !== "text") return false;
  return expr.arg.kind === "column" && expr.arg.id === id && expr.arg.type.name === "varchar";
}

/** Whether a pattern is wrong counts only once a text is compared with it. */
function matcherOf(pattern: string): BytesMatcher | undefined {
  try {
    return likeBytesMatcher(pattern);
  } catch {
    return undefined;
  }
}

function likeTest(
  vector: ColumnVector,
  matcher: BytesMatcher,
  found: number,
  other: number,
): Membership {
  const starts = vector.starts!;
  const ends = vector.ends!;
  const bytes = vector.bytes!;
  const ask = (entry: number): number => {
    if (entry < 0) return ANSWER_NULL;
    return matcher.test(bytes, starts[entry]!, ends[entry]!) ? found : other;
  };
  return { ask, lengths: -1 << Math.min(matcher.least, LONG), other };
}
