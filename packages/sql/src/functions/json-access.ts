import type { Datum } from "../types/datum.js";
import { Decimal } from "../types/decimal.js";
import { Jsonb, type JsonNode } from "../types/jsonb.js";
import { isJsonArray, isJsonObject, printJson } from "../types/jsonb-text.js";
import type { SqlType } from "../types/sql-type.js";
import { binary, scalar } from "./define.js";
import { jsonItems, jsonKind, jsonMembers, jsonScalarText } from "./json-slices.js";
import { arrayOf, INTEGER, JSON_TYPE, JSONB, TEXT } from "./overloads.js";
import type { ScalarFunction } from "./registry.js";

/** The member, or undefined where the value is no object or has none of that name. */
function jsonbMember(node: JsonNode, key: string): JsonNode | undefined {
  return isJsonObject(node) ? node.get(key) : undefined;
}

/** The item; negative indexes count from the end. */
function jsonbItem(node: JsonNode, index: number): JsonNode | undefined {
  if (!isJsonArray(node)) return undefined;
  return node[index < 0 ? node.length + index : index];
}

/** A step of a path is an index where it meets an array, and a name where it meets an object. */
function jsonbAtPath(node: JsonNode, path: readonly Datum[]): JsonNode | undefined {
  let at: JsonNode | undefined = node;
  for (const step of path) {
    if (at === undefined || step === null) return undefined;
    if (isJsonArray(at)) {
      const index: number | undefined = pathIndex(step as string);
      at = index === undefined ? undefined : jsonbItem(at, index);
    } else at = jsonbMember(at, step as string);
  }
  return at;
}

export function pathIndex(step: string): number | undefined {
  return /^\s*[+-]?\d+$/.test(step) ? Number(step) : undefined;
}

/** A scalar on its own is stored as an array of one item, and PostgreSQL lets that show. */
function itemAtTop(node: JsonNode, index: number): JsonNode | undefined {
  if (isJsonArray(node) || isJsonObject(node)) return jsonbItem(node, index);
  return index === 0 || index === -1 ? node : undefined;
}

function jsonbResult(node: JsonNode | undefined): Datum {
  return node === undefined ? null : Jsonb.of(node);
}

/** A node as text: a string as it is, JSON's null as NULL. */
export function jsonbText(node: JsonNode | undefined): string | null {
  if (node === undefined || node === null) return null;
  if (typeof node === "string") return node;
  return node instanceof Decimal ? node.toString() : printJson(node);
}

function sliceMember(text: string, key: string): string | undefined {
  if (jsonKind(text) !== "object") return undefined;
  let found: string | undefined;
  for (const [name, value] of jsonMembers(text)) if (name === key) found = value;
  return found;
}

function sliceItem(text: string, index: number): string | undefined {
  if (jsonKind(text) !== "array") return undefined;
  if (index < 0) return [...jsonItems(text)].at(index);
  let left = index;
  for (const item of jsonItems(text)) if (left-- === 0) return item;
  return undefined;
}

function sliceAtPath(text: string, path: readonly Datum[]): string | undefined {
  let at: string | undefined = text;
  for (const step of path) {
    if (at === undefined || step === null) return undefined;
    if (jsonKind(at) === "array") {
      const index = pathIndex(step as string);
      at = index === undefined ? undefined : sliceItem(at, index);
    } else at = sliceMember(at, step as string);
  }
  return at;
}

function sliceText(slice: string | undefined): string | null {
  return slice === undefined ? null : jsonScalarText(slice);
}

/** One way to look inside: its operator with the value, and the one with the value as text. */
function access<K extends Datum>(
  names: readonly [string, string],
  key: SqlType,
  node: (node: JsonNode, key: K) => JsonNode | undefined,
  slice: (text: string, key: K) => string | undefined,
): readonly ScalarFunction[] {
  const [asJson, asText] = names;
  return [
    binary<Jsonb, K>(asJson, [JSONB, key], JSONB, (json, k) => jsonbResult(node(json.node, k))),
    binary<Jsonb, K>(asText, [JSONB, key], TEXT, (json, k) => jsonbText(node(json.node, k))),
    binary<string, K>(asJson, [JSON_TYPE, key], JSON_TYPE, (text, k) => slice(text, k) ?? null),
    binary<string, K>(asText, [JSON_TYPE, key], TEXT, (text, k) => sliceText(slice(text, k))),
  ];
}

type Path = readonly Datum[];

/** `jsonb_extract_path(value, 'a', 'b')`, the operators' names with a list of steps. */
function extractPath(
  name: string,
  from: SqlType,
  to: SqlType,
  find: (value: Datum, path: Path) => Datum,
): ScalarFunction {
  const evaluate: ScalarFunction["evaluate"] = ([value, ...path]) => find(value!, path);
  return scalar(name, [from, TEXT], to, evaluate, { variadic: true });
}

export const jsonAccessFunctions: readonly ScalarFunction[] = [
  ...access<string>(["->", "->>"], TEXT, jsonbMember, sliceMember),
  ...access<number>(["->", "->>"], INTEGER, itemAtTop, sliceItem),
  ...access<Path>(["#>", "#>>"], arrayOf(TEXT), jsonbAtPath, sliceAtPath),
  extractPath("jsonb_extract_path", JSONB, JSONB, (value, path) =>
    jsonbResult(jsonbAtPath((value as Jsonb).node, path)),
  ),
  extractPath("jsonb_extract_path_text", JSONB, TEXT, (value, path) =>
    jsonbText(jsonbAtPath((value as Jsonb).node, path)),
  ),
  extractPath(
    "json_extract_path",
    JSON_TYPE,
    JSON_TYPE,
    (value, path) => sliceAtPath(value as string, path) ?? null,
  ),
  extractPath("json_extract_path_text", JSON_TYPE, TEXT, (value, path) =>
    sliceText(sliceAtPath(value as string, path)),
  ),
];
