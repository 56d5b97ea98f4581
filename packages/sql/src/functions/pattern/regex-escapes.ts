import { AegisError } from "../../contract/errors.js";

/** A piece of JavaScript's syntax, and where the piece of the pattern ends that it stands for. */
export interface Translated {
  readonly source: string;
  readonly end: number;
}

export function invalidRegex(reason: string): AegisError {
  return new AegisError("INVALID_REGEX", `invalid regular expression: ${reason}`);
}

/** `\u0041`, `\U00000041`, `\x41`, `\cA`, `\0` and octal digits. */
export function codeEscape(pattern: string, at: number): Translated | undefined {
  const rest = pattern.slice(at, at + 10);
  const match =
    /^\\u([0-9a-fA-F]{4})/.exec(rest) ??
    /^\\U([0-9a-fA-F]{8})/.exec(rest) ??
    /^\\x([0-9a-fA-F]+)/.exec(rest);
  if (match !== null) return codeSource(Number.parseInt(match[1]!, 16), at + match[0].length);
  const control = /^\\c(.)/.exec(rest);
  if (control !== null) return codeSource(control[1]!.charCodeAt(0) & 31, at + 3);
  const octal = /^\\(0[0-7]{0,2})/.exec(rest);
  return octal === null
    ? undefined
    : codeSource(Number.parseInt(octal[1]!, 8), at + octal[0].length);
}

function codeSource(code: number, end: number): Translated {
  if (code > 0x10ffff) throw invalidRegex("invalid escape \\ sequence");
  return { source: `\\u{${code.toString(16)}}`, end };
}
