import { AegisError } from "../contract/errors.js";
import type { Datum } from "../types/datum.js";
import type { JsonNode } from "../types/jsonb.js";
import { isJsonArray, isJsonObject, jsonObject } from "../types/jsonb-text.js";
import { pathIndex } from "./json-access.js";

/** What happens to the place that a path ends at. */
interface Change {
  /** Undefined: the place is taken out. */
  readonly value: JsonNode | undefined;
  /** `replace` leaves a place alone that is not there; `insert` never replaces. */
  readonly mode: "replace" | "upsert" | "insertBefore" | "insertAfter";
}

/** jsonb_set: replaces what is there, and adds it where `create` allows. */
export function setAtPath(
  node: JsonNode,
  path: readonly Datum[],
  value: JsonNode,
  create: boolean,
): JsonNode {
  checkContainer(node, "set");
  if (path.length === 0 || (!create && isEmpty(node))) return node;
  return change(node, path, 0, { value, mode: create ? "upsert" : "replace" });
}

/** jsonb_insert: a new member, or an item before or after the one there. */
export function insertAtPath(
  node: JsonNode,
  path: readonly Datum[],
  value: JsonNode,
  after: boolean,
): JsonNode {
  checkContainer(node, "set");
  if (path.length === 0) return node;
  return change(node, path, 0, { value, mode: after ? "insertAfter" : "insertBefore" });
}

export function deleteAtPath(node: JsonNode, path: readonly Datum[]): JsonNode {
  checkContainer(node, "delete");
  if (path.length === 0 || isEmpty(node)) return node;
  return change(node, path, 0, { value: undefined, mode: "replace" });
}

/** An empty container is left alone whatever the path says. */
function isEmpty(node: JsonNode): boolean {
  return (isJsonArray(node) && node.length === 0) || (isJsonObject(node) && node.size === 0);
}

function checkContainer(node: JsonNode, verb: string): void {
  if (isJsonArray(node) || isJsonObject(node)) return;
  throw new AegisError("INVALID_ARGUMENT", `cannot ${verb} path in scalar`);
}

function change(node: JsonNode, path: readonly Datum[], level: number, what: Change): JsonNode {
  const step = path[level];
  if (!isJsonArray(node) && !isJsonObject(node)) return node;
  if (step === null || step === undefined) {
    const message = `path element at position ${level + 1} is null`;
    throw new AegisError("INVALID_ARGUMENT", message, { sqlState: "22004" });
  }
  return isJsonObject(node)
    ? changeObject(node, step as string, path, level, what)
    : changeArray(node, step as string, path, level, what);
}

function changeObject(
  node: ReadonlyMap<string, JsonNode>,
  key: string,
  path: readonly Datum[],
  level: number,
  what: Change,
): JsonNode {
  const existing = node.get(key);
  const last = level === path.length - 1;
  if (existing === undefined) {
    if (!last || what.mode === "replace" || what.value === undefined) return node;
    return jsonObject([...node, [key, what.value]]);
  }
  const copy = new Map(node);
  if (!last) copy.set(key, change(existing, path, level + 1, what));
  else if (what.value === undefined) copy.delete(key);
  else if (what.mode === "replace" || what.mode === "upsert") copy.set(key, what.value);
  else {
    throw new AegisError("INVALID_ARGUMENT", "cannot replace existing key", {
      hint: "Try using the function jsonb_set to replace key value.",
    });
  }
  return copy;
}

function changeArray(
  node: readonly JsonNode[],
  step: string,
  path: readonly Datum[],
  level: number,
  what: Change,
): JsonNode {
  const index = pathIndex(step);
  if (index === undefined) {
    const message = `path element at position ${level + 1} is not an integer: "${step}"`;
    throw new AegisError("INVALID_TEXT_REPRESENTATION", message);
  }
  const at = index < 0 ? node.length + index : index;
  const last = level === path.length - 1;
  const existing = node[at];
  if (existing === undefined) {
    // Past an end there is nothing to replace: what may be created goes to that end.
    if (!last || what.mode === "replace" || what.value === undefined) return node;
    return at < 0 ? [what.value, ...node] : [...node, what.value];
  }
  const copy = [...node];
  if (!last) copy[at] = change(existing, path, level + 1, what);
  else if (what.value === undefined) copy.splice(at, 1);
  else if (what.mode === "insertBefore") copy.splice(at, 0, what.value);
  else if (what.mode === "insertAfter") copy.splice(at + 1, 0, what.value);
  else copy[at] = what.value;
  return copy;
}
