/** `INTERVAL '3' DAY`: a number without a unit takes the last field's. */
export function intervalText(text: string, fields: string | undefined): string {
  if (fields === undefined) return text;
  const last = fields.split(" ").at(-1)!.replace(/\(.*/, "");
  return /^\s*[+-]?\d+(\.\d+)?\s*$/.test(text) ? `${text} ${last}` : text;
}
