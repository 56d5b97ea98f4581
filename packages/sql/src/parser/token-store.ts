import type { IToken } from "chevrotain";
import { AegisError } from "../contract/index.js";
import { MAX_STATEMENT_TOKENS, MAX_NESTING, PIECE_CHARACTERS } from "./limits.js";
import { pieceEnd } from "./pieces.js";
import * as T from "./tokens.js";

/** One lexical unit; `text` is folded for words, unquoted for names, verbatim for the rest. */
export interface Token {
  readonly kind: string;
  readonly text: string;
  /** 0-based, in the whole text. */
  readonly start: number;
  readonly end: number;
}

/** Tokens that are kept as objects: a power of two, more than the grammar looks ahead. */
const RECENT = 16;
/** By their place here kinds are kept in a byte. */
const KINDS: readonly string[] = [
  T.Word,
  T.Quoted,
  T.Text,
  T.Bits,
  T.Numeral,
  T.Parameter,
  T.Operator,
  T.Punctuation,
  T.Meta,
];
const KIND_OF_LEXER: ReadonlyMap<string, number> = new Map([
  ...KINDS.map((kind, i) => [kind, i] as const),
  ["plainText", KINDS.indexOf(T.Text)],
  ["dollarText", KINDS.indexOf(T.Text)],
]);

/**
 * The tokens of a text, by their numbers from 0 on. They are made when they are first asked for, a
 * piece of the text at a time, and kept as nine bytes each; an object is made of those that are
 * looked at. So a statement of millions of tokens costs some ten megabytes, and an error ends the
 * work where it is.
 */
export class TokenStore {
  readonly #text: string;
  readonly #endToken: Token;
  /** Number of the token that the arrays begin with. */
  #base = 0;
  /** Tokens before this one are not asked for any more. */
  #needed = 0;
  /** Tokens made so far, those before `#base` included. */
  #count = 0;
  #starts = new Int32Array(0);
  #ends = new Int32Array(0);
  #kinds = new Uint8Array(0);
  readonly #recent: (Token | undefined)[] = new Array<Token | undefined>(RECENT).fill(undefined);
  readonly #recentIndex = new Int32Array(RECENT).fill(-1);
  /** The text before this offset has its tokens here. */
  #lexed = 0;
  /** Of parentheses and brackets, at `#lexed`. */
  #depth = 0;

  constructor(text: string) {
    T.checkStatementText(text);
    this.#text = text;
    this.#endToken = { kind: T.End, text: "", start: text.length, end: text.length };
  }

  /** The token with this number; the end of the text if there are not so many. */
  at(index: number): Token {
    const slot = index & (RECENT - 1);
    if (this.#recentIndex[slot] === index) return this.#recent[slot]!;
    while (index >= this.#count) {
      if (this.#lexed === this.#text.length) return this.#endToken;
      this.#lexPiece();
    }
    const token = this.#make(index - this.#base);
    this.#recent[slot] = token;
    this.#recentIndex[slot] = index;
    return token;
  }

  /** A statement begins with token `first`: of those before only the last is asked for again. */
  forgetBefore(first: number): void {
    this.#needed = Math.max(this.#needed, first - 1);
  }

  #make(i: number): Token {
    const kind = KINDS[this.#kinds[i]!]!;
    const start = this.#starts[i]!;
    const end = this.#ends[i]!;
    const image = this.#text.slice(start, end);
    if (kind === T.Word) return { kind, text: fold(image), start, end };
    if (kind !== T.Quoted) return { kind, text: image, start, end };
    return { kind, text: image.slice(1, -1).replaceAll('""', '"'), start, end };
  }

  #lexPiece(): void {
    const from = this.#lexed;
    const { length } = this.#text;
    const whole = length - from <= PIECE_CHARACTERS;
    const to = whole ? length : pieceEnd(this.#text, from, PIECE_CHARACTERS);
    const piece = from === 0 && to === length ? this.#text : this.#text.slice(from, to);
    const tokens = T.tokenize(piece, from);
    this.#makeRoom(tokens.length);
    for (const token of tokens) this.#add(token, from);
    this.#lexed = to;
  }

  #add({ tokenType, image, startOffset }: IToken, from: number): void {
    if (image === "(" || image === "[") {
      this.#depth++;
      if (this.#depth > MAX_NESTING) throw T.tooDeep(from + startOffset);
    } else if (image === ")" || image === "]") this.#depth--;
    const i = this.#count - this.#base;
    this.#starts[i] = from + startOffset;
    this.#ends[i] = from + startOffset + image.length;
    this.#kinds[i] = KIND_OF_LEXER.get(tokenType.name)!;
    this.#count++;
  }

  #makeRoom(count: number): void {
    const kept = this.#count - this.#needed;
    if (kept + count > MAX_STATEMENT_TOKENS) {
      throw new AegisError("LIMIT_EXCEEDED", "the statement has too many parts", {
        position: this.#lexed + 1,
        detail: `The limit is ${MAX_STATEMENT_TOKENS} words, values and signs.`,
        hint: "Split it into several statements, or pass values as parameters.",
      });
    }
    const from = this.#needed - this.#base;
    const size = this.#starts.length;
    const grown = kept + count <= size ? size : Math.max(kept + count, size * 2);
    this.#starts = moved(this.#starts, from, kept, grown, Int32Array);
    this.#ends = moved(this.#ends, from, kept, grown, Int32Array);
    this.#kinds = moved(this.#kinds, from, kept, grown, Uint8Array);
    this.#base = this.#needed;
  }
}

/** `count` elements from `from` on at the beginning of an array of `size`; the same one if it can be. */
function moved<Numbers extends Int32Array | Uint8Array>(
  numbers: Numbers,
  from: number,
  count: number,
  size: number,
  make: new (size: number) => Numbers,
): Numbers {
  if (size === numbers.length) {
    numbers.copyWithin(0, from, from + count);
    return numbers;
  }
  const grown = new make(size);
  grown.set(numbers.subarray(from, from + count));
  return grown;
}

/** PostgreSQL folds ASCII letters only. */
function fold(word: string): string {
  return word.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
