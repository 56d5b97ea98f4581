import { AegisError } from "../../contract/errors.js";
import { multiply } from "../../types/decimal-arithmetic.js";
import { power } from "../../types/decimal-functions.js";
import { Decimal } from "../../types/decimal.js";
import { type NumberPart, numberTemplate } from "./template.js";

/** to_number: the digits of a text that stand where the template has places for them. */
export function readNumber(text: string, format: string): Decimal | null {
  if (format === "") return null;
  const template = numberTemplate(format);
  if (template.scientific) {
    throw new AegisError("UNSUPPORTED", '"EEEE" not supported for input');
  }
  if (template.roman) throw new AegisError("UNSUPPORTED", '"RN" not supported for input');
  const reader = new NumberReader(text, template.hasPoint, template.bracketed);
  for (const part of template.parts) reader.part(part);
  const value = Decimal.parse(reader.number());
  if (template.shifted === 0) return value;
  return multiply(value, power(TEN, Decimal.fromInteger(-template.shifted)));
}

const TEN = Decimal.fromInteger(10);

class NumberReader {
  private readonly text: string;
  private readonly bracketed: boolean;
  private readonly hasPoint: boolean;
  private at = 0;
  private digits = "";
  private negative = false;
  private signRead = false;
  private pointRead = false;

  constructor(text: string, hasPoint: boolean, bracketed: boolean) {
    this.text = text;
    this.hasPoint = hasPoint;
    this.bracketed = bracketed;
  }

  /** The number as text, in the form that numeric reads. */
  number(): string {
    // A sign behind the digits counts too.
    if (!this.signRead) this.sign();
    return `${this.negative ? "-" : ""}${this.digits === "" ? " " : this.digits}`;
  }

  part({ kind, text }: NumberPart): void {
    switch (kind) {
      case "digit":
      case "zero":
      case "point":
        return this.numeral();
      case "group":
        if (this.text[this.at] === ",") this.at++;
        return;
      case "minus":
      case "plus":
      case "sign":
        return this.sign();
      case "currency":
        return this.skip(1);
      case "ordinal":
        return this.skip(2);
      case "literal":
        return this.skip(text.length);
      case "roman":
        return;
    }
  }

  /** What the template has as text is passed over, whatever it is, but never a digit. */
  private skip(count: number): void {
    for (let i = 0; i < count && /[^\d.,+-]/.test(this.text[this.at] ?? "0"); i++) this.at++;
  }

  private sign(): void {
    const character = this.text[this.at];
    if (character === "-" || (this.bracketed && character === "<")) this.negative = true;
    else if (character !== "+") return;
    this.signRead = true;
    this.at++;
  }

  private numeral(): void {
    if (this.digits === "") {
      while (this.text[this.at] === " ") this.at++;
      if (!this.signRead) this.sign();
    }
    const character = this.text[this.at] ?? "";
    if (/\d/.test(character)) {
      this.digits += character;
      this.at++;
    } else if (character === "." && this.hasPoint && !this.pointRead) {
      this.digits += this.digits === "" ? "0." : ".";
      this.pointRead = true;
      this.at++;
    }
  }
}
