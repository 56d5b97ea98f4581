import type { Datum } from "../types/datum.js";
import { binary, scalar, unary } from "./define.js";
import { BOOLEAN, BYTEA, TEXT } from "./overloads.js";
import {
  caselessLikeMatcher,
  checkEscape,
  likeMatcher,
  type TextMatcher,
  withBackslashes,
} from "./pattern/like.js";
import { compileRegex } from "./pattern/regex.js";
import { similarToRegex } from "./pattern/similar.js";
import type { ScalarFunction } from "./registry.js";

type Compile = (pattern: string) => TextMatcher;

/** A constant pattern is compiled once for all rows; of others the last one is kept. */
function patternOperator(name: string, compile: Compile, wanted: boolean): ScalarFunction {
  let lastPattern: string | undefined;
  let last: TextMatcher | undefined;
  const remembered: Compile = (pattern) => {
    if (last === undefined || pattern !== lastPattern) {
      last = compile(pattern);
      lastPattern = pattern;
    }
    return last;
  };
  const evaluate = (text: string, pattern: string): boolean => remembered(pattern)(text) === wanted;
  const specialize: ScalarFunction["specialize"] = ([, pattern]) => {
    if (typeof pattern !== "string") return undefined;
    const matches = compile(pattern);
    return (args) => matches(args[0] as string) === wanted;
  };
  return binary<string>(name, [TEXT, TEXT], BOOLEAN, evaluate, { specialize });
}

function regexTest(pattern: string, flags: string): TextMatcher {
  const regex = compileRegex(pattern, flags);
  return (text) => regex.test(text);
}

/** Bytes match as the characters of the same numbers. */
function bytesLike(name: string, wanted: boolean): ScalarFunction {
  const latin = (datum: Datum | undefined): string =>
    Buffer.from(datum as Uint8Array).toString("latin1");
  return scalar(
    name,
    [BYTEA, BYTEA],
    BOOLEAN,
    ([bytes, pattern]) => likeMatcher(latin(pattern))(latin(bytes)) === wanted,
  );
}

const regexOperators = [
  ["~", "", true],
  ["!~", "", false],
  ["~*", "i", true],
  ["!~*", "i", false],
] as const;

/**
 * LIKE (~~), ILIKE (~~*), regular expressions and their negations; ^@. ESCAPE and SIMILAR TO are
 * calls of like_escape and similar_to_escape around the pattern.
 */
export const patternOperators: readonly ScalarFunction[] = [
  patternOperator("~~", likeMatcher, true),
  patternOperator("!~~", likeMatcher, false),
  patternOperator("~~*", caselessLikeMatcher, true),
  patternOperator("!~~*", caselessLikeMatcher, false),
  bytesLike("~~", true),
  bytesLike("!~~", false),
  ...regexOperators.map(([name, flags, wanted]) =>
    patternOperator(name, (pattern) => regexTest(pattern, flags), wanted),
  ),
  binary<string>("^@", [TEXT, TEXT], BOOLEAN, (text, prefix) => text.startsWith(prefix)),
  binary<string>("like_escape", [TEXT, TEXT], TEXT, withBackslashes),
  unary<string>("similar_to_escape", TEXT, TEXT, (pattern) => similarToRegex(pattern, "\\")),
  binary<string>("similar_to_escape", [TEXT, TEXT], TEXT, (pattern, escape) =>
    similarToRegex(pattern, checkEscape(escape)),
  ),
];
