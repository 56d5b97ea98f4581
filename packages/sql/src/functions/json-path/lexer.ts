import { AegisError } from "../../contract/errors.js";
import { invalidText } from "../../types/data-errors.js";
import { parseJson } from "../../types/json-parser.js";

export interface PathToken {
  readonly kind: "word" | "string" | "number" | "variable" | "symbol" | "end";
  readonly text: string;
}

const BLANK = /(?:\s+|\/\*[^]*?\*\/)+/y;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const FRACTION = /\.\d+(?:[eE][+-]?\d+)?/y;
const WORD = /[\p{L}_][\p{L}\p{N}_$]*/uy;
const VARIABLE = /\$(?:[\p{L}_][\p{L}\p{N}_]*|"(?:[^"\\]|\\.)*")/uy;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const SYMBOL = /\*\*|==|!=|<>|<=|>=|&&|\|\||[$@.*[\](){}?,+\-/%!<>]/y;

export function pathTokens(text: string): readonly PathToken[] {
  const tokens: PathToken[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  for (;;) {
    match(BLANK);
    if (at >= text.length) break;
    const token = nextToken(match, tokens.at(-1));
    if (token === undefined) throw pathSyntax(text.slice(at, at + 1));
    tokens.push(token);
  }
  if (tokens.length === 0) throw invalidText("jsonpath", text);
  tokens.push({ kind: "end", text: "" });
  return tokens;
}

function nextToken(
  match: (pattern: RegExp) => string | undefined,
  before: PathToken | undefined,
): PathToken | undefined {
  const variable = match(VARIABLE);
  if (variable !== undefined) {
    const name = variable.slice(1);
    return { kind: "variable", text: name.startsWith('"') ? unquoted(name) : name };
  }
  const string = match(STRING);
  if (string !== undefined) return { kind: "string", text: unquoted(string) };
  // Behind a value a point is an accessor's, not a number's.
  const behindValue =
    before !== undefined && (before.kind !== "symbol" || /[$@*)\]]$/.test(before.text));
  const number = match(NUMBER) ?? (behindValue ? undefined : match(FRACTION));
  if (number !== undefined) return { kind: "number", text: number };
  const word = match(WORD);
  if (word !== undefined) return { kind: "word", text: word };
  const symbol = match(SYMBOL);
  return symbol === undefined ? undefined : { kind: "symbol", text: symbol };
}

function unquoted(text: string): string {
  return parseJson(text) as string;
}

export function pathSyntax(found: string): AegisError {
  const where = found === "" ? "at end" : `at or near "${found}"`;
  return new AegisError("PARSE_ERROR", `syntax error ${where} of jsonpath input`);
}
