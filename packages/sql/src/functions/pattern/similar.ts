import { AegisError } from "../../contract/errors.js";

/** The regular expression (PostgreSQL's form) of a SIMILAR TO pattern, over the whole text. */
export function similarToRegex(pattern: string, escape: string): string {
  const parts = splitParts(pattern, escape);
  return `^${parts.map((part) => `(?:${translate(part, escape)})`).join("")}$`;
}

/**
 * The expression of `substring(text SIMILAR pattern ESCAPE e)`: its first group is what stands
 * between the two `e"` marks, or all where there are none.
 */
export function similarPartRegex(pattern: string, escape: string): string {
  const parts = splitParts(pattern, escape);
  if (parts.length < 3) return `^(${translate(parts[0]!, escape)})$`;
  const [before, wanted, after] = parts.map((part) => translate(part, escape));
  // What stands before takes as little as it can, and so leaves the most to the middle.
  return `^(?:${before!.replaceAll(".*", ".*?")})(${wanted!})(?:${after!})$`;
}

function splitParts(pattern: string, escape: string): readonly string[] {
  const parts: string[] = [""];
  const characters = Array.from(pattern);
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]!;
    if (character !== escape) {
      parts[parts.length - 1] += character;
    } else if (characters[i + 1] === '"') {
      parts.push("");
      i++;
    } else {
      parts[parts.length - 1] += character + (characters[++i] ?? "");
    }
  }
  if (parts.length > 3) throw tooManyMarks();
  return parts;
}

function tooManyMarks(): AegisError {
  const limit = "more than two escape-double-quote separators";
  const message = `SQL regular expression may not contain ${limit}`;
  return new AegisError("INVALID_REGEX", message, { sqlState: "2200C" });
}

function translate(pattern: string, escape: string): string {
  let out = "";
  let inBrackets = false;
  const characters = Array.from(pattern);
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]!;
    if (character === escape) {
      const next = characters[++i];
      out += next === undefined ? "\\\\" : escaped(next);
    } else if (inBrackets) {
      if (character === "]") inBrackets = false;
      out += character === "\\" ? "\\\\" : character;
    } else {
      if (character === "[") inBrackets = true;
      out += translateCharacter(character);
    }
  }
  return out;
}

function translateCharacter(character: string): string {
  switch (character) {
    case "%":
      return ".*";
    case "_":
      return ".";
    case "(":
      return "(?:";
    case "\\":
    case ".":
    case "^":
    case "$":
      return `\\${character}`;
    default:
      return character;
  }
}

function escaped(character: string): string {
  return /[A-Za-z0-9]/.test(character) ? character : `\\${character}`;
}
