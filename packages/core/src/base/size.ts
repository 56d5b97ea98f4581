/** Units a size's text may use, in bytes. As in the guide, they are powers of 1024. */
const UNIT_BYTES: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1024,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
  TB: 1024 ** 4,
};

const FORM = /^(\d{1,15}(?:\.\d{1,6})?)\s*(B|KB|MB|GB|TB)$/i;

/** How sizes are written, for messages. */
export const SIZE_FORMS = 'a number of bytes, or text such as "64KB", "256MB", "4GB"';

/** Bytes of a size; undefined if `value` is not one. */
export function sizeBytes(value: unknown): number | undefined {
  const bytes = typeof value === "string" ? textBytes(value) : value;
  if (typeof bytes !== "number" || !(bytes >= 0) || bytes > Number.MAX_SAFE_INTEGER) {
    return undefined;
  }
  return Math.floor(bytes);
}

function textBytes(text: string): number | undefined {
  const match = FORM.exec(text.trim());
  return match === null ? undefined : Number(match[1]) * UNIT_BYTES[match[2]!.toUpperCase()]!;
}
