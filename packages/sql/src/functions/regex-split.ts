import { compileRegex } from "./pattern/regex.js";

/**
 * What stands between the matches. An empty match splits nothing at the ends of the text or right
 * behind the match before it.
 */
export function splitByRegex(text: string, pattern: string, flags: string = ""): string[] {
  const pieces: string[] = [];
  let start = 0;
  let previousEnd = 0;
  for (const match of compileRegex(pattern, flags).matches(text)) {
    const end = match.index + match[0].length;
    if (match.index < text.length && end > previousEnd) {
      pieces.push(text.slice(start, match.index));
      start = end;
    }
    previousEnd = end;
  }
  pieces.push(text.slice(start));
  return pieces;
}
