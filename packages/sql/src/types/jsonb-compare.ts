import { Decimal } from "./decimal.js";
import { isJsonArray, isJsonObject } from "./jsonb-text.js";
import type { JsonNode } from "./jsonb.js";
import { compareText } from "./text-order.js";

/** jsonb's order: Object > Array > Boolean > Number > String > Null, shorter containers first. */
export function compareJson(a: JsonNode, b: JsonNode): number {
  const rank = topRank(a) - topRank(b);
  return rank === 0 ? compareSameRank(a, b) : rank;
}

/** An empty array at the top is below every scalar there, which is PostgreSQL's historic order. */
function topRank(node: JsonNode): number {
  return isJsonArray(node) && node.length === 0 ? -1 : rankOf(node);
}

function compareNested(a: JsonNode, b: JsonNode): number {
  const rank = rankOf(a) - rankOf(b);
  return rank === 0 ? compareSameRank(a, b) : rank;
}

function compareSameRank(a: JsonNode, b: JsonNode): number {
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  if (a instanceof Decimal && b instanceof Decimal) return a.compare(b);
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  if (a === null || b === null) return 0;
  if (isJsonArray(a) && isJsonArray(b)) return compareArrays(a, b);
  if (isJsonObject(a) && isJsonObject(b)) return compareObjects(a, b);
  return 0;
}

function rankOf(node: JsonNode): number {
  if (node === null) return 0;
  if (typeof node === "string") return 1;
  if (node instanceof Decimal) return 2;
  if (typeof node === "boolean") return 3;
  return isJsonArray(node) ? 4 : 5;
}

function compareArrays(a: readonly JsonNode[], b: readonly JsonNode[]): number {
  if (a.length !== b.length) return a.length - b.length;
  for (let i = 0; i < a.length; i++) {
    const order = compareNested(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return 0;
}

function compareObjects(
  a: ReadonlyMap<string, JsonNode>,
  b: ReadonlyMap<string, JsonNode>,
): number {
  if (a.size !== b.size) return a.size - b.size;
  const others = b.entries();
  for (const [key, value] of a) {
    const [otherKey, otherValue] = others.next().value!;
    const order = compareText(key, otherKey) || compareNested(value, otherValue);
    if (order !== 0) return order;
  }
  return 0;
}

/** Whether `a @> b`. At the top an array also contains a scalar that is one of its elements. */
export function jsonContains(a: JsonNode, b: JsonNode): boolean {
  if (isJsonArray(a) && !isJsonArray(b) && !isJsonObject(b)) return arrayHolds(a, b);
  return contains(a, b);
}

function contains(a: JsonNode, b: JsonNode): boolean {
  if (isJsonObject(b)) {
    if (!isJsonObject(a)) return false;
    for (const [key, value] of b) {
      const held = a.get(key);
      if (held === undefined || !contains(held, value)) return false;
    }
    return true;
  }
  if (isJsonArray(b)) return isJsonArray(a) && b.every((item) => arrayHolds(a, item));
  return !isJsonArray(a) && !isJsonObject(a) && compareNested(a, b) === 0;
}

function arrayHolds(items: readonly JsonNode[], wanted: JsonNode): boolean {
  return items.some((item) => contains(item, wanted));
}
