import { Decimal, isJsonArray, isJsonObject } from "@aegisdb/sql";
import type { JsonNode } from "@aegisdb/sql";
import { decimalUnits, textUnits } from "./key-form-units.js";

/**
 * Units whose order is jsonb's: Object > Array > Boolean > Number > String > Null, containers by
 * their size first. An empty array at the top is below every scalar there.
 */
export function jsonUnits(node: JsonNode): string {
  if (isJsonArray(node) && node.length === 0) return "\0";
  return nodeUnits(node);
}

const NULL = "\x01";
const STRING = "\x02";
const NUMBER = "\x03";
const FALSE = "\x04\0";
const TRUE = "\x04\x01";
const ARRAY = "\x05";
const OBJECT = "\x06";

function nodeUnits(node: JsonNode): string {
  if (node === null) return NULL;
  if (typeof node === "string") return STRING + textUnits(node);
  if (node instanceof Decimal) return NUMBER + decimalUnits(node);
  if (typeof node === "boolean") return node ? TRUE : FALSE;
  if (isJsonArray(node)) {
    let units = ARRAY + countUnits(node.length);
    for (const item of node) units += nodeUnits(item);
    return units;
  }
  if (!isJsonObject(node)) return NULL;
  let units = OBJECT + countUnits(node.size);
  for (const [key, item] of node) units += textUnits(key) + nodeUnits(item);
  return units;
}

function countUnits(count: number): string {
  return String.fromCharCode(
    count >>> 24,
    (count >>> 16) & 0xff,
    (count >>> 8) & 0xff,
    count & 0xff,
  );
}
