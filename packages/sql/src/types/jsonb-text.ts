import { compareText } from "./text-order.js";
import { Decimal } from "./decimal.js";
import type { JsonNode } from "./jsonb.js";

/** The text jsonb prints: one space after each comma and colon. */
export function printJson(node: JsonNode): string {
  if (node === null) return "null";
  if (typeof node === "boolean") return node ? "true" : "false";
  if (typeof node === "string") return quoteJson(node);
  if (node instanceof Decimal) return node.toString();
  if (isJsonArray(node)) return `[${node.map(printJson).join(", ")}]`;
  const members: string[] = [];
  for (const [key, value] of node) members.push(`${quoteJson(key)}: ${printJson(value)}`);
  return `{${members.join(", ")}}`;
}

/** Quotes as PostgreSQL does: only what JSON requires is escaped. */
function quoteJson(text: string): string {
  return JSON.stringify(text);
}

export function isJsonArray(node: JsonNode): node is readonly JsonNode[] {
  return Array.isArray(node);
}

export function isJsonObject(node: JsonNode): node is ReadonlyMap<string, JsonNode> {
  return node instanceof Map;
}

/** An object from entries in any order; of one key's values the last one wins. */
export function jsonObject(entries: Iterable<readonly [string, JsonNode]>): JsonNode {
  const last = new Map<string, JsonNode>();
  for (const [key, value] of entries) last.set(key, value);
  return new Map([...last].sort(([a], [b]) => compareKeys(a, b)));
}

function compareKeys(a: string, b: string): number {
  return Buffer.byteLength(a) - Buffer.byteLength(b) || compareText(a, b);
}
