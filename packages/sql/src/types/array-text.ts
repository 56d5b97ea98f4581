import { AegisError } from "../contract/errors.js";
import type { Datum } from "./datum.js";
import type { SqlType } from "./sql-type.js";

/** How deeply array literals may nest: PostgreSQL's number of dimensions. */
const MAX_DIMENSIONS = 6;

type ReadItem = (text: string, element: SqlType) => Datum;

/** Reads an array literal such as `{1,2,NULL,"a b"}`. */
export function parseArray(text: string, element: SqlType, read: ReadItem): readonly Datum[] {
  const reader = new ArrayReader(text, element, read);
  return reader.whole();
}

class ArrayReader {
  private readonly text: string;
  private readonly element: SqlType;
  private readonly read: ReadItem;
  private at = 0;

  constructor(text: string, element: SqlType, read: ReadItem) {
    this.text = text;
    this.element = element;
    this.read = read;
  }

  whole(): readonly Datum[] {
    this.space();
    if (this.text[this.at] !== "{") {
      throw this.malformed('Array value must start with "{" or dimension information.');
    }
    const items = this.array(1);
    this.space();
    if (this.at < this.text.length) throw this.malformed("Junk after closing right brace.");
    return items;
  }

  private array(depth: number): readonly Datum[] {
    if (depth > MAX_DIMENSIONS) {
      const message = `number of array dimensions exceeds the maximum allowed (${MAX_DIMENSIONS})`;
      throw new AegisError("LIMIT_EXCEEDED", message);
    }
    this.at++;
    const items: Datum[] = [];
    this.space();
    if (this.accept("}")) return items;
    for (;;) {
      this.space();
      items.push(this.text[this.at] === "{" ? this.array(depth + 1) : this.item());
      this.space();
      if (this.accept("}")) return items;
      if (!this.accept(",")) throw this.unexpected();
    }
  }

  private item(): Datum {
    let text = "";
    let quoted = false;
    let kept = 0;
    for (;;) {
      const unit = this.text[this.at];
      if (unit === undefined) throw this.unexpected();
      if (unit === '"') {
        text += this.quoted();
        quoted = true;
        kept = text.length;
        continue;
      }
      if (unit === "," || unit === "}" || unit === "{") break;
      this.at++;
      if (unit === "\\") {
        text += this.text[this.at++] ?? "";
        kept = text.length;
        continue;
      }
      text += unit;
      if (!/\s/.test(unit)) kept = text.length;
    }
    const trimmed = text.slice(0, kept);
    if (!quoted && trimmed === "") throw this.unexpected();
    if (!quoted && trimmed.toLowerCase() === "null") return null;
    return this.read(trimmed, this.element);
  }

  private quoted(): string {
    let text = "";
    for (this.at++; this.at < this.text.length; this.at++) {
      const unit = this.text[this.at]!;
      if (unit === '"') {
        this.at++;
        return text;
      }
      text += unit === "\\" ? (this.text[++this.at] ?? "") : unit;
    }
    throw this.unexpected();
  }

  private space(): void {
    while (/\s/.test(this.text[this.at] ?? "")) this.at++;
  }

  private accept(unit: string): boolean {
    if (this.text[this.at] !== unit) return false;
    this.at++;
    return true;
  }

  private unexpected(): AegisError {
    const unit = this.text[this.at];
    if (unit === undefined) return this.malformed("Unexpected end of input.");
    return this.malformed(`Unexpected "${unit}" character.`);
  }

  private malformed(detail: string): AegisError {
    const message = `malformed array literal: "${this.text}"`;
    return new AegisError("INVALID_TEXT_REPRESENTATION", message, { detail });
  }
}
