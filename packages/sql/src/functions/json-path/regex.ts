import { compileRegex, type TextRegex } from "../pattern/regex.js";

/** XQuery's flags: "q" takes the pattern as it stands. */
export function pathRegex(pattern: string, flags: string): TextRegex {
  const literal = flags.includes("q") ? `***=${pattern}` : pattern;
  const lines = flags.includes("m") ? "n" : "s";
  return compileRegex(literal, `${flags.includes("i") ? "i" : ""}${lines}`);
}
