import type { TokenReader } from "./reader.js";
import { Operator, Word } from "./tokens.js";

/**
 * PostgreSQL's precedences, from the loosest. An expression is parsed by climbing them: whoever
 * asks for an operand says how tight its operators must bind at least.
 */
export const OR = 1;
export const AND = 2;
export const NOT = 3;
export const IS = 4;
export const COMPARISON = 5;
export const RANGE = 6;
export const OTHER = 7;
const ADDITION = 8;
const PRODUCT = 9;
const POWER = 10;
export const ZONE = 11;
const COLLATE = 12;
export const SIGN = 13;

const SYMBOLS: Readonly<Record<string, number>> = {
  "<": COMPARISON,
  ">": COMPARISON,
  "=": COMPARISON,
  "<=": COMPARISON,
  ">=": COMPARISON,
  "<>": COMPARISON,
  "!=": COMPARISON,
  "+": ADDITION,
  "-": ADDITION,
  "*": PRODUCT,
  "/": PRODUCT,
  "%": PRODUCT,
  "^": POWER,
};

const WORDS: Readonly<Record<string, number>> = {
  or: OR,
  and: AND,
  is: IS,
  isnull: IS,
  notnull: IS,
  between: RANGE,
  in: RANGE,
  like: RANGE,
  ilike: RANGE,
  similar: RANGE,
  overlaps: RANGE,
  operator: OTHER,
  at: ZONE,
  collate: COLLATE,
};

/** The operators that NOT may stand before. */
export const NEGATABLE: ReadonlySet<string> = new Set([
  "between",
  "in",
  "like",
  "ilike",
  "similar",
]);

/** How tight the operator at the cursor binds; 0 if there is none. */
export function precedence(reader: TokenReader): number {
  const { kind, text } = reader.peek();
  if (kind === Operator) return Object.hasOwn(SYMBOLS, text) ? SYMBOLS[text]! : OTHER;
  if (kind !== Word) return 0;
  if (text === "not") {
    const after = reader.peek(1);
    return after.kind === Word && NEGATABLE.has(after.text) ? RANGE : 0;
  }
  if (text === "at" && !reader.at("at", "time", "zone")) return 0;
  if (text === "similar" && !reader.at("similar", "to")) return 0;
  if (text === "operator" && !reader.atSymbol("(", 1)) return 0;
  return Object.hasOwn(WORDS, text) ? WORDS[text]! : 0;
}
