import { countCharacters } from "../types/text-output.js";

/** Positions in SQL count characters; those in JavaScript count units, of which some need two. */
function hasPairs(text: string): boolean {
  return countCharacters(text) !== text.length;
}

/** Characters from `start` (0-based) up to `end`, both within the text or beyond it. */
export function sliceCharacters(text: string, start: number, end: number): string {
  if (!hasPairs(text)) return text.slice(Math.max(0, start), Math.max(0, end));
  return Array.from(text).slice(Math.max(0, start), Math.max(0, end)).join("");
}

/** The unit offset of a character's position; beyond the text's length where that is beyond it. */
export function unitOffset(text: string, characters: number): number {
  if (!hasPairs(text)) return characters;
  let at = 0;
  for (let i = 0; i < characters; i++) {
    if (at >= text.length) return Infinity;
    const code = text.charCodeAt(at);
    at += code >= 0xd800 && code <= 0xdbff ? 2 : 1;
  }
  return at;
}
