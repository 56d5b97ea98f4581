import { AegisError } from "../contract/errors.js";
import { countCharacters } from "../types/text-output.js";
import { sliceCharacters } from "./characters.js";
import { binary, scalar, ternary, unary } from "./define.js";
import type { Int } from "./integers.js";
import { ANY, BOOLEAN, INTEGER, TEXT } from "./overloads.js";
import type { ScalarFunction } from "./registry.js";
import { asOutput } from "./text-of.js";

/** What a text may grow to; PostgreSQL's own limit of a value. */
const MAX_TEXT = 1_073_741_823;

function checkLength(length: number): void {
  if (length > MAX_TEXT) {
    throw new AegisError("LIMIT_EXCEEDED", "requested length too large");
  }
}

/** Letters that become several keep their form, as PostgreSQL changes letters one by one. */
function toUpper(text: string): string {
  const upper = text.toUpperCase();
  if (upper.length === text.length) return upper;
  return Array.from(text, (letter) => keepLength(letter, letter.toUpperCase())).join("");
}

function toLower(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return Array.from(text, (letter) => keepLength(letter, letter.toLowerCase())).join("");
}

function keepLength(letter: string, changed: string): string {
  return changed.length === letter.length ? changed : letter;
}

function capitalizeWords(text: string): string {
  return text.replaceAll(/[\p{L}\p{N}]+/gu, (word) => {
    const first = String.fromCodePoint(word.codePointAt(0)!);
    return toUpper(first) + toLower(word.slice(first.length));
  });
}

type Side = "left" | "right" | "both";

/** Takes away any of `characters` from the chosen ends. */
function trimText(text: string, characters: string, side: Side): string {
  const set = new Set(Array.from(characters));
  const letters = Array.from(text);
  let start = 0;
  let end = letters.length;
  if (side !== "right") while (start < end && set.has(letters[start]!)) start++;
  if (side !== "left") while (end > start && set.has(letters[end - 1]!)) end--;
  return letters.slice(start, end).join("");
}

function trims(name: string, side: Side): readonly ScalarFunction[] {
  return [
    unary<string>(name, TEXT, TEXT, (text) => trimText(text, " ", side)),
    binary<string>(name, [TEXT, TEXT], TEXT, (text, set) => trimText(text, set, side)),
  ];
}

/** Fills the text up to `length` characters, or cuts it there. */
function padding(text: string, length: number, fill: string): string {
  const missing = length - countCharacters(text);
  if (missing <= 0 || fill === "") return "";
  checkLength(length);
  const filler = Array.from(fill);
  const whole = fill.repeat(Math.floor(missing / filler.length));
  return whole + filler.slice(0, missing % filler.length).join("");
}

function padLeft(text: string, length: number, fill: string): string {
  return padding(text, length, fill) + sliceCharacters(text, 0, length);
}

function padRight(text: string, length: number, fill: string): string {
  return sliceCharacters(text, 0, length) + padding(text, length, fill);
}

function pads(
  name: string,
  pad: (text: string, length: number, fill: string) => string,
): readonly ScalarFunction[] {
  return [
    binary<string, number>(name, [TEXT, INTEGER], TEXT, (text, length) => pad(text, length, " ")),
    ternary<string, number, string>(name, [TEXT, INTEGER, TEXT], TEXT, pad),
  ];
}

/** A negative count leaves out that many from the other end. */
function leftPart(text: string, count: number): string {
  return sliceCharacters(text, 0, count < 0 ? countCharacters(text) + count : count);
}

function rightPart(text: string, count: number): string {
  const length = countCharacters(text);
  return sliceCharacters(text, count < 0 ? -count : Math.max(0, length - count), length);
}

function repeatText(text: string, count: number): string {
  checkLength(text.length * Math.max(0, count));
  return text.repeat(Math.max(0, count));
}

function translate(text: string, from: string, to: string): string {
  const target = Array.from(to);
  const map = new Map<string, string>();
  Array.from(from).forEach((letter, i) => {
    if (!map.has(letter)) map.set(letter, target[i] ?? "");
  });
  return Array.from(text, (letter) => map.get(letter) ?? letter).join("");
}

function firstCode(text: string): number {
  return text.codePointAt(0) ?? 0;
}

const MAX_CODE_POINT = 0x10ffff;

function character(code: number): string {
  if (code === 0) throw new AegisError("LIMIT_EXCEEDED", "null character not permitted");
  if (code < 0) throw new AegisError("INVALID_ARGUMENT", "character number must be positive");
  const surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code > MAX_CODE_POINT || surrogate) {
    const problem = surrogate ? "not valid" : "too large";
    const message = `requested character ${problem} for encoding: ${code}`;
    throw new AegisError("LIMIT_EXCEEDED", message);
  }
  return String.fromCodePoint(code);
}

function splitPart(text: string, delimiter: string, position: number): string {
  if (position === 0) {
    throw new AegisError("INVALID_ARGUMENT", "field position must not be zero");
  }
  const parts = delimiter === "" ? [text] : text.split(delimiter);
  return parts[position > 0 ? position - 1 : parts.length + position] ?? "";
}

/** 1-based; 0 where the part is not there. */
function positionOf(text: string, part: string): number {
  const at = text.indexOf(part);
  return at < 0 ? 0 : countCharacters(text.slice(0, at)) + 1;
}

/** Writes of an argument list what is not NULL; each type in its own way. */
function joining(
  name: string,
  firstValue: number,
  join: (texts: readonly string[], first: string | null) => string | null,
): ScalarFunction {
  const params = firstValue === 0 ? [ANY] : [TEXT, ANY];
  const base = scalar(name, params, TEXT, () => null, {
    strict: false,
    variadic: true,
    volatility: "stable",
  });
  return {
    ...base,
    forTypes: (types) => {
      const writers = types.map(asOutput);
      return {
        ...base,
        evaluate: (args, context) => {
          const texts: string[] = [];
          for (let i = firstValue; i < args.length; i++) {
            if (args[i] !== null) texts.push(writers[i]!(args[i]!, context));
          }
          return join(texts, args[0] as string | null);
        },
      };
    },
  };
}

const lengths: readonly ScalarFunction[] = [
  ...["length", "char_length", "character_length"].map((name) =>
    unary<string>(name, TEXT, INTEGER, countCharacters),
  ),
  unary<string>("octet_length", TEXT, INTEGER, (text) => Buffer.byteLength(text)),
  unary<string>("bit_length", TEXT, INTEGER, (text) => Buffer.byteLength(text) * 8),
];

const hexadecimal = (value: Int): string =>
  (value < 0 ? BigInt.asUintN(64, BigInt(value)) : value).toString(16);

/** Throws INVALID_ARGUMENT for what is no form of Unicode. */
function normalize(text: string, form: string): string {
  const upper = form.toUpperCase();
  if (!["NFC", "NFD", "NFKC", "NFKD"].includes(upper)) {
    throw new AegisError("INVALID_ARGUMENT", `invalid normalization form: ${form}`);
  }
  return text.normalize(upper);
}

const UNICODE_ESCAPE = /\\(?:(\\)|([0-9a-f]{4})|\+([0-9a-f]{6})|u([0-9a-f]{4})|U([0-9a-f]{8})|)/gi;

function resolveEscapes(text: string): string {
  const resolved = text.replaceAll(UNICODE_ESCAPE, (whole, slash, ...rest: unknown[]) => {
    if (slash !== undefined) return "\\";
    const digits = rest.slice(0, 4).find((part) => part !== undefined) as string | undefined;
    const code = Number.parseInt(digits ?? "", 16);
    if (code <= MAX_CODE_POINT && whole !== "\\") return String.fromCodePoint(code);
    throw new AegisError("PARSE_ERROR", "invalid Unicode escape", {
      hint: "Unicode escapes must be \\XXXX, \\+XXXXXX, \\uXXXX, or \\UXXXXXXXX.",
    });
  });
  if (!/\p{Cs}/u.test(resolved)) return resolved;
  throw new AegisError("PARSE_ERROR", "invalid Unicode surrogate pair");
}

/** PostgreSQL's section 9.4, but for what concerns patterns, formats and parts of a text. */
export const textFunctions: readonly ScalarFunction[] = [
  ...lengths,
  unary<string>("upper", TEXT, TEXT, toUpper),
  unary<string>("lower", TEXT, TEXT, toLower),
  unary<string>("initcap", TEXT, TEXT, capitalizeWords),
  ...trims("btrim", "both"),
  ...trims("trim", "both"),
  ...trims("ltrim", "left"),
  ...trims("rtrim", "right"),
  ...pads("lpad", padLeft),
  ...pads("rpad", padRight),
  binary<string, number>("left", [TEXT, INTEGER], TEXT, leftPart),
  binary<string, number>("right", [TEXT, INTEGER], TEXT, rightPart),
  binary<string, number>("repeat", [TEXT, INTEGER], TEXT, repeatText),
  unary<string>("reverse", TEXT, TEXT, (text) => Array.from(text).reverse().join("")),
  ternary<string>("replace", [TEXT, TEXT, TEXT], TEXT, (text, from, to) =>
    from === "" ? text : text.replaceAll(from, () => to),
  ),
  ternary<string>("translate", [TEXT, TEXT, TEXT], TEXT, translate),
  unary<string>("ascii", TEXT, INTEGER, firstCode),
  unary<number>("chr", INTEGER, TEXT, character),
  ternary<string, string, number>("split_part", [TEXT, TEXT, INTEGER], TEXT, splitPart),
  ...["strpos", "position"].map((name) => binary<string>(name, [TEXT, TEXT], INTEGER, positionOf)),
  binary<string>("starts_with", [TEXT, TEXT], BOOLEAN, (text, prefix) => text.startsWith(prefix)),
  unary<number>("to_hex", INTEGER, TEXT, (value) => (value >>> 0).toString(16)),
  unary<Int>("to_hex", { name: "bigint" }, TEXT, hexadecimal),
  unary<string>("normalize", TEXT, TEXT, (text) => text.normalize()),
  binary<string>("normalize", [TEXT, TEXT], TEXT, normalize),
  unary<string>("unistr", TEXT, TEXT, resolveEscapes),
  joining("concat", 0, (texts) => texts.join("")),
  joining("concat_ws", 1, (texts, separator) =>
    separator === null ? null : texts.join(separator),
  ),
];
