import { parseJson } from "../types/json-parser.js";

/**
 * The type json keeps its text, so what is taken out of it is a slice of that text. All texts here
 * are known to be valid JSON; scanning them needs no recursion, however deep they nest.
 */
export type JsonKind = "object" | "array" | "string" | "number" | "boolean" | "null";

export function jsonKind(text: string): JsonKind {
  switch (text[skipSpace(text, 0)]) {
    case "{":
      return "object";
    case "[":
      return "array";
    case '"':
      return "string";
    case "t":
    case "f":
      return "boolean";
    case "n":
      return "null";
    default:
      return "number";
  }
}

/** Name and text of each member of an object, as often as it was written. */
export function* jsonMembers(text: string): Iterable<readonly [string, string]> {
  let at = skipSpace(text, skipSpace(text, 0) + 1);
  while (text[at] !== "}") {
    const keyEnd = skipString(text, at);
    const key = parseJson(text.slice(at, keyEnd)) as string;
    const start = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = skipValue(text, start);
    yield [key, text.slice(start, end)];
    at = skipComma(text, end);
  }
}

/** The text of each item of an array. */
export function* jsonItems(text: string): Iterable<string> {
  let at = skipSpace(text, skipSpace(text, 0) + 1);
  while (text[at] !== "]") {
    const end = skipValue(text, at);
    yield text.slice(at, end);
    at = skipComma(text, end);
  }
}

/** A value as text: a string without its quotes, JSON's null as NULL. */
export function jsonScalarText(text: string): string | null {
  const kind = jsonKind(text);
  if (kind === "null") return null;
  return kind === "string" ? (parseJson(text) as string) : text;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= 0x20) at++;
  return at;
}

function skipComma(text: string, from: number): number {
  const at = skipSpace(text, from);
  return text[at] === "," ? skipSpace(text, at + 1) : at;
}

function skipString(text: string, from: number): number {
  let at = from + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function skipValue(text: string, from: number): number {
  let depth = 0;
  let at = from;
  do {
    const unit = text[at];
    if (unit === '"') at = skipString(text, at);
    else if (unit === "{" || unit === "[") {
      depth++;
      at++;
    } else if (unit === "}" || unit === "]") {
      depth--;
      at++;
    } else if (depth > 0) at++;
    else return skipWord(text, at);
  } while (depth > 0);
  return at;
}

function skipWord(text: string, from: number): number {
  let at = from;
  while (at < text.length && !/[\s,\]}]/.test(text[at]!)) at++;
  return at;
}
