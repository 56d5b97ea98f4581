import { AegisError } from "../contract/errors.js";
import { Jsonb, type JsonNode } from "../types/jsonb.js";
import { isJsonArray, isJsonObject } from "../types/jsonb-text.js";
import type { Datum } from "../types/datum.js";
import type { SqlType } from "../types/sql-type.js";
import { jsonbText } from "./json-access.js";
import { type JsonKind, jsonItems, jsonKind, jsonMembers, jsonScalarText } from "./json-slices.js";
import { JSON_TYPE, JSONB, TEXT } from "./overloads.js";
import { tableOf } from "./table-series.js";
import type { TableFunction } from "./registry.js";

type Rows = Iterable<readonly Datum[]>;

function* mapRows<T>(items: Iterable<T>, row: (item: T) => readonly Datum[]): Rows {
  for (const item of items) yield row(item);
}

function jsonbMembers(json: Datum, name: string): ReadonlyMap<string, JsonNode> {
  const { node } = json as Jsonb;
  if (isJsonObject(node)) return node;
  throw new AegisError("INVALID_ARGUMENT", `cannot call ${name} on a non-object`);
}

function jsonbItems(json: Datum): readonly JsonNode[] {
  const { node } = json as Jsonb;
  if (isJsonArray(node)) return node;
  const what = isJsonObject(node) ? "an object" : "a scalar";
  throw new AegisError("INVALID_ARGUMENT", `cannot extract elements from ${what}`);
}

function textMembers(json: Datum): Iterable<readonly [string, string]> {
  const text = json as string;
  const kind = jsonKind(text);
  if (kind === "object") return jsonMembers(text);
  const what = kind === "array" ? "an array as an object" : "a scalar";
  throw new AegisError("INVALID_ARGUMENT", `cannot deconstruct ${what}`);
}

function textItems(json: Datum, name: string): Iterable<string> {
  const text = json as string;
  const kind = jsonKind(text);
  if (kind === "array") return jsonItems(text);
  const what = kind === "object" ? "a non-array" : "a scalar";
  throw new AegisError("INVALID_ARGUMENT", `cannot call ${name} on ${what}`);
}

function refuseKeys(kind: JsonKind, name: string): AegisError {
  const what = kind === "array" ? "an array" : "a scalar";
  return new AegisError("INVALID_ARGUMENT", `cannot call ${name} on ${what}`);
}

function jsonbKeys(json: Datum): Iterable<string> {
  const { node } = json as Jsonb;
  if (isJsonObject(node)) return node.keys();
  throw refuseKeys(isJsonArray(node) ? "array" : "string", "jsonb_object_keys");
}

function* textKeys(json: Datum): Iterable<string> {
  const text = json as string;
  const kind = jsonKind(text);
  if (kind !== "object") throw refuseKeys(kind, "json_object_keys");
  for (const [key] of jsonMembers(text)) yield key;
}

function each(
  name: string,
  param: SqlType,
  value: SqlType,
  rows: (json: Datum) => Rows,
): TableFunction {
  const columns = [
    { name: "key", type: TEXT },
    { name: "value", type: value },
  ];
  return { ...tableOf(name, [param], value, ([json]) => rows(json!)), columns: () => columns };
}

export const jsonTableFunctions: readonly TableFunction[] = [
  each("jsonb_each", JSONB, JSONB, (json) =>
    mapRows(jsonbMembers(json, "jsonb_each"), ([key, node]) => [key, Jsonb.of(node)]),
  ),
  each("jsonb_each_text", JSONB, TEXT, (json) =>
    mapRows(jsonbMembers(json, "jsonb_each_text"), ([key, node]) => [key, jsonbText(node)]),
  ),
  each("json_each", JSON_TYPE, JSON_TYPE, (json) => mapRows(textMembers(json), (member) => member)),
  each("json_each_text", JSON_TYPE, TEXT, (json) =>
    mapRows(textMembers(json), ([key, text]) => [key, jsonScalarText(text)]),
  ),
  tableOf(
    "jsonb_array_elements",
    [JSONB],
    JSONB,
    ([json]) => mapRows(jsonbItems(json!), (node) => [Jsonb.of(node)]),
    "value",
  ),
  tableOf(
    "jsonb_array_elements_text",
    [JSONB],
    TEXT,
    ([json]) => mapRows(jsonbItems(json!), (node) => [jsonbText(node)]),
    "value",
  ),
  tableOf(
    "json_array_elements",
    [JSON_TYPE],
    JSON_TYPE,
    ([json]) => mapRows(textItems(json!, "json_array_elements"), (text) => [text]),
    "value",
  ),
  tableOf(
    "json_array_elements_text",
    [JSON_TYPE],
    TEXT,
    ([json]) =>
      mapRows(textItems(json!, "json_array_elements_text"), (text) => [jsonScalarText(text)]),
    "value",
  ),
  tableOf("jsonb_object_keys", [JSONB], TEXT, ([json]) =>
    mapRows(jsonbKeys(json!), (key) => [key]),
  ),
  tableOf("json_object_keys", [JSON_TYPE], TEXT, ([json]) =>
    mapRows(textKeys(json!), (key) => [key]),
  ),
];
