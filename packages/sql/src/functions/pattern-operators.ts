import type { Datum } from "../types/datum.js";
import { scalar } from "./define.js";
import { BOOLEAN, BYTEA, TEXT } from "./overloads.js";
import { caselessLikeMatcher, checkEscape, likeMatcher, type TextMatcher } from "./pattern/like.js";
import { compileRegex } from "./pattern/regex.js";
import { similarToRegex } from "./pattern/similar.js";
import type { ScalarFunction } from "./registry.js";

/** Makes what matches a pattern; `escape` is undefined where the call has none. */
type Compile = (pattern: string, escape: string | undefined) => TextMatcher;

/**
 * An operator (text, pattern) and its form (text, pattern, escape). A constant pattern is compiled
 * once for all rows; of others the last one is kept.
 */
function patternOperator(name: string, compile: Compile, wanted: boolean): ScalarFunction[] {
  let lastKey: string | undefined;
  let last: TextMatcher | undefined;
  const remembered: Compile = (pattern, escape) => {
    const key = `${escape ?? ""}\0${pattern}`;
    if (last === undefined || key !== lastKey) {
      last = compile(pattern, escape);
      lastKey = key;
    }
    return last;
  };
  const evaluate = ([text, pattern, escape]: readonly Datum[]): boolean =>
    remembered(pattern as string, escape as string | undefined)(text as string) === wanted;
  const specialize = (
    constants: readonly (Datum | undefined)[],
  ): ScalarFunction["evaluate"] | undefined => {
    const [, pattern, escape] = constants;
    const isConstant =
      typeof pattern === "string" && (constants.length < 3 || typeof escape === "string");
    if (!isConstant) return undefined;
    const matches = compile(pattern, escape as string | undefined);
    return (args) => matches(args[0] as string) === wanted;
  };
  return [
    scalar(name, [TEXT, TEXT], BOOLEAN, evaluate, { specialize }),
    scalar(name, [TEXT, TEXT, TEXT], BOOLEAN, evaluate, { specialize }),
  ];
}

const like: Compile = (pattern, escape) =>
  likeMatcher(pattern, escape === undefined ? undefined : checkEscape(escape));
const caselessLike: Compile = (pattern, escape) =>
  caselessLikeMatcher(pattern, escape === undefined ? undefined : checkEscape(escape));
const similar: Compile = (pattern, escape) =>
  regexTest(similarToRegex(pattern, escape === undefined ? undefined : checkEscape(escape)), "");

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

/** LIKE (~~), ILIKE (~~*), SIMILAR TO, regular expressions and their negations; ^@. */
export const patternOperators: readonly ScalarFunction[] = [
  ...patternOperator("~~", like, true),
  ...patternOperator("!~~", like, false),
  ...patternOperator("~~*", caselessLike, true),
  ...patternOperator("!~~*", caselessLike, false),
  ...patternOperator("similar to", similar, true),
  ...patternOperator("not similar to", similar, false),
  bytesLike("~~", true),
  bytesLike("!~~", false),
  ...regexOperators.map(
    ([name, flags, wanted]) =>
      patternOperator(name, (pattern) => regexTest(pattern, flags), wanted)[0]!,
  ),
  scalar("^@", [TEXT, TEXT], BOOLEAN, ([text, prefix]) =>
    (text as string).startsWith(prefix as string),
  ),
];
