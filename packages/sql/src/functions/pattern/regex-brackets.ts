import { codeEscape, invalidRegex, type Translated } from "./regex-escapes.js";

/** The members of a class of word characters, as JavaScript writes them inside brackets. */
export const WORD_CLASS = "\\p{L}\\p{M}\\p{N}_";

const CLASSES: Readonly<Record<string, string>> = {
  alpha: "\\p{L}\\p{M}",
  digit: "\\p{Nd}",
  alnum: "\\p{L}\\p{M}\\p{N}",
  upper: "\\p{Lu}",
  lower: "\\p{Ll}",
  space: "\\s",
  blank: " \\t",
  punct: "!-\\/:-@\\[-`\\{-~\\p{P}\\p{S}",
  cntrl: "\\x00-\\x1f\\x7f",
  graph: "!-~\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}",
  print: " -~\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Zs}",
  xdigit: "0-9A-Fa-f",
  word: WORD_CLASS,
};

const LETTERS: Readonly<Record<string, string>> = {
  d: "\\p{Nd}",
  D: "\\P{Nd}",
  s: "\\s",
  S: "\\S",
  w: WORD_CLASS,
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

/** A bracket expression that starts at `start`; `end` is behind its closing bracket. */
export function translateBrackets(pattern: string, start: number, lineDots: boolean): Translated {
  let at = start + 1;
  if (pattern.startsWith("[:<:]]", at)) {
    return { source: `(?<![${WORD_CLASS}])(?=[${WORD_CLASS}])`, end: at + 6 };
  }
  if (pattern.startsWith("[:>:]]", at)) {
    return { source: `(?<=[${WORD_CLASS}])(?![${WORD_CLASS}])`, end: at + 6 };
  }
  const negated = pattern[at] === "^";
  if (negated) at++;
  let members = "";
  for (let first = true; ; first = false) {
    if (at >= pattern.length) throw invalidRegex("brackets [] not balanced");
    if (pattern[at] === "]" && !first) break;
    const member = translateMember(pattern, at);
    members += member.source;
    at = member.end;
    // A hyphen between two characters makes a range; before the closing bracket it is itself.
    if (pattern[at] === "-" && pattern[at + 1] !== "]" && at + 1 < pattern.length) {
      const last = translateMember(pattern, at + 1);
      members += `-${last.source}`;
      at = last.end;
    }
  }
  const newline = negated && lineDots ? "\\n" : "";
  return { source: `[${negated ? "^" : ""}${members}${newline}]`, end: at + 1 };
}

function translateMember(pattern: string, at: number): Translated {
  const character = String.fromCodePoint(pattern.codePointAt(at)!);
  if (character === "[") {
    const inner = pattern[at + 1];
    if (inner === ":" || inner === "." || inner === "=") return translateNamed(pattern, at, inner);
  }
  if (character === "\\") {
    const letter = pattern[at + 1];
    if (letter === undefined) throw invalidRegex("invalid escape \\ sequence");
    if (Object.hasOwn(LETTERS, letter)) return { source: LETTERS[letter]!, end: at + 2 };
    const code = codeEscape(pattern, at);
    if (code !== undefined) return code;
    if (/[A-Za-z0-9]/.test(letter)) throw invalidRegex("invalid escape \\ sequence");
    const escaped = String.fromCodePoint(pattern.codePointAt(at + 1)!);
    return { source: literalMember(escaped), end: at + 1 + escaped.length };
  }
  return { source: literalMember(character), end: at + character.length };
}

/** `[:alpha:]`, `[.x.]` or `[=x=]`. */
function translateNamed(pattern: string, at: number, mark: string): Translated {
  const close = pattern.indexOf(`${mark}]`, at + 2);
  if (close < 0) throw invalidRegex("brackets [] not balanced");
  const name = pattern.slice(at + 2, close);
  const end = close + 2;
  if (mark !== ":") {
    if (Array.from(name).length !== 1) throw invalidRegex("invalid collating element");
    return { source: literalMember(name), end };
  }
  const members = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
  if (members === undefined) throw invalidRegex("invalid character class");
  return { source: members, end };
}

function literalMember(character: string): string {
  return /[\\\]^[\-/{}()|$.*+?]/.test(character) ? `\\${character}` : character;
}
