import { AegisError } from "../contract/errors.js";
import { Decimal } from "./decimal.js";
import { jsonObject } from "./jsonb-text.js";
import type { JsonNode } from "./jsonb.js";

/** How deeply arrays and objects may nest; the parser recurses. */
const MAX_JSON_DEPTH = 1000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const WHITESPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z0-9_+\-.$\u0080-\uffff]+/y;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Parses strictly by RFC 8259. Throws INVALID_JSON with PostgreSQL's wording. */
export function parseJson(text: string): JsonNode {
  return new JsonParser(text, true).document();
}

/** Checks the syntax only: the type json keeps escapes that stand for no text. */
export function validateJson(text: string): void {
  new JsonParser(text, false).document();
}

class JsonParser {
  private readonly text: string;
  private readonly checksEscapes: boolean;
  private at = 0;

  constructor(text: string, checksEscapes: boolean) {
    this.text = text;
    this.checksEscapes = checksEscapes;
  }

  document(): JsonNode {
    const node = this.value(0);
    this.space();
    if (this.at < this.text.length) {
      throw this.unexpected("Expected end of input, but found");
    }
    return node;
  }

  private value(depth: number): JsonNode {
    if (depth > MAX_JSON_DEPTH) {
      throw new AegisError("NESTING_TOO_DEEP", "stack depth limit exceeded", {
        hint: `JSON may nest ${MAX_JSON_DEPTH} levels deep.`,
      });
    }
    this.space();
    switch (this.text[this.at]) {
      case "{":
        return this.object(depth);
      case "[":
        return this.array(depth);
      case '"':
        return this.string();
      default:
        return this.scalar();
    }
  }

  private scalar(): JsonNode {
    const word = this.match(WORD);
    this.at += word.length;
    if (word === "true") return true;
    if (word === "false") return false;
    if (word === "null") return null;
    NUMBER.lastIndex = 0;
    if (word !== "" && NUMBER.exec(word)?.[0] === word) return Decimal.parse(word);
    this.at -= word.length;
    throw word === "" ? this.unexpected("Expected JSON value, but found") : this.badToken(word);
  }

  private array(depth: number): JsonNode {
    this.at++;
    const items: JsonNode[] = [];
    this.space();
    if (this.accept("]")) return items;
    for (;;) {
      items.push(this.value(depth + 1));
      this.space();
      if (this.accept("]")) return items;
      if (!this.accept(",")) throw this.unexpected('Expected "," or "]", but found');
    }
  }

  private object(depth: number): JsonNode {
    this.at++;
    const entries: (readonly [string, JsonNode])[] = [];
    this.space();
    if (this.accept("}")) return jsonObject(entries);
    for (;;) {
      this.space();
      if (this.text[this.at] !== '"') {
        const wanted = entries.length === 0 ? 'string or "}"' : "string";
        throw this.unexpected(`Expected ${wanted}, but found`);
      }
      const key = this.string();
      this.space();
      if (!this.accept(":")) throw this.unexpected('Expected ":", but found');
      entries.push([key, this.value(depth + 1)]);
      this.space();
      if (this.accept("}")) return jsonObject(entries);
      if (!this.accept(",")) throw this.unexpected('Expected "," or "}", but found');
    }
  }

  private string(): string {
    const start = this.at++;
    let result = "";
    for (;;) {
      result += this.plain();
      const unit = this.text[this.at];
      if (unit === '"') {
        this.at++;
        break;
      }
      if (unit === undefined) throw this.badToken(this.text.slice(start));
      if (unit !== "\\") {
        throw this.error(
          `Character with value 0x${unit.charCodeAt(0).toString(16).padStart(2, "0")} must be escaped.`,
        );
      }
      result += this.escape();
    }
    if (this.checksEscapes && LONE_SURROGATE.test(result)) {
      throw this.error("Unicode low surrogate must follow a high surrogate.");
    }
    return result;
  }

  /** What stands before the next quote, backslash or control character. */
  private plain(): string {
    const start = this.at;
    for (; this.at < this.text.length; this.at++) {
      const unit = this.text.charCodeAt(this.at);
      if (unit === QUOTE || unit === BACKSLASH || unit < 0x20) break;
    }
    return this.text.slice(start, this.at);
  }

  private escape(): string {
    const unit = this.text[this.at + 1] ?? "";
    const simple = ESCAPES.get(unit);
    if (simple !== undefined) {
      this.at += 2;
      return simple;
    }
    if (unit !== "u") throw this.error(`Escape sequence "\\${unit}" is invalid.`);
    const digits = this.text.slice(this.at + 2, this.at + 6);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) {
      throw this.error('"\\u" must be followed by four hexadecimal digits.');
    }
    this.at += 6;
    if (digits === "0000" && this.checksEscapes) {
      throw new AegisError("INVALID_JSON", "unsupported Unicode escape sequence", {
        detail: "\\u0000 cannot be converted to text.",
        sqlState: "22P05",
      });
    }
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  private space(): void {
    this.at += this.match(WHITESPACE).length;
  }

  private accept(unit: string): boolean {
    if (this.text[this.at] !== unit) return false;
    this.at++;
    return true;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text)?.[0] ?? "";
  }

  private unexpected(expected: string): AegisError {
    if (this.at >= this.text.length) return this.error("The input string ended unexpectedly.");
    const word = this.match(WORD);
    return this.error(`${expected} "${word === "" ? this.text[this.at]! : word}".`);
  }

  private badToken(token: string): AegisError {
    return this.error(`Token "${token}" is invalid.`);
  }

  private error(detail: string): AegisError {
    return new AegisError("INVALID_JSON", "invalid input syntax for type json", { detail });
  }
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);
