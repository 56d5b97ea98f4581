import { translateBrackets, WORD_CLASS } from "./regex-brackets.js";
import { codeEscape, invalidRegex, type Translated } from "./regex-escapes.js";
import { type RegexOptions, regexOptions } from "./regex-options.js";

/** Compiled expressions are kept, as a pattern that is no constant still repeats from row to row. */
const MAX_CACHED = 256;
const cache = new Map<string, RegExp>();

/**
 * A PostgreSQL regular expression (the advanced form) as one of JavaScript. `flags` are
 * PostgreSQL's letters; "g" is for the caller and is ignored here. The result has no "g" and no
 * state, so that it can be shared. Throws INVALID_REGEX.
 *
 * Where alternatives of different length match at one place, PostgreSQL takes the longest and
 * JavaScript the first.
 */
export function compileRegex(pattern: string, flags: string = ""): RegExp {
  const key = `${flags}/${pattern}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const options = regexOptions(pattern, flags);
  const source = options.literal ? escapeLiteral(options.pattern) : translate(options);
  const regex = build(source, options);
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(key, regex);
  return regex;
}

/** The same expression for `replace`, `matchAll` and the like; not shared, as it has a state. */
export function everyMatch(regex: RegExp): RegExp {
  return new RegExp(regex.source, `${regex.flags}g`);
}

function build(source: string, options: RegexOptions): RegExp {
  const flags = `u${options.caseless ? "i" : ""}${options.lineDots ? "" : "s"}${options.lineAnchors ? "m" : ""}`;
  try {
    return new RegExp(source, flags);
  } catch (error) {
    if (error instanceof SyntaxError) throw invalidRegex(reasonOf(error.message));
    throw error;
  }
}

function reasonOf(message: string): string {
  if (/group|parenthes/i.test(message)) return "parentheses () not balanced";
  if (/class/i.test(message)) return "brackets [] not balanced";
  if (/repeat|quantifier|numbers out of order/i.test(message)) {
    return /order/.test(message) ? "invalid repetition count(s)" : "quantifier operand invalid";
  }
  return "invalid escape \\ sequence";
}

function escapeLiteral(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

const WORD = `[${WORD_CLASS}]`;

/** What a letter after a backslash stands for outside of brackets. */
const ESCAPES: Readonly<Record<string, string>> = {
  d: "\\p{Nd}",
  D: "\\P{Nd}",
  s: "\\s",
  S: "\\S",
  w: WORD,
  W: `[^${WORD_CLASS}]`,
  m: `(?<!${WORD})(?=${WORD})`,
  M: `(?<=${WORD})(?!${WORD})`,
  y: `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`,
  Y: `(?:(?<=${WORD})(?=${WORD})|(?<!${WORD})(?!${WORD}))`,
  A: "(?<![\\s\\S])",
  Z: "(?![\\s\\S])",
  a: "\\x07",
  b: "\\x08",
  B: "\\\\",
  e: "\\x1b",
  f: "\\f",
  n: "\\n",
  r: "\\r",
  t: "\\t",
  v: "\\v",
};

function translate(options: RegexOptions): string {
  const { pattern, expanded } = options;
  let out = "";
  let open = 0;
  let at = 0;
  while (at < pattern.length) {
    const character = pattern[at]!;
    if (character === "\\") {
      const escape = translateEscape(pattern, at);
      out += escape.source;
      at = escape.end;
    } else if (character === "[") {
      const brackets = translateBrackets(pattern, at, options.lineDots);
      out += brackets.source;
      at = brackets.end;
    } else if (character === "(") {
      const comment = pattern.startsWith("(?#", at);
      if (comment) {
        at = skipPast(pattern, ")", at);
        continue;
      }
      open++;
      out += "(";
      at++;
    } else if (character === ")") {
      if (open === 0) throw invalidRegex("parentheses () not balanced");
      open--;
      out += ")";
      at++;
    } else if (expanded && /\s/.test(character)) {
      at++;
    } else if (expanded && character === "#") {
      at = skipPast(pattern, "\n", at);
    } else {
      const plain = translatePlain(pattern, at, character);
      out += plain.source;
      at = plain.end;
    }
  }
  if (open > 0) throw invalidRegex("parentheses () not balanced");
  return out;
}

function skipPast(pattern: string, character: string, from: number): number {
  const end = pattern.indexOf(character, from);
  return end < 0 ? pattern.length : end + 1;
}

function translatePlain(pattern: string, at: number, character: string): Translated {
  if (character === "{") {
    const bounds = /^\{(\d+)(,(\d*))?\}/.exec(pattern.slice(at, at + 16));
    if (bounds !== null) {
      const [low, high] = [Number(bounds[1]), Number(bounds[3] === "" ? 0 : (bounds[3] ?? 0))];
      if (low > 255 || high > 255) throw invalidRegex("invalid repetition count(s)");
      return { source: bounds[0], end: at + bounds[0].length };
    }
    if (/\d/.test(pattern[at + 1] ?? "")) {
      const closed = pattern.includes("}", at);
      throw invalidRegex(closed ? "invalid repetition count(s)" : "braces {} not balanced");
    }
    return { source: "\\{", end: at + 1 };
  }
  const literal = character === "}" || character === "]" || character === "/";
  return { source: literal ? `\\${character}` : character, end: at + 1 };
}

function translateEscape(pattern: string, at: number): Translated {
  const letter = pattern[at + 1];
  if (letter === undefined) throw invalidRegex("invalid escape \\ sequence");
  if (Object.hasOwn(ESCAPES, letter)) return { source: ESCAPES[letter]!, end: at + 2 };
  const code = codeEscape(pattern, at);
  if (code !== undefined) return code;
  const reference = /^[1-9]\d?/.exec(pattern.slice(at + 1, at + 3));
  if (reference !== null) {
    // The braces of an empty group keep a digit that follows apart.
    return { source: `\\${reference[0]}(?:)`, end: at + 1 + reference[0].length };
  }
  if (/[A-Za-z0-9]/.test(letter)) throw invalidRegex("invalid escape \\ sequence");
  const point = String.fromCodePoint(pattern.codePointAt(at + 1)!);
  return { source: escapeLiteral(point), end: at + 1 + point.length };
}
