import { AegisError } from "../../contract/errors.js";

/**
 * A LIKE pattern is cut at its percent signs into segments. The first must stand at the start of
 * the text, the last at its end, and each one between is taken at its leftmost place after the one
 * before it, which is always right as any text may stand between. So no pattern makes a match take
 * longer than the product of both lengths.
 */
export interface Segment {
  /** The segment's characters; a wildcard stands as one unit that no text holds. */
  readonly text: string;
  readonly wildcards: boolean;
  readonly characters: number;
}

export type TextMatcher = (text: string) => boolean;

/** Half of a surrogate pair stands for `_`: no text of the database holds one alone. */
export const WILDCARD: string = "\ud800";
const WILDCARD_CODE = 0xd800;

/** A backslash takes the character behind it as it is. */
export function likeMatcher(pattern: string): TextMatcher {
  const segments = parsePattern(pattern);
  const first = segments[0]!;
  const last = segments.at(-1)!;
  if (segments.length === 1) {
    if (!first.wildcards) return (text) => text === first.text;
    return (text) => matchAt(text, 0, first) === text.length;
  }
  if (segments.length === 2 && !first.wildcards && !last.wildcards) {
    if (last.text === "") return (text) => text.startsWith(first.text);
    if (first.text === "") return (text) => text.endsWith(last.text);
  }
  const middle = segments.slice(1, -1).filter((segment) => segment.text !== "");
  const [only] = middle;
  if (first.text === "" && last.text === "" && middle.length === 1 && !only!.wildcards) {
    return (text) => text.includes(only!.text);
  }
  return (text) => matchSegments(text, first, middle, last);
}

/** Case does not count. */
export function caselessLikeMatcher(pattern: string): TextMatcher {
  const matches = likeMatcher(pattern.toLowerCase());
  return (text) => matches(text.toLowerCase());
}

/** The pattern with backslash as its escape in place of `escape`, which may be empty for none. */
export function withBackslashes(pattern: string, escape: string): string {
  checkEscape(escape);
  let out = "";
  const characters = Array.from(pattern);
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]!;
    if (character === escape) out += `\\${characters[++i] ?? ""}`;
    else out += character === "\\" ? "\\\\" : character;
  }
  return out;
}

/** Throws INVALID_ESCAPE unless it is one character or none. */
export function checkEscape(escape: string): string {
  if (Array.from(escape).length <= 1) return escape;
  throw new AegisError("INVALID_ESCAPE", "invalid escape string", {
    hint: "Escape string must be empty or one character.",
  });
}

export function parsePattern(pattern: string): readonly Segment[] {
  const segments: Segment[] = [];
  let text = "";
  const characters = Array.from(pattern);
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]!;
    if (character === "\\") {
      i++;
      if (i === characters.length) {
        throw new AegisError("INVALID_ESCAPE", "LIKE pattern must not end with escape character");
      }
      text += characters[i]!;
    } else if (character === "%") {
      segments.push(segmentOf(text));
      text = "";
    } else {
      text += character === "_" ? WILDCARD : character;
    }
  }
  segments.push(segmentOf(text));
  return segments;
}

function segmentOf(text: string): Segment {
  return { text, wildcards: text.includes(WILDCARD), characters: Array.from(text).length };
}

function matchSegments(
  text: string,
  first: Segment,
  middle: readonly Segment[],
  last: Segment,
): boolean {
  let at = matchAt(text, 0, first);
  if (at < 0) return false;
  for (const segment of middle) {
    at = find(text, at, segment);
    if (at < 0) return false;
  }
  const start = startOfLast(text, last.characters);
  return start >= at && matchAt(text, start, last) === text.length;
}

/** Where the segment ends when it starts at `at`; -1 if it does not stand there. */
function matchAt(text: string, at: number, segment: Segment): number {
  const wanted = segment.text;
  if (!segment.wildcards) return text.startsWith(wanted, at) ? at + wanted.length : -1;
  let position = at;
  for (let i = 0; i < wanted.length; i++) {
    if (position >= text.length) return -1;
    const code = wanted.charCodeAt(i);
    if (code === WILDCARD_CODE) position += isPair(text, position) ? 2 : 1;
    else if (text.charCodeAt(position++) !== code) return -1;
  }
  return position;
}

/** Where the segment ends at its leftmost place from `from` on; -1 if there is none. */
function find(text: string, from: number, segment: Segment): number {
  if (!segment.wildcards) {
    const found = text.indexOf(segment.text, from);
    return found < 0 ? -1 : found + segment.text.length;
  }
  for (let at = from; at < text.length; at += isPair(text, at) ? 2 : 1) {
    const end = matchAt(text, at, segment);
    if (end >= 0) return end;
  }
  return -1;
}

/** Where the last `characters` characters begin; -1 if the text is shorter. */
function startOfLast(text: string, characters: number): number {
  let at = text.length;
  for (let i = 0; i < characters; i++) {
    if (at <= 0) return -1;
    at -= at >= 2 && isPair(text, at - 2) ? 2 : 1;
  }
  return at;
}

function isPair(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xd800 && code <= 0xdbff;
}
