import { AegisError } from "../../errors.js";

const texts: WeakMap<TemplateStringsArray, string> = new WeakMap();

/**
 * The statement of a tagged template: every value stands where a value can, as a parameter. A call
 * site's parts are one object, so its text is made once.
 */
export function templateText(parts: TemplateStringsArray): string {
  let text = texts.get(parts);
  if (text === undefined) {
    if (!Array.isArray(parts) || !("raw" in parts)) {
      throw new AegisError("INVALID_ARGUMENT", "sql is a template tag: db.sql`SELECT …`", {
        hint: "For a text with parameters use query.",
      });
    }
    text = parts.reduce((joined, part, i) => `${joined}$${i}${part}`);
    texts.set(parts, text);
  }
  return text;
}
