import { AegisError } from "../contract/index.js";
import { MAX_UNBROKEN_RUN } from "./limits.js";
import {
  bitEnd,
  blockCommentEnd,
  dollarEnd,
  doubleQuotedEnd,
  escapeEnd,
  quotedEnd,
} from "./quotes.js";
import { NUMBER } from "./tokens.js";

/** Any place in a run of these is between two tokens. */
const BREAK = /[\s\ufeff,;()[\]]+/y;
const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
/** As the lexer reads it: `:e'x'` is a parameter and a string, `::e'x'` a cast of an escape string. */
const COLON = /::|:=|:[A-Za-z_]\w*|:/y;
const LINE = /[^\n\r]*/y;
/** Whatever else there is. */
const PLAIN = /[^\s\ufeff,;()[\]'"$\\\-/:\w\u0080-\uffff]+/y;

/**
 * Where a text can be cut so that its pieces have the tokens of the whole: the first place at or
 * after `start + size`, from where a token begins, that is between two tokens. The lexer makes all
 * tokens of a text at once, at more than a hundred bytes each; given pieces, it never has many.
 *
 * Throws LIMIT_EXCEEDED if there is no such place for long: operators need no space between them.
 */
export function pieceEnd(text: string, start: number, size: number): number {
  const target = start + size;
  let between = start;
  for (let at = start; at < text.length;) {
    const breaks = endOf(BREAK, text, at);
    if (breaks > at) {
      if (breaks >= target) return Math.max(at, target);
      at = between = breaks;
      continue;
    }
    const quoted = quotedOrCommentEnd(text, at);
    if (quoted >= target) return quoted;
    at = quoted >= 0 ? (between = quoted) : plainEnd(text, at);
    if (at - between > MAX_UNBROKEN_RUN) throw tooLong(between);
  }
  return text.length;
}

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** The end of what is quoted, or a comment, and begins here; -1 if nothing of that kind does. */
function quotedOrCommentEnd(text: string, at: number): number {
  try {
    switch (text[at]) {
      case "'":
        return quotedEnd(text, at);
      case '"':
        return doubleQuotedEnd(text, at);
      case "$":
        return dollarEnd(text, at);
      case "/":
        return blockCommentEnd(text, at);
      case "-":
        return text[at + 1] === "-" ? endOf(LINE, text, at) : -1;
      case "\\":
        return endOf(LINE, text, at);
      case "x":
      case "X":
      case "b":
      case "B":
        return bitEnd(text, at);
      case "e":
      case "E":
      case "n":
      case "N":
      case "u":
      case "U":
        return escapeEnd(text, at);
      default:
        return -1;
    }
  } catch (error) {
    // It does not end: the lexer comes to it in its turn, and says so.
    if (error instanceof AegisError) return text.length;
    throw error;
  }
}

function plainEnd(text: string, at: number): number {
  const word = endOf(WORD, text, at);
  if (word > at) return word;
  const number = endOf(NUMBER, text, at);
  if (number > at) return number;
  const colon = endOf(COLON, text, at);
  return colon > at ? colon : Math.max(endOf(PLAIN, text, at), at + 1);
}

function tooLong(at: number): AegisError {
  return new AegisError("LIMIT_EXCEEDED", "the statement has no space or comma for too long", {
    position: at + 1,
    detail: `The limit is ${MAX_UNBROKEN_RUN} characters outside of quotes.`,
  });
}
