import { AegisError } from "../contract/errors.js";
import type { Datum } from "../types/datum.js";
import { countCharacters } from "../types/text-output.js";
import { unitOffset } from "./characters.js";
import { scalar } from "./define.js";
import { arrayOf, BOOLEAN, INTEGER, TEXT } from "./overloads.js";
import { compileRegex, type RegexMatch, type TextRegex } from "./pattern/regex.js";
import { splitByRegex } from "./regex-split.js";
import type { ParamType, ScalarFunction } from "./registry.js";

/** One function under all the lengths of its argument list, the last arguments being optional. */
function withOptional(
  name: string,
  params: readonly ParamType[],
  required: number,
  result: ScalarFunction["result"],
  evaluate: ScalarFunction["evaluate"],
): readonly ScalarFunction[] {
  return Array.from({ length: params.length - required + 1 }, (_item, i) =>
    scalar(name, params.slice(0, required + i), result, evaluate),
  );
}

/** The parts of a replacement: text, and numbers of groups (0 for the whole match). */
function parseReplacement(text: string): readonly (string | number)[] {
  const parts: (string | number)[] = [];
  let plain = "";
  for (let i = 0; i < text.length; i++) {
    const next = text[i + 1];
    if (text[i] !== "\\" || next === undefined) {
      plain += text[i]!;
      continue;
    }
    i++;
    if (next === "&" || (next >= "1" && next <= "9")) {
      parts.push(plain, next === "&" ? 0 : Number(next));
      plain = "";
    } else {
      plain += next === "\\" ? "\\" : `\\${next}`;
    }
  }
  parts.push(plain);
  return parts;
}

interface Replacing {
  readonly from: number;
  /** Which match to replace; 0 is all of them. */
  readonly nth: number;
}

function replaceMatches(
  text: string,
  regex: TextRegex,
  replacement: string,
  { from, nth }: Replacing,
): string {
  const parts = parseReplacement(replacement);
  const start = unitOffset(text, from - 1);
  if (start > text.length) return text;
  let out = text.slice(0, start);
  let copied = start;
  let count = 0;
  for (const match of regex.matches(text, start)) {
    count++;
    if (nth !== 0 && count < nth) continue;
    out += text.slice(copied, match.index);
    for (const part of parts) out += typeof part === "string" ? part : (match[part] ?? "");
    copied = match.index + match[0].length;
    if (nth !== 0) break;
  }
  return out + text.slice(copied);
}

function checkStart(value: number): number {
  if (value > 0) return value;
  throw badParameter("start", value);
}

function badParameter(parameter: string, value: number): AegisError {
  const message = `invalid value for parameter "${parameter}": ${value}`;
  return new AegisError("INVALID_ARGUMENT", message);
}

function regexReplace(args: readonly Datum[]): string {
  const [text, pattern, replacement, flags = ""] = args as readonly string[];
  const nth = flags.includes("g") ? 0 : 1;
  return replaceMatches(text!, compileRegex(pattern!, flags), replacement!, { from: 1, nth });
}

/** regexp_replace(text, pattern, replacement, start [, N [, flags]]) */
function regexReplaceFrom(args: readonly Datum[]): string {
  const [text, pattern, replacement, start, nth, flags = ""] = args as [
    string,
    string,
    string,
    number,
    number?,
    string?,
  ];
  const from = checkStart(start);
  if (nth !== undefined && nth < 0) throw badParameter("n", nth);
  const which = nth ?? (flags.includes("g") ? 0 : 1);
  return replaceMatches(text, compileRegex(pattern, flags), replacement, { from, nth: which });
}

/** The groups of a match, or the whole of it where there are none. */
function matchGroups(match: RegexMatch): readonly (string | null)[] {
  return match.length === 1 ? [match[0]] : match.slice(1).map((group) => group ?? null);
}

function refuseGlobal(flags: string, name: string): void {
  if (!flags.includes("g")) return;
  throw new AegisError("INVALID_ARGUMENT", `${name}() does not support the "global" option`, {
    hint: "Use the regexp_matches function instead.",
  });
}

function regexMatch(args: readonly Datum[]): Datum {
  const [text, pattern, flags = ""] = args as readonly string[];
  refuseGlobal(flags, "regexp_match");
  const match = compileRegex(pattern!, flags).exec(text!);
  return match === null ? null : matchGroups(match);
}

function regexCount(args: readonly Datum[]): number {
  const [text, pattern, start = 1, flags = ""] = args as [string, string, number?, string?];
  const from = unitOffset(text, checkStart(start) - 1);
  return Array.from(compileRegex(pattern, flags).matches(text, from)).length;
}

/** The nth match from a place on, if there is one. */
function nthMatch(
  text: string,
  regex: TextRegex,
  start: number,
  nth: number,
): RegexMatch | undefined {
  const from = unitOffset(text, checkStart(start) - 1);
  if (nth <= 0) throw badParameter("n", nth);
  let count = 0;
  for (const match of regex.matches(text, from)) {
    if (++count === nth) return match;
  }
  return undefined;
}

/** The place of a match or of one of its groups. */
function regexPosition(args: readonly Datum[]): number {
  const [text, pattern, start = 1, nth = 1, end = 0, flags = "", group = 0] = args as [
    string,
    string,
    number?,
    number?,
    number?,
    string?,
    number?,
  ];
  if (end !== 0 && end !== 1) throw badParameter("endoption", end);
  if (group < 0) throw badParameter("subexpr", group);
  const regex = compileRegex(pattern, flags);
  const match = nthMatch(text, regex, start, nth);
  const places = match && regex.locate(text, match.index);
  const place = places?.[2 * group + end] ?? -1;
  return place < 0 ? 0 : countCharacters(text.slice(0, place)) + 1;
}

function regexPart(args: readonly Datum[]): string | null {
  const [text, pattern, start = 1, nth = 1, flags = "", group = 0] = args as [
    string,
    string,
    number?,
    number?,
    string?,
    number?,
  ];
  const match = nthMatch(text, compileRegex(pattern, flags), start, nth);
  return match?.[group] ?? null;
}

function regexLike(args: readonly Datum[]): boolean {
  const [text, pattern, flags = ""] = args as readonly string[];
  refuseGlobal(flags, "regexp_like");
  return compileRegex(pattern!, flags).test(text!);
}

/** regexp_*, but for those that give rows. */
export const regexFunctions: readonly ScalarFunction[] = [
  ...withOptional("regexp_replace", [TEXT, TEXT, TEXT, TEXT], 3, TEXT, regexReplace),
  ...withOptional(
    "regexp_replace",
    [TEXT, TEXT, TEXT, INTEGER, INTEGER, TEXT],
    4,
    TEXT,
    regexReplaceFrom,
  ),
  ...withOptional("regexp_match", [TEXT, TEXT, TEXT], 2, arrayOf(TEXT), regexMatch),
  ...withOptional("regexp_like", [TEXT, TEXT, TEXT], 2, BOOLEAN, regexLike),
  ...withOptional("regexp_count", [TEXT, TEXT, INTEGER, TEXT], 2, INTEGER, regexCount),
  ...withOptional(
    "regexp_instr",
    [TEXT, TEXT, INTEGER, INTEGER, INTEGER, TEXT, INTEGER],
    2,
    INTEGER,
    regexPosition,
  ),
  ...withOptional(
    "regexp_substr",
    [TEXT, TEXT, INTEGER, INTEGER, TEXT, INTEGER],
    2,
    TEXT,
    regexPart,
  ),
  ...withOptional(
    "regexp_split_to_array",
    [TEXT, TEXT, TEXT],
    2,
    arrayOf(TEXT),
    ([text, pattern, flags = ""]) =>
      splitByRegex(text as string, pattern as string, flags as string),
  ),
];
