import type { TemplateField } from "./template.js";

/** A number with zeros before it, or without them (FM), and an ordinal's ending. */
export function number(field: TemplateField, value: number, width: number): string {
  const size = String(Math.abs(value));
  const digits = field.fill ? size : size.padStart(width, "0");
  const text = value < 0 ? `-${digits}` : digits;
  return field.ordinal === undefined ? text : text + ordinalEnding(field.ordinal, text);
}

export function ordinalEnding(style: "TH" | "th", text: string): string {
  const teen = text.at(-2) === "1";
  const endings: Readonly<Record<string, string>> = { 1: "st", 2: "nd", 3: "rd" };
  const ending = (teen ? undefined : endings[text.at(-1)!]) ?? "th";
  return style === "TH" ? ending.toUpperCase() : ending;
}

/** A name in the case that the keyword has, as long as the longest of its kind. */
export function name(field: TemplateField, full: string, width: number): string {
  const { word } = field;
  const text =
    word === word.toUpperCase()
      ? full.toUpperCase()
      : word === word.toLowerCase()
        ? full.toLowerCase()
        : full;
  return field.fill ? text : text.padEnd(width);
}

/** In lower case where the keyword is. */
export function cased(field: TemplateField, text: string): string {
  return field.word === field.word.toUpperCase() ? text : text.toLowerCase();
}
