import { checkText } from "../types/text-check.js";
import { type CustomPatternMatcherFunc, createToken, type IToken, Lexer } from "chevrotain";
import { AegisError } from "../contract/index.js";
import { MAX_NESTING, MAX_OPERATOR_LENGTH, MAX_SQL_TEXT } from "./limits.js";
import {
  bitEnd,
  blockCommentEnd,
  dollarEnd,
  doubleQuotedEnd,
  escapeEnd,
  quotedEnd,
} from "./quotes.js";

/** The kinds of lexical unit; a keyword is a word, told from a name only by where it stands. */
export const Word = "word";
export const Quoted = "quoted";
export const Text = "text";
export const Bits = "bits";
export const Numeral = "number";
export const Parameter = "parameter";
export const Operator = "operator";
export const Punctuation = "punctuation";
export const Meta = "meta";
export const End = "end";

const WORD_START = /[A-Za-z_\u0080-\uffff]/;
const OPERATOR_CHARS = "+-*/<>=~!@#%^&|`?";
/** Only an operator with one of these may end in + or -, so that `a=-1` is not an operator `=-`. */
const LONG_OPERATOR_CHARS = /[~!@#%^&|`?]/;

const fail = (message: string, at: number): never => {
  throw new AegisError("PARSE_ERROR", message, { position: at + 1 });
};

type EndOf = (text: string, start: number) => number;

/** A pattern that says where the token ends; -1 is no token of this kind. */
function pattern(endOf: EndOf): CustomPatternMatcherFunc {
  return (text, start) => {
    const end = endOf(text, start);
    if (end < 0) return null;
    const match = [text.slice(start, end)];
    return match as unknown as RegExpExecArray;
  };
}

function operatorEnd(text: string, start: number): number {
  let end = start;
  const limit = Math.min(text.length, start + MAX_OPERATOR_LENGTH);
  while (end < limit && OPERATOR_CHARS.includes(text[end]!)) {
    const two = text.slice(end, end + 2);
    if (end > start && (two === "--" || two === "/*")) break;
    end += 1;
  }
  if (end === start) return -1;
  const run = text.slice(start, end);
  const question = run.indexOf("?");
  // Drivers write `=?` and `?||x`: a question mark belongs to the operators of JSON only.
  if (question >= 0 && !["?|", "?&", "@?"].includes(run)) return start + Math.max(question, 1);
  if (LONG_OPERATOR_CHARS.test(run)) return end;
  while (end - start > 1 && /[+-]/.test(text[end - 1]!)) end -= 1;
  return end;
}

/** Where a number stands; letters behind it are an error. */
export const NUMBER: RegExp =
  /(?:\d+(?:_\d+)*(?:\.(?!\.)(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+)?/y;

function numberEnd(text: string, start: number): number {
  NUMBER.lastIndex = start;
  if (!NUMBER.test(text)) return -1;
  const end = NUMBER.lastIndex;
  if (end < text.length && WORD_START.test(text[end]!)) {
    const junk = text.slice(start, end + 1);
    return fail(`trailing junk after numeric literal at or near "${junk}"`, start);
  }
  return end;
}

const custom = (name: string, endOf: EndOf, hint: string) =>
  createToken({
    name,
    pattern: pattern(endOf),
    start_chars_hint: [...hint],
    line_breaks: true,
  });

const skipped = { group: Lexer.SKIPPED, line_breaks: true };
const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/;

/** Validations are for tests: they take a third of the time. */
export function buildLexer(skipValidations = true): Lexer {
  const comment = createToken({
    name: "blockComment",
    pattern: pattern(blockCommentEnd),
    start_chars_hint: ["/"],
    ...skipped,
  });
  return new Lexer(
    [
      createToken({ name: "space", pattern: /[\s\ufeff]+/, ...skipped }),
      createToken({ name: "lineComment", pattern: /--[^\n\r]*/, group: Lexer.SKIPPED }),
      comment,
      custom(Bits, bitEnd, "xXbB"),
      custom(Text, escapeEnd, "eEnNuU"),
      createToken({ name: Word, pattern: WORD }),
      custom("plainText", quotedEnd, "'"),
      custom("dollarText", dollarEnd, "$"),
      custom(Quoted, doubleQuotedEnd, '"'),
      custom(Numeral, numberEnd, ".0123456789"),
      createToken({ name: Parameter, pattern: /\$\d+|:(?=[A-Za-z_])\w+/ }),
      createToken({ name: Punctuation, pattern: /::|:=|[()[\],;.:]/ }),
      custom(Operator, operatorEnd, OPERATOR_CHARS),
      createToken({ name: Meta, pattern: /\\[^\n\r]*/ }),
    ],
    { positionTracking: "onlyOffset", ensureOptimizations: false, skipValidations },
  );
}

let lexer: Lexer | undefined;

/** The tokens of a piece of a text that begins at `offset` there, without comments and spaces. */
export function tokenize(piece: string, offset: number): IToken[] {
  lexer ??= buildLexer();
  try {
    const { tokens, errors } = lexer.tokenize(piece);
    const [error] = errors;
    if (error !== undefined) {
      const found = String.fromCodePoint(piece.codePointAt(error.offset) ?? 0);
      fail(`syntax error at or near "${found}"`, error.offset);
    }
    return tokens;
  } catch (error) {
    if (!(error instanceof AegisError) || offset === 0) throw error;
    const { code, message, position } = error;
    throw new AegisError(code, message, { position: offset + (position ?? 1) });
  }
}

/** Throws unless the text is one that statements may have. */
export function checkStatementText(text: string): void {
  if (text.length > MAX_SQL_TEXT) {
    throw new AegisError("LIMIT_EXCEEDED", "the text of the statement is too long", {
      detail: `${text.length} characters; the limit is ${MAX_SQL_TEXT}`,
      hint: "Split the script, or pass values as parameters.",
    });
  }
  checkText(text, "the text", true);
}

export function tooDeep(offset: number): AegisError {
  return new AegisError("NESTING_TOO_DEEP", "the statement nests too deeply", {
    position: offset + 1,
    detail: `The limit is ${MAX_NESTING} levels.`,
  });
}
