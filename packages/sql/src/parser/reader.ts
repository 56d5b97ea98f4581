import { AegisError } from "../contract/index.js";
import type { ParameterNode } from "./ast.js";
import { CLAUSE_WORDS, FUNCTION_NAMES, RESERVED, STATEMENT_WORDS } from "./keywords.js";
import { MAX_NESTING, MAX_PARAMETERS } from "./limits.js";
import { nearest } from "./spelling.js";
import { TokenStore, type Token } from "./token-store.js";
import * as T from "./tokens.js";

/** How long a list may be, and what is thrown at the entry behind the last. */
export interface ListLimit {
  readonly count: number;
  error(position: number): AegisError;
}

/**
 * A cursor over the tokens of a text, with what every part of the grammar needs: looking ahead,
 * taking what must come, names, nesting, parameters and errors.
 */
export class TokenReader {
  readonly #text: string;
  readonly #tokens: TokenStore;
  #at = 0;
  #depth = 0;
  #statementStart = 0;
  #parameterStyle = "";
  #parameterCount = 0;
  #parameterNames: string[] = [];
  #notes: string[] = [];

  constructor(text: string) {
    this.#text = text;
    this.#tokens = new TokenStore(text);
  }

  /** Forgets parameters, nesting and notes of the statement before. */
  startStatement(): void {
    this.#statementStart = this.#at;
    this.#tokens.forgetBefore(this.#at);
    this.#depth = 0;
    this.#parameterStyle = "";
    this.#parameterCount = 0;
    this.#parameterNames = [];
    this.#notes = [];
  }

  /** Keeps what whoever runs the statement should know of it. */
  note(text: string): void {
    this.#notes.push(text);
  }

  get notes(): readonly string[] {
    return this.#notes;
  }

  get parameterCount(): number {
    return this.#parameterCount;
  }

  get parameterNames(): readonly string[] {
    return this.#parameterNames;
  }

  /** `ahead` may be negative: a token already taken. */
  peek(ahead = 0): Token {
    return this.#tokens.at(this.#at + ahead);
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== T.End) this.#at += 1;
    return token;
  }

  /** 1-based offset of the next token, for nodes. */
  get position(): number {
    return this.peek().start + 1;
  }

  /** A place to come back to with `reset`. */
  get mark(): number {
    return this.#at;
  }

  reset(mark: number): void {
    this.#at = mark;
  }

  /** The text from a token's start to the end of the last token taken. */
  textFrom(start: number): string {
    return this.#text.slice(start, this.#last?.end ?? start);
  }

  /** Whether a line ends between the last token taken and the next. */
  get atNewLine(): boolean {
    const last = this.#last;
    return last !== undefined && this.#text.slice(last.end, this.peek().start).includes("\n");
  }

  /** The last token taken. */
  get #last(): Token | undefined {
    return this.#at === 0 ? undefined : this.#tokens.at(this.#at - 1);
  }

  get atEnd(): boolean {
    return this.peek().kind === T.End;
  }

  /** Whether the next tokens are these words. */
  at(...words: readonly string[]): boolean {
    return words.every((word, i) => {
      const token = this.peek(i);
      return token.kind === T.Word && token.text === word;
    });
  }

  atAny(words: ReadonlySet<string>): boolean {
    const token = this.peek();
    return token.kind === T.Word && words.has(token.text);
  }

  atSymbol(symbol: string, ahead = 0): boolean {
    const { kind, text } = this.peek(ahead);
    return text === symbol && (kind === T.Punctuation || kind === T.Operator);
  }

  accept(...words: readonly string[]): boolean {
    if (!this.at(...words)) return false;
    this.#at += words.length;
    return true;
  }

  acceptSymbol(symbol: string): boolean {
    if (!this.atSymbol(symbol)) return false;
    this.#at += 1;
    return true;
  }

  expect(...words: readonly string[]): void {
    for (const word of words) {
      if (!this.accept(word)) throw this.error([word]);
    }
  }

  expectSymbol(symbol: string): void {
    if (!this.acceptSymbol(symbol)) throw this.error();
  }

  /** One of the words, or an error that may suggest one of them. */
  expectOneOf(...words: readonly string[]): string {
    const { kind, text } = this.peek();
    if (kind !== T.Word || !words.includes(text)) throw this.error(words);
    this.#at += 1;
    return text;
  }

  /** Whether the next token may name a column or a table. */
  atName(ahead = 0): boolean {
    const { kind, text } = this.peek(ahead);
    if (kind === T.Quoted) return true;
    return kind === T.Word && !RESERVED.has(text) && !FUNCTION_NAMES.has(text);
  }

  /** A name of a column, table, alias and the like. */
  name(): string {
    if (!this.atName()) throw this.error();
    return this.next().text;
  }

  /** A name where any word will do, as after AS. */
  label(): string {
    const { kind } = this.peek();
    if (kind !== T.Word && kind !== T.Quoted) throw this.error();
    return this.next().text;
  }

  /** `name`, or `schema.name` and longer; what follows a dot may be any word. */
  path(): string[] {
    const parts = [this.name()];
    while (this.acceptSymbol(".")) parts.push(this.label());
    return parts;
  }

  /** One or more, with commas between; no more than `most`. */
  list<Item>(item: () => Item, most?: ListLimit): Item[] {
    const items = [item()];
    while (this.acceptSymbol(",")) {
      if (items.length === most?.count) throw most.error(this.position);
      items.push(item());
    }
    return items;
  }

  parenthesized<Item>(inner: () => Item): Item {
    this.expectSymbol("(");
    const item = inner();
    this.expectSymbol(")");
    return item;
  }

  /** `(a, b)`. */
  names(): string[] {
    return this.parenthesized(() => this.list(() => this.name()));
  }

  /** Runs what may nest, one level deeper. */
  nested<Item>(inner: () => Item): Item {
    this.#depth += 1;
    if (this.#depth > MAX_NESTING) throw T.tooDeep(this.peek().start);
    const item = inner();
    this.#depth -= 1;
    return item;
  }

  /** Takes a token that `atParameter` said is one. */
  parameter(): ParameterNode {
    const { text, start } = this.next();
    const position = start + 1;
    const style = text[0]!;
    if (this.#parameterStyle !== "" && this.#parameterStyle !== style) {
      throw new AegisError("PARSE_ERROR", "parameters of different styles in one statement", {
        position,
        hint: "Write all of them as $1, or as ?, or as :name.",
      });
    }
    this.#parameterStyle = style;
    const index = this.#parameterIndex(text);
    if (index < 1 || index > MAX_PARAMETERS) {
      throw new AegisError("PARAMETER_NOT_FOUND", `there is no parameter ${text}`, { position });
    }
    this.#parameterCount = Math.max(this.#parameterCount, index);
    return { kind: "parameter", index, position };
  }

  #parameterIndex(text: string): number {
    if (text[0] === "$") return Number(text.slice(1));
    if (text === "?") return this.#parameterCount + 1;
    const name = text.slice(1);
    const known = this.#parameterNames.indexOf(name);
    return known >= 0 ? known + 1 : this.#parameterNames.push(name);
  }

  get atParameter(): boolean {
    return this.peek().kind === T.Parameter || this.atSymbol("?");
  }

  /** What is wrong at the next token; `expected` words come first among the suggestions. */
  error(expected: readonly string[] = []): AegisError {
    const token = this.peek();
    if (token.kind === T.End) {
      return new AegisError("PARSE_ERROR", "syntax error at end of input", {
        position: token.start + 1,
        hint: expected.length === 1 ? `Expected ${expected[0]!.toUpperCase()}.` : undefined,
      });
    }
    const found = this.#text.slice(token.start, Math.min(token.end, token.start + 100));
    return new AegisError("PARSE_ERROR", `syntax error at or near "${found}"`, {
      position: token.start + 1,
      hint: this.#suggestion(expected),
    });
  }

  /**
   * A misspelt keyword is often taken for a name, and the error shows one token later
   * (`SELECT 1 FORM t`); so the token before is looked at as well.
   */
  #suggestion(expected: readonly string[]): string | undefined {
    const first = this.#at === this.#statementStart;
    for (const back of first ? [0] : [0, -1]) {
      const token = this.#tokens.at(this.#at + back);
      if (token.kind !== T.Word) continue;
      const words = first ? STATEMENT_WORDS : CLAUSE_WORDS;
      const meant =
        nearest(token.text, expected) ??
        (this.#at + back === this.#statementStart
          ? nearest(token.text, STATEMENT_WORDS)
          : nearest(token.text, words));
      if (meant !== undefined) return `Did you mean ${meant.toUpperCase()}?`;
    }
    return undefined;
  }
}
