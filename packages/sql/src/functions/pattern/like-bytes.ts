import { Buffer } from "node:buffer";
import { parsePattern, type Segment, WILDCARD } from "./like.js";

/** LIKE over UTF-8, where no text has to be made of the bytes. */
export interface BytesMatcher {
  /** No fewer bytes than these can match. */
  readonly least: number;
  /** Precondition: [start, end) is UTF-8. */
  test(bytes: Uint8Array, start: number, end: number): boolean;
}

/** What `find` and `place` give where a segment does not stand. */
const NOWHERE = -1;
/** Stands for `_`: no UTF-8 holds this byte. */
const ANY = 0xff;
/** Half of a surrogate pair, which no bytes stand for. */
const HALF = /\p{Surrogate}/u;

/**
 * The same answers as `likeMatcher`; undefined for patterns that are no text of Unicode. Throws as
 * it does.
 */
export function likeBytesMatcher(pattern: string): BytesMatcher | undefined {
  if (HALF.test(pattern)) return undefined;
  const segments = parsePattern(pattern).map((segment) => new ByteSegment(segment));
  const [first] = segments;
  const last = segments.length > 1 ? segments.at(-1)! : undefined;
  const middle = segments.slice(1, -1).filter((segment) => segment.size > 0);
  return new SegmentedPattern(first!, middle, last);
}

/** See `likeMatcher` for why each segment is taken at its leftmost place. */
class SegmentedPattern implements BytesMatcher {
  readonly least: number;
  private readonly first: ByteSegment;
  private readonly middle: readonly ByteSegment[];
  /** Undefined: there is only the first, which is all of the text. */
  private readonly last: ByteSegment | undefined;

  constructor(first: ByteSegment, middle: readonly ByteSegment[], last: ByteSegment | undefined) {
    this.first = first;
    this.middle = middle;
    this.last = last;
    let least = first.size + (last?.size ?? 0);
    for (const segment of middle) least += segment.size;
    this.least = least;
  }

  test(bytes: Uint8Array, start: number, end: number): boolean {
    const { first, middle, last } = this;
    let at = first.size === 0 ? start : first.place(bytes, start, end);
    if (last === undefined) return at === end;
    if (at === NOWHERE) return false;
    for (let i = 0; i < middle.length; i++) {
      at = middle[i]!.find(bytes, at, end);
      if (at === NOWHERE) return false;
    }
    if (last.size === 0) return true;
    const from = last.startBefore(bytes, at, end);
    return from !== NOWHERE && last.place(bytes, from, end) === end;
  }
}

/** What stands between two percent signs, as bytes; `_` is one byte that is none of UTF-8. */
class ByteSegment {
  /** Bytes of it, which are the fewest it may take: `_` may take up to four. */
  readonly size: number;
  private readonly wanted: Uint8Array;
  private readonly wildcards: boolean;
  private readonly characters: number;
  /** How far the segment may move on where this byte stands under its last one (Horspool). */
  private readonly shifts: Uint8Array;

  constructor({ text, wildcards, characters }: Segment) {
    const parts = text.split(WILDCARD).flatMap((part, i) => {
      const bytes = Buffer.from(part);
      return i === 0 ? [bytes] : [Buffer.of(ANY), bytes];
    });
    this.wanted = new Uint8Array(Buffer.concat(parts));
    this.size = this.wanted.length;
    this.wildcards = wildcards;
    this.characters = characters;
    this.shifts = shiftsOf(this.wanted);
  }

  /** Where it ends when it stands at `at`; NOWHERE if it does not. */
  place(bytes: Uint8Array, at: number, end: number): number {
    const { wanted, size } = this;
    if (end - at < size) return NOWHERE;
    if (this.wildcards) return this.placeAny(bytes, at, end);
    for (let i = 0; i < size; i++) if (bytes[at + i] !== wanted[i]) return NOWHERE;
    return at + size;
  }

  /** Where it ends at its leftmost place from `from` on; NOWHERE if there is none. */
  find(bytes: Uint8Array, from: number, end: number): number {
    if (this.wildcards) return this.findAny(bytes, from, end);
    const { wanted, size, shifts } = this;
    const final = wanted[size - 1]!;
    for (let last = from + size - 1; last < end;) {
      const byte = bytes[last]!;
      if (byte === final) {
        const at = last - size + 1;
        let i = 0;
        while (bytes[at + i] === wanted[i] && i < size - 1) i++;
        if (i === size - 1) return last + 1;
      }
      last += shifts[byte]!;
    }
    return NOWHERE;
  }

  /** Where it must start to end at `end`, not before `from`; NOWHERE if that is too short. */
  startBefore(bytes: Uint8Array, from: number, end: number): number {
    if (!this.wildcards) return end - this.size >= from ? end - this.size : NOWHERE;
    let at = end;
    for (let i = 0; i < this.characters; i++) {
      at--;
      while (at >= from && isContinuation(bytes[at]!)) at--;
      if (at < from) return NOWHERE;
    }
    return at;
  }

  private placeAny(bytes: Uint8Array, start: number, end: number): number {
    const { wanted } = this;
    let at = start;
    for (let i = 0; i < wanted.length; i++) {
      if (at >= end) return NOWHERE;
      if (wanted[i] !== ANY) {
        if (bytes[at] !== wanted[i]) return NOWHERE;
        at++;
        continue;
      }
      at++;
      while (at < end && isContinuation(bytes[at]!)) at++;
    }
    return at;
  }

  private findAny(bytes: Uint8Array, from: number, end: number): number {
    for (let at = from; at + this.size <= end; at++) {
      if (isContinuation(bytes[at]!)) continue;
      const after = this.placeAny(bytes, at, end);
      if (after !== NOWHERE) return after;
    }
    return NOWHERE;
  }
}

function shiftsOf(wanted: Uint8Array): Uint8Array {
  const longest = 0xff;
  const shifts = new Uint8Array(256).fill(Math.min(wanted.length, longest));
  for (let i = 0; i < wanted.length - 1; i++) {
    shifts[wanted[i]!] = Math.min(wanted.length - 1 - i, longest);
  }
  return shifts;
}

/** A byte of a character that is not its first. */
function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
