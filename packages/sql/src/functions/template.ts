/**
 * Templates of to_char, to_timestamp and to_date for dates and times, cut into fields and the text
 * between them.
 */
export interface TemplateField {
  readonly kind: "field";
  /** The keyword as it was written, whose case decides the case of names. */
  readonly word: string;
  /** The keyword in upper case. */
  readonly key: string;
  /** FM: no padding. */
  readonly fill: boolean;
  /** TH or th behind it. */
  readonly ordinal: "TH" | "th" | undefined;
}

export type TemplatePart =
  | TemplateField
  /** Characters that are themselves: `quoted` ones are no separators. */
  | { readonly kind: "text"; readonly text: string; readonly quoted: boolean };

interface Template {
  readonly parts: readonly TemplatePart[];
  /** FX: to_timestamp takes the text as it stands. */
  readonly exact: boolean;
}

/** Longer keywords stand before those they begin with. */
const KEYWORDS = (
  "A.D. A.M. AD AM B.C. BC CC DAY DDD DD DY D FF1 FF2 FF3 FF4 FF5 FF6 HH24 HH12 HH IDDD ID IW " +
  "IYYY IYY IY I J MI MM MONTH MON MS OF P.M. PM Q RM SSSSS SSSS SS TZH TZM TZ US WW W Y,YYY YYYY " +
  "YYY YY Y"
).split(" ");

const CAPITALIZED: ReadonlyMap<string, string> = new Map([
  ["DAY", "Day"],
  ["DY", "Dy"],
  ["MONTH", "Month"],
  ["MON", "Mon"],
]);

function keywordAt(text: string, at: number): string | undefined {
  return KEYWORDS.find(
    (key) =>
      text.startsWith(key, at) ||
      text.startsWith(key.toLowerCase(), at) ||
      text.startsWith(CAPITALIZED.get(key) ?? key, at),
  );
}

/** Templates are few and repeat from row to row. */
const MAX_CACHED = 256;
const cache = new Map<string, Template>();

export function parseTemplate(text: string): Template {
  const cached = cache.get(text);
  if (cached !== undefined) return cached;
  const template = readTemplate(text);
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(text, template);
  return template;
}

function readTemplate(text: string): Template {
  const parts: TemplatePart[] = [];
  let exact = false;
  let at = 0;
  while (at < text.length) {
    const prefix = /^(?:FM|fm|TM|tm|FX|fx)+/.exec(text.slice(at))?.[0] ?? "";
    if (/FX/i.test(prefix)) exact = true;
    at += prefix.length;
    if (at >= text.length) break;
    const key = keywordAt(text, at);
    if (key !== undefined) {
      const word = text.slice(at, at + key.length);
      at += key.length;
      const suffix = /^(?:TH|th|SP|sp)/.exec(text.slice(at))?.[0];
      if (suffix !== undefined) at += 2;
      const ordinal = suffix === "TH" || suffix === "th" ? suffix : undefined;
      parts.push({ kind: "field", word, key, fill: /FM/i.test(prefix), ordinal });
    } else at = readText(text, at, parts);
  }
  return { parts, exact };
}

/** One character, or all up to the closing quote; returns where it ends. */
function readText(text: string, from: number, parts: TemplatePart[]): number {
  let at = from;
  if (text[at] === '"') {
    let quoted = "";
    for (at++; at < text.length && text[at] !== '"'; at++) {
      if (text[at] === "\\" && at + 1 < text.length) at++;
      quoted += text[at]!;
    }
    for (const character of quoted) parts.push({ kind: "text", text: character, quoted: true });
    return at + 1;
  }
  if (text[at] === "\\" && text[at + 1] === '"') at++;
  const character = String.fromCodePoint(text.codePointAt(at)!);
  parts.push({ kind: "text", text: character, quoted: false });
  return at + character.length;
}

export const MONTH_NAMES: readonly string[] =
  "January February March April May June July August September October November December".split(
    " ",
  );

export const DAY_NAMES: readonly string[] =
  "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

export const ROMAN_MONTHS: readonly string[] = "I II III IV V VI VII VIII IX X XI XII".split(" ");
