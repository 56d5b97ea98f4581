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

/** The unit offset of a character's position, as `sliceCharacters` counts. */
export function unitOffset(text: string, characters: number): number {
  if (!hasPairs(text)) return Math.min(characters, text.length);
  let at = 0;
  for (let i = 0; i < characters && at < text.length; i++) {
    const code = text.charCodeAt(at);
    at += code >= 0xd800 && code <= 0xdbff ? 2 : 1;
  }
  return at;
}
