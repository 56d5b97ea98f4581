import { AegisError } from "../contract/errors.js";
import type { Datum } from "../types/datum.js";
import { Jsonb, type JsonNode } from "../types/jsonb.js";
import { jsonContains } from "../types/jsonb-compare.js";
import { isJsonArray, isJsonObject, jsonObject } from "../types/jsonb-text.js";
import { binary } from "./define.js";
import { deleteAtPath } from "./jsonb-paths.js";
import { arrayOf, BOOLEAN, INTEGER, JSONB, TEXT } from "./overloads.js";
import type { ScalarFunction } from "./registry.js";

/** Whether a member, an item that is a string, or the string itself is called so. */
function hasKey(node: JsonNode, key: Datum): boolean {
  if (key === null) return false;
  if (isJsonObject(node)) return node.has(key as string);
  return isJsonArray(node) ? node.includes(key as string) : node === key;
}

function concatenate(a: JsonNode, b: JsonNode): JsonNode {
  if (isJsonObject(a) && isJsonObject(b)) return jsonObject([...a, ...b]);
  return [...(isJsonArray(a) ? a : [a]), ...(isJsonArray(b) ? b : [b])];
}

function checkContainer(node: JsonNode): void {
  if (isJsonArray(node) || isJsonObject(node)) return;
  throw new AegisError("INVALID_ARGUMENT", "cannot delete from scalar");
}

function withoutKeys(node: JsonNode, keys: readonly Datum[]): JsonNode {
  checkContainer(node);
  const gone = new Set(keys);
  if (isJsonArray(node)) {
    return node.filter((item) => typeof item !== "string" || !gone.has(item));
  }
  if (!isJsonObject(node)) return node;
  return new Map([...node].filter(([key]) => !gone.has(key)));
}

function withoutIndex(node: JsonNode, index: number): JsonNode {
  checkContainer(node);
  if (!isJsonArray(node)) {
    throw new AegisError("INVALID_ARGUMENT", "cannot delete from object using integer index");
  }
  const at = index < 0 ? node.length + index : index;
  return node.filter((_item, i) => i !== at);
}

type Keys = readonly Datum[];

export const jsonbOperators: readonly ScalarFunction[] = [
  binary<Jsonb>("@>", [JSONB, JSONB], BOOLEAN, (a, b) => jsonContains(a.node, b.node)),
  binary<Jsonb>("<@", [JSONB, JSONB], BOOLEAN, (a, b) => jsonContains(b.node, a.node)),
  // The functions are for whoever cannot write the operators, because "?" is a parameter there.
  ...["?", "jsonb_exists"].map((name) =>
    binary<Jsonb, string>(name, [JSONB, TEXT], BOOLEAN, (json, key) => hasKey(json.node, key)),
  ),
  ...["?|", "jsonb_exists_any"].map((name) =>
    binary<Jsonb, Keys>(name, [JSONB, arrayOf(TEXT)], BOOLEAN, (json, keys) =>
      keys.some((key) => hasKey(json.node, key)),
    ),
  ),
  ...["?&", "jsonb_exists_all"].map((name) =>
    binary<Jsonb, Keys>(name, [JSONB, arrayOf(TEXT)], BOOLEAN, (json, keys) =>
      keys.every((key) => key === null || hasKey(json.node, key)),
    ),
  ),
  binary<Jsonb>("||", [JSONB, JSONB], JSONB, (a, b) => Jsonb.of(concatenate(a.node, b.node))),
  binary<Jsonb, string>("-", [JSONB, TEXT], JSONB, (json, key) =>
    Jsonb.of(withoutKeys(json.node, [key])),
  ),
  binary<Jsonb, Keys>("-", [JSONB, arrayOf(TEXT)], JSONB, (json, keys) =>
    Jsonb.of(withoutKeys(json.node, keys)),
  ),
  binary<Jsonb, number>("-", [JSONB, INTEGER], JSONB, (json, index) =>
    Jsonb.of(withoutIndex(json.node, index)),
  ),
  binary<Jsonb, Keys>("#-", [JSONB, arrayOf(TEXT)], JSONB, (json, path) =>
    Jsonb.of(deleteAtPath(json.node, path)),
  ),
];
