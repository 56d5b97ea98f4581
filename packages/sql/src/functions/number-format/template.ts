import { AegisError } from "../../contract/errors.js";

export type NumberPart =
  | {
      readonly kind: "digit" | "zero" | "point" | "group" | "currency" | "roman" | "ordinal";
      /** As the template wrote it: the case of RN and TH shows in the result. */
      readonly text: string;
    }
  | { readonly kind: "minus" | "plus" | "sign" | "literal"; readonly text: string };

/** What a template of to_char or to_number asks for, apart from the order of its parts. */
export interface NumberTemplate {
  readonly parts: readonly NumberPart[];
  /** Digits before and after the point. */
  readonly whole: number;
  readonly fraction: number;
  /** Digits after V: the value is shown multiplied by ten to their number. */
  readonly shifted: number;
  readonly hasPoint: boolean;
  /** FM: no blanks, and no zeros at the end. */
  readonly fill: boolean;
  /** The place of the first 0 before the point, and of the last 0; -1 where there is none. */
  readonly firstZero: number;
  readonly lastZero: number;
  /** S stands before the digits, behind them, or not at all. */
  readonly anchoredSign: "before" | "after" | undefined;
  readonly bracketed: boolean;
  readonly hasMinus: boolean;
  readonly hasPlus: boolean;
  readonly roman: boolean;
  readonly scientific: boolean;
}

const WORDS = /FM|EEEE|PR|MI|PL|SG|RN|TH|[09.,DGLSVB]|"((?:[^"\\]|\\.)*)"?|\\?./giu;

/** How much of a template is kept in memory: templates are constants, mostly. */
const MAX_CACHED = 64;
const cache = new Map<string, NumberTemplate>();

export function numberTemplate(text: string): NumberTemplate {
  let template = cache.get(text);
  if (template === undefined) {
    template = new TemplateReader().read(text);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(text, template);
  }
  return template;
}

function invalid(message: string): AegisError {
  return new AegisError("PARSE_ERROR", message);
}

class TemplateReader {
  private readonly parts: NumberPart[] = [];
  private whole = 0;
  private fraction = 0;
  private shifted = 0;
  private hasPoint = false;
  private hasShift = false;
  private fill = false;
  private firstZero = -1;
  private lastZero = -1;
  private anchoredSign: "before" | "after" | undefined;
  private bracketed = false;
  private hasMinus = false;
  private hasPlus = false;
  private roman = false;
  private scientific = false;

  read(text: string): NumberTemplate {
    for (const [word, quoted] of text.matchAll(WORDS)) {
      if (quoted !== undefined) this.literal(quoted.replaceAll(/\\(.)/gsu, "$1"));
      else this.word(word);
    }
    if (this.scientific && (this.fill || this.anchoredSign || this.hasMinus || this.hasPlus)) {
      throw invalid('"EEEE" is incompatible with other formats');
    }
    const { parts, whole, fraction, shifted, hasPoint, fill, firstZero, lastZero } = this;
    const { anchoredSign, bracketed, hasMinus, hasPlus, roman, scientific } = this;
    return {
      ...{ parts, whole, fraction, shifted, hasPoint, fill, firstZero, lastZero },
      ...{ anchoredSign, bracketed, hasMinus, hasPlus, roman, scientific },
    };
  }

  private literal(text: string): void {
    this.parts.push({ kind: "literal", text });
  }

  private word(text: string): void {
    const word = text.toUpperCase();
    switch (word) {
      case "9":
      case "0":
        return this.digit(word);
      case ".":
      case "D":
        return this.point(text);
      case ",":
      case "G":
        this.parts.push({ kind: "group", text });
        return;
      case "L":
        this.parts.push({ kind: "currency", text });
        return;
      case "RN":
        this.roman = true;
        this.parts.push({ kind: "roman", text });
        return;
      case "TH":
        this.parts.push({ kind: "ordinal", text });
        return;
      case "FM":
        this.fill = true;
        return;
      case "V":
        if (this.hasPoint) throw invalid('cannot use "V" and decimal point together');
        this.hasShift = true;
        return;
      case "B":
        return;
      case "EEEE":
        this.scientific = true;
        return;
      default:
        this.signOrLiteral(word, text);
    }
  }

  private signOrLiteral(word: string, text: string): void {
    switch (word) {
      case "S":
        return this.anchored();
      case "MI":
        this.hasMinus = true;
        return this.sign("minus", text);
      case "PL":
        this.hasPlus = true;
        return this.sign("plus", text);
      case "SG":
        this.hasMinus = true;
        this.hasPlus = true;
        return this.sign("sign", text);
      case "PR":
        if (this.anchoredSign !== undefined || this.hasPlus || this.hasMinus) {
          throw invalid('cannot use "PR" and "S"/"PL"/"MI"/"SG" together');
        }
        this.bracketed = true;
        return;
      default:
        this.literal(text.replace(/^\\(?=.)/su, ""));
    }
  }

  private digit(word: "9" | "0"): void {
    if (this.bracketed) throw invalid('"9" must be ahead of "PR"');
    if (this.hasShift) {
      this.shifted++;
    } else if (this.hasPoint) {
      this.fraction++;
    } else {
      if (word === "0" && this.firstZero < 0) this.firstZero = this.whole;
      this.whole++;
    }
    if (word === "0") this.lastZero = this.whole + this.fraction;
    this.parts.push({ kind: word === "0" ? "zero" : "digit", text: word });
  }

  private point(text: string): void {
    if (this.hasPoint) throw invalid("multiple decimal points");
    if (this.hasShift) throw invalid('cannot use "V" and decimal point together');
    this.hasPoint = true;
    this.parts.push({ kind: "point", text });
  }

  private anchored(): void {
    if (this.anchoredSign !== undefined) throw invalid('cannot use "S" twice');
    if (this.hasPlus || this.hasMinus || this.bracketed) {
      throw invalid('cannot use "S" and "PL"/"MI"/"SG"/"PR" together');
    }
    this.anchoredSign = this.whole + this.fraction === 0 ? "before" : "after";
  }

  private sign(kind: "minus" | "plus" | "sign", text: string): void {
    if (this.anchoredSign !== undefined) {
      throw invalid(`cannot use "S" and "${text.toUpperCase()}" together`);
    }
    this.parts.push({ kind, text });
  }
}
