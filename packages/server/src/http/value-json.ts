/**
 * A stored value as JSON text. The library stores more than JSON can say: a date becomes ISO 8601
 * text, a bigint a number where that is exact and otherwise text, bytes base64, a map an array of
 * pairs, a set an array. What a client stored as JSON comes back as it was.
 */
export function valueJson(value: unknown): string {
  return JSON.stringify(value, replacement);
}

function replacement(_name: string, value: unknown): unknown {
  if (typeof value === "bigint") return exactNumber(value);
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  }
  if (value instanceof Map) return [...(value as Map<unknown, unknown>)];
  if (value instanceof Set) return [...(value as Set<unknown>)];
  return value;
}

function exactNumber(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}
