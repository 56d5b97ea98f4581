import { crc32 } from "./checksum.js";

/**
 * Small control files (LOCK, CURRENT) as one line of JSON behind its checksum: readable by a
 * person, and a byte that changed is noticed.
 */
export function checkedJson(content: unknown): Uint8Array {
  const text = JSON.stringify(content);
  const body = new TextEncoder().encode(text);
  const sum = crc32(body).toString(16).padStart(8, "0");
  return new TextEncoder().encode(`${sum} ${text}\n`);
}

/** Undefined if the bytes are not what `checkedJson` wrote. */
export function parseCheckedJson(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes);
  const body = text.slice(9, -1);
  const sum = crc32(new TextEncoder().encode(body)).toString(16).padStart(8, "0");
  if (text.slice(0, 9) !== `${sum} ` || !text.endsWith("\n")) return undefined;
  return JSON.parse(body) as unknown;
}
