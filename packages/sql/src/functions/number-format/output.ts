import { absolute, multiply, round } from "../../types/decimal-arithmetic.js";
import { Decimal } from "../../types/decimal.js";
import { type NumberPart, type NumberTemplate, numberTemplate } from "./template.js";
import { ordinalEnding } from "../template-text.js";

const ROMAN_WIDTH = 15;
const MAX_ROMAN = 3999;
const ROMAN_DIGITS: readonly (readonly [number, string])[] = [
  [1000, "M"],
  [900, "CM"],
  [500, "D"],
  [400, "CD"],
  [100, "C"],
  [90, "XC"],
  [50, "L"],
  [40, "XL"],
  [10, "X"],
  [9, "IX"],
  [5, "V"],
  [4, "IV"],
  [1, "I"],
];

/** What to_char must know of a float beyond its value as a decimal. */
export interface FloatTraits {
  /** How many decimal digits count. */
  readonly digits: number;
  /** Also where the digits that are shown are all zero. */
  readonly negative: boolean;
}

/** to_char of a number; `float` is there where it was one. */
export function formatNumber(value: Decimal, format: string, float?: FloatTraits): string {
  const template = numberTemplate(format);
  if (template.roman) return formatRoman(value, template);
  if (template.scientific) return formatScientific(value, template);
  return new NumberWriter(template, value, float).write();
}

function formatScientific(value: Decimal, { fraction, whole }: NumberTemplate): string {
  if (!value.isFinite) return ` ${"#".repeat(whole)}.${"#".repeat(fraction + 4)}`;
  const sign = value.sign < 0 ? "-" : " ";
  let exponent = value.unscaled === 0n ? 0 : exponentOf(value);
  let mantissa = round(shift(absolute(value), -exponent), fraction);
  if (mantissa.compare(TEN) >= 0) {
    exponent++;
    mantissa = round(shift(absolute(value), -exponent), fraction);
  }
  const power = String(Math.abs(exponent)).padStart(2, "0");
  return `${sign}${mantissa.toString()}e${exponent < 0 ? "-" : "+"}${power}`;
}

const TEN = Decimal.fromInteger(10);

function exponentOf(value: Decimal): number {
  return absolute(value).unscaled.toString().length - 1 - value.scale;
}

/** The value times ten to a power, exactly. */
function shift(value: Decimal, power: number): Decimal {
  const scale = value.scale - power;
  return scale >= 0
    ? new Decimal(value.unscaled, scale)
    : new Decimal(value.unscaled * 10n ** BigInt(-scale), 0);
}

function formatRoman(value: Decimal, template: NumberTemplate): string {
  const part = template.parts.find(({ kind }) => kind === "roman")!;
  const roman = romanText(value);
  const text = part.text[0] === "r" ? roman.toLowerCase() : roman;
  return template.fill ? text : text.padStart(ROMAN_WIDTH);
}

function romanText(value: Decimal): string {
  let rest = value.isFinite ? round(value, 0).toNumber() : 0;
  if (rest < 1 || rest > MAX_ROMAN) return "#".repeat(ROMAN_WIDTH);
  let text = "";
  for (const [worth, digits] of ROMAN_DIGITS) {
    for (; rest >= worth; rest -= worth) text += digits;
  }
  return text;
}

/**
 * Writes the digits of a number into the places of a template, from left to right. `place` counts
 * the template's places, the point included; the first `blanks` of them have no digit. The sign is
 * written right before the first digit unless a part of the template has it.
 */
class NumberWriter {
  private readonly template: NumberTemplate;
  private readonly negative: boolean;
  /** What fills the places: digits and a point. */
  private readonly digits: string;
  private readonly blanks: number;
  /** With FM, the place in `digits` behind which only zeros come; -1: all of them count. */
  private readonly lastRelevant: number;
  private readonly lastPlace: number;
  private readonly signPosition: "before" | "after" | undefined;
  private signWritten: boolean;
  private readonly bracketed: boolean;
  private place = 0;
  private next = 0;
  private inNumber = false;
  private out = "";

  constructor(template: NumberTemplate, value: Decimal, float: FloatTraits | undefined) {
    this.template = template;
    const places = template.whole + template.shifted;
    const fraction = shownFraction(value, template, float?.digits);
    const rounded = roundFor(value, template, fraction);
    this.negative = float?.negative ?? rounded.sign < 0;
    const text = digitsText(rounded, fraction);
    const point = text.indexOf(".");
    const length = point < 0 ? text.length : point;
    const fits = length <= places;
    this.digits = fits ? text : overflowText(fraction, places);
    this.blanks = fits ? places - length : 0;
    this.bracketed = template.bracketed && !(template.fill && !this.negative);
    this.signPosition = template.anchoredSign;
    this.signWritten = this.startsSigned();
    this.lastRelevant = this.findLastRelevant();
    const count = template.fraction + places - 1 + (!this.signWritten && this.blanks === 0 ? 1 : 0);
    this.lastPlace = count + (this.blanks > 0 ? 1 : 0) + (template.hasPoint ? 1 : 0);
  }

  write(): string {
    for (const part of this.template.parts) this.part(part);
    return this.out;
  }

  private startsSigned(): boolean {
    const { hasPlus, hasMinus, fill, anchoredSign } = this.template;
    if (hasPlus || hasMinus) return hasMinus;
    return !this.negative && fill && anchoredSign === undefined;
  }

  private findLastRelevant(): number {
    const { fill, hasPoint, lastZero } = this.template;
    const point = this.digits.indexOf(".");
    if (!fill || !hasPoint || point < 0) return -1;
    let last = point;
    for (let i = point + 1; i < this.digits.length; i++) if (this.digits[i] !== "0") last = i;
    if (lastZero <= this.blanks) return last;
    return Math.max(last, Math.min(this.digits.length - 1, lastZero - this.blanks));
  }

  private part(part: NumberPart): void {
    const { fill, hasPoint } = this.template;
    switch (part.kind) {
      case "digit":
      case "zero":
      case "point":
        return this.numeral(part.kind);
      case "group":
        if (this.inNumber) this.out += ",";
        else if (!fill) this.out += " ";
        return;
      case "currency":
        this.out += " ";
        return;
      case "minus":
        this.out += this.negative ? "-" : fill ? "" : " ";
        return;
      case "plus":
        this.out += this.negative ? (fill ? "" : " ") : "+";
        return;
      case "sign":
        this.out += this.negative ? "-" : "+";
        return;
      case "ordinal":
        if (!this.digits.startsWith("#") && !this.negative && !hasPoint) {
          this.out += ordinalEnding(part.text[0] === "t" ? "th" : "TH", this.digits);
        }
        return;
      case "literal":
        this.out += part.text;
        return;
      case "roman":
        return;
    }
  }

  /** A single 0 before the point is not shown unless the template has a 0 for it. */
  private get hidesZero(): boolean {
    const { firstZero, fraction } = this.template;
    return firstZero < 0 && this.next === 0 && this.digits.startsWith("0") && fraction !== 0;
  }

  private get endsAtPoint(): boolean {
    return this.lastRelevant >= 0 && this.digits[this.lastRelevant] === ".";
  }

  private numeral(kind: "digit" | "zero" | "point"): void {
    const { firstZero, fill } = this.template;
    this.inNumber = false;
    const zeroHere = firstZero >= 0 && firstZero <= this.place;
    const startsHere = this.place >= this.blanks || firstZero === this.place;
    if (!this.signWritten && startsHere && (!this.hidesZero || this.endsAtPoint)) this.sign();
    if (this.place < this.blanks) {
      if (zeroHere) {
        this.out += "0";
        this.inNumber = true;
      } else if (!fill) {
        this.out += " ";
      }
    } else {
      this.digit(kind);
    }
    const end =
      this.lastRelevant >= 0 && this.lastRelevant === this.next ? this.place : this.lastPlace;
    if (this.place + 1 === end) this.closeSign();
    this.place++;
  }

  private digit(kind: "digit" | "zero" | "point"): void {
    const { fill } = this.template;
    const digit = this.digits[this.next];
    if (digit === undefined) return;
    if (digit === ".") {
      this.out += ".";
    } else if (this.lastRelevant >= 0 && this.next > this.lastRelevant && kind !== "zero") {
      // A zero at the end, which FM leaves out.
    } else if (this.hidesZero) {
      if (!fill) this.out += " ";
      else if (this.endsAtPoint) this.out += "0";
    } else {
      this.out += digit;
      this.inNumber = true;
    }
    this.next++;
  }

  private sign(): void {
    if (this.signPosition === "after") return;
    if (this.signPosition === "before") {
      this.out += this.negative ? "-" : "+";
    } else if (this.bracketed) {
      this.out += this.negative ? "<" : " ";
    } else if (this.negative) {
      this.out += "-";
    } else if (!this.template.fill) {
      this.out += " ";
    }
    this.signWritten = true;
  }

  private closeSign(): void {
    if (this.signWritten && this.bracketed) this.out += this.negative ? ">" : " ";
    else if (this.signPosition === "after") this.out += this.negative ? "-" : "+";
  }
}

function shiftedValue(value: Decimal, { shifted }: NumberTemplate): Decimal {
  return shifted === 0 ? value : multiply(value, new Decimal(10n ** BigInt(shifted), 0));
}

/** Digits behind the point: what the template asks for, or fewer where a float has no more. */
function shownFraction(value: Decimal, template: NumberTemplate, digits?: number): number {
  if (digits === undefined || !value.isFinite) return template.fraction;
  const whole = round(absolute(shiftedValue(value, template)), 0).toString().length;
  return Math.max(0, Math.min(template.fraction, digits - whole));
}

function roundFor(value: Decimal, template: NumberTemplate, fraction: number): Decimal {
  return value.isFinite ? round(shiftedValue(value, template), fraction) : value;
}

function digitsText(value: Decimal, fraction: number): string {
  if (!value.isFinite) return value.isNaN ? "NaN" : "Infinity";
  const text = absolute(value).toString();
  return fraction > 0 && !text.includes(".") ? `${text}.` : text;
}

function overflowText(fraction: number, places: number): string {
  return `${"#".repeat(places)}${fraction > 0 ? `.${"#".repeat(fraction)}` : ""}`;
}
