import { AegisError } from "../contract/errors.js";
import {
  DAY_NAMES,
  MONTH_NAMES,
  parseTemplate,
  ROMAN_MONTHS,
  type TemplateField,
  type TemplatePart,
} from "./template.js";
import { PLAIN_NUMBERS, type ReadFields, WIDTHS } from "./template-fields.js";

/** Throws INVALID_DATETIME where the text does not follow the template. */
export function readByTemplate(text: string, template: string): ReadFields {
  return new TemplateReader(text, template).read();
}

const SEPARATOR = /^[!-/:-@[-`{-~]$/;

/** The longest first, so that VIII is not taken for VI. */
const ROMAN_BY_LENGTH = [...ROMAN_MONTHS].sort((a, b) => b.length - a.length);

class TemplateReader {
  private readonly text: string;
  private readonly parts: readonly TemplatePart[];
  private readonly exact: boolean;
  private readonly fields: ReadFields = {
    beforeChrist: false,
    twelveHours: false,
    afternoon: false,
  };
  private at = 0;
  /** Blanks and separators of the text that the template has not accounted for yet. */
  private skipped = 0;

  constructor(text: string, template: string) {
    const { parts, exact } = parseTemplate(template);
    this.text = text;
    this.parts = parts;
    this.exact = exact;
  }

  read(): ReadFields {
    for (const [index, part] of this.parts.entries()) {
      if (this.at >= this.text.length) break;
      if (!this.exact && (part.kind === "field" || index === 0)) this.skipBlanks();
      if (part.kind === "text") {
        this.readText(part.text, part.quoted);
        continue;
      }
      this.readField(part, this.parts[index + 1]);
      if (!this.exact) {
        this.skipped = 0;
        this.skipBlanks();
      }
    }
    return this.fields;
  }

  private skipBlanks(): void {
    while (/\s/.test(this.text[this.at] ?? "")) {
      this.at++;
      this.skipped++;
    }
  }

  private readText(character: string, quoted: boolean): void {
    const width = this.text.codePointAt(this.at)! > 0xffff ? 2 : 1;
    if (this.exact) {
      this.at += width;
      return;
    }
    if (!quoted && (/\s/.test(character) || SEPARATOR.test(character))) {
      // A separator stands for any other, or for none.
      this.skipped--;
      const found = this.text[this.at] ?? "";
      if (/\s/.test(found) || SEPARATOR.test(found)) {
        this.at++;
        this.skipped++;
      }
      return;
    }
    if (this.skipped > 0) this.skipped--;
    else this.at += width;
  }

  /** The digits of a field: as many as fit, or all where no digit can follow. */
  private digits(field: TemplateField, next: TemplatePart | undefined): string {
    const open = field.fill || field.ordinal !== undefined || endsNumber(next);
    const most = open ? "" : String(WIDTHS.get(field.key) ?? "");
    const pattern = new RegExp(`^\\s*([+-]?\\d{1,${most}})`);
    const match = pattern.exec(this.text.slice(this.at));
    if (match === null) {
      const width = WIDTHS.get(field.key) ?? 1;
      const shown = this.text.slice(this.at, this.at + width);
      const message = `invalid value "${shown}" for "${field.word}"`;
      throw new AegisError("INVALID_DATETIME", message, { detail: "Value must be an integer." });
    }
    this.at += match[0].length;
    if (field.ordinal !== undefined) this.at += 2;
    return match[1]!;
  }

  private oneOf(field: TemplateField, words: readonly string[]): number {
    const rest = this.text.slice(this.at).toLowerCase();
    const found = words.findIndex((word) => rest.startsWith(word.toLowerCase()));
    if (found < 0) {
      const word = /^[^\s]*/.exec(this.text.slice(this.at))![0];
      const message = `invalid value "${word}" for "${field.word}"`;
      throw new AegisError("INVALID_DATETIME", message, {
        detail: "The given value did not match any of the allowed values for this field.",
      });
    }
    this.at += words[found]!.length;
    return found;
  }

  private readField(field: TemplateField, next: TemplatePart | undefined): void {
    if (!this.readName(field)) this.readNumber(field, next);
  }

  private readName(field: TemplateField): boolean {
    const { fields } = this;
    switch (field.key) {
      case "A.M.":
      case "P.M.":
        fields.afternoon = this.oneOf(field, ["a.m.", "p.m."]) === 1;
        fields.twelveHours = true;
        return true;
      case "AM":
      case "PM":
        fields.afternoon = this.oneOf(field, ["am", "pm"]) === 1;
        fields.twelveHours = true;
        return true;
      case "A.D.":
      case "B.C.":
        fields.beforeChrist = this.oneOf(field, ["a.d.", "b.c."]) === 1;
        return true;
      case "AD":
      case "BC":
        fields.beforeChrist = this.oneOf(field, ["ad", "bc"]) === 1;
        return true;
      case "MONTH":
        fields.month = this.oneOf(field, MONTH_NAMES) + 1;
        return true;
      case "MON":
        fields.month =
          this.oneOf(
            field,
            MONTH_NAMES.map((name) => name.slice(0, 3)),
          ) + 1;
        return true;
      case "RM":
        fields.month =
          ROMAN_MONTHS.indexOf(ROMAN_BY_LENGTH[this.oneOf(field, ROMAN_BY_LENGTH)]!) + 1;
        return true;
      case "DAY":
        this.oneOf(field, DAY_NAMES);
        return true;
      case "DY":
        this.oneOf(
          field,
          DAY_NAMES.map((name) => name.slice(0, 3)),
        );
        return true;
      case "TZ":
      case "OF":
        throw new AegisError(
          "UNSUPPORTED",
          `formatting field "${field.word}" is only supported in to_char`,
        );
      default:
        return false;
    }
  }

  private readNumber(field: TemplateField, next: TemplatePart | undefined): void {
    const { fields } = this;
    switch (field.key) {
      case "TZH": {
        const sign = this.text[this.at] === "-" ? -1 : 1;
        if (/[+-]/.test(this.text[this.at] ?? "")) this.at++;
        fields.offset = sign * Number(this.digits(field, next)) * 3600;
        return;
      }
      case "TZM": {
        const hours = fields.offset ?? 0;
        const minutes = Number(this.digits(field, next)) * 60;
        fields.offset = hours < 0 ? hours - minutes : hours + minutes;
        return;
      }
      case "Y,YYY": {
        const match = /^\s*(\d+),(\d{3})/.exec(this.text.slice(this.at));
        if (match === null) {
          const message = 'invalid input string for "Y,YYY"';
          throw new AegisError("INVALID_DATETIME", message);
        }
        this.at += match[0].length;
        fields.year = Number(match[1]) * 1000 + Number(match[2]);
        return;
      }
      default:
        this.setNumber(field.key, this.digits(field, next));
    }
  }

  private setNumber(key: string, digits: string): void {
    const { fields } = this;
    const plain = PLAIN_NUMBERS.get(key);
    if (plain !== undefined) {
      fields[plain] = Number(digits);
      return;
    }
    switch (key) {
      case "HH":
      case "HH12":
        fields.hour = Number(digits);
        fields.twelveHours = true;
        return;
      case "MS":
        fields.millis = Math.round(Number(`0.${digits}`) * 1000);
        return;
      case "D":
      case "Q":
        // The day of a week and the quarter say nothing that the rest does not.
        return;
      default:
        this.setYearOrFraction(key, digits);
    }
  }

  private setYearOrFraction(key: string, digits: string): void {
    if (key === "US" || key.startsWith("FF")) {
      this.fields.micros = Math.round(Number(`0.${digits}`) * 1_000_000);
      return;
    }
    const year = key.endsWith("YYYY") ? Number(digits) : nearYear(digits);
    if (key.startsWith("I")) this.fields.isoYear = year;
    else this.fields.year = year;
  }
}

/** A year of fewer than four digits is the one nearest to 2020. */
function nearYear(digits: string): number {
  const value = Number(digits);
  if (digits.length >= 4 || value < 0) return value;
  if (value < 70) return value + 2000;
  if (value < 100) return value + 1900;
  return value < 520 ? value + 2000 : value + 1000;
}

/** Whether no digit can stand next in the text, as far as the template says. */
function endsNumber(next: TemplatePart | undefined): boolean {
  if (next === undefined) return true;
  return next.kind === "field" ? !WIDTHS.has(next.key) : !/\d/.test(next.text);
}
