import { AegisError } from "../contract/errors.js";
import type { Datum } from "../types/datum.js";
import { Decimal } from "../types/decimal.js";
import { parseJson } from "../types/json-parser.js";
import { Jsonb, type JsonNode } from "../types/jsonb.js";
import { isJsonArray, isJsonObject } from "../types/jsonb-text.js";
import { scalar, unary } from "./define.js";
import { deleteAtPath, insertAtPath, setAtPath } from "./jsonb-paths.js";
import { jsonItems, jsonKind, jsonMembers } from "./json-slices.js";
import { arrayOf, BOOLEAN, INTEGER, JSON_TYPE, JSONB, TEXT } from "./overloads.js";
import type { ScalarFunction } from "./registry.js";

function nodeKind(node: JsonNode): string {
  if (node === null) return "null";
  if (isJsonArray(node)) return "array";
  if (isJsonObject(node)) return "object";
  return node instanceof Decimal ? "number" : typeof node;
}

function arrayLength(kind: string, length: () => number): number {
  if (kind === "array") return length();
  const what = kind === "object" ? "a non-array" : "a scalar";
  throw new AegisError("INVALID_ARGUMENT", `cannot get array length of ${what}`);
}

/** Takes out the members that are null, at any depth; the items of arrays stay. */
function withoutNulls(node: JsonNode): JsonNode {
  if (isJsonArray(node)) return node.map(withoutNulls);
  if (!isJsonObject(node)) return node;
  const kept: (readonly [string, JsonNode])[] = [];
  for (const [key, value] of node) if (value !== null) kept.push([key, withoutNulls(value)]);
  return new Map(kept);
}

/** The same for json, which keeps the order of its members but not its blanks. */
function textWithoutNulls(text: string): string {
  switch (jsonKind(text)) {
    case "array":
      return `[${Array.from(jsonItems(text), textWithoutNulls).join(",")}]`;
    case "object": {
      const kept: string[] = [];
      for (const [key, value] of jsonMembers(text)) {
        if (jsonKind(value) !== "null")
          kept.push(`${JSON.stringify(key)}:${textWithoutNulls(value)}`);
      }
      return `{${kept.join(",")}}`;
    }
    case "string":
      return JSON.stringify(parseJson(text));
    default:
      return text.trim();
  }
}

function pretty(node: JsonNode, indent: string): string {
  const inner = `${indent}    `;
  if (isJsonArray(node)) {
    const items = node.map((item) => `${inner}${pretty(item, inner)}`);
    return ["[", ...(items.length > 0 ? [items.join(",\n")] : []), `${indent}]`].join("\n");
  }
  if (isJsonObject(node)) {
    const members = Array.from(
      node,
      ([key, value]) => `${inner}${JSON.stringify(key)}: ${pretty(value, inner)}`,
    );
    return ["{", ...(members.length > 0 ? [members.join(",\n")] : []), `${indent}}`].join("\n");
  }
  return Jsonb.of(node).toString();
}

/** jsonb_set_lax: what a NULL for the new value means is for the last argument to say. */
function setLax(args: readonly Datum[]): Datum {
  const [target, path, value, create = true, treatment = "use_json_null"] = args;
  if (target === null || path === null || create === null) return null;
  const { node } = target as Jsonb;
  const steps = path as readonly Datum[];
  const flag = create as boolean;
  if (value !== null) return Jsonb.of(setAtPath(node, steps, (value as Jsonb).node, flag));
  switch (treatment) {
    case "raise_exception":
      throw new AegisError("NOT_NULL_VIOLATION", "JSON value must not be null", {
        sqlState: "22004",
      });
    case "use_json_null":
      return Jsonb.of(setAtPath(node, steps, null, flag));
    case "return_target":
      return target!;
    case "delete_key":
      return Jsonb.of(deleteAtPath(node, steps));
    default: {
      const message =
        'null_value_treatment must be "delete_key", "return_target", "use_json_null", or "raise_exception"';
      throw new AegisError("INVALID_ARGUMENT", message);
    }
  }
}

const PATH = arrayOf(TEXT);
type Path = readonly Datum[];

/** With the flag at the end and without it. */
function placing(
  name: string,
  place: (node: JsonNode, path: Path, value: JsonNode, flag: boolean) => JsonNode,
  byDefault: boolean,
): readonly ScalarFunction[] {
  const evaluate: ScalarFunction["evaluate"] = ([target, path, value, flag = byDefault]) =>
    Jsonb.of(place((target as Jsonb).node, path as Path, (value as Jsonb).node, flag as boolean));
  return [
    scalar(name, [JSONB, PATH, JSONB], JSONB, evaluate),
    scalar(name, [JSONB, PATH, JSONB, BOOLEAN], JSONB, evaluate),
  ];
}

const lax = [JSONB, PATH, JSONB, BOOLEAN, TEXT] as const;

export const jsonFunctions: readonly ScalarFunction[] = [
  unary<Jsonb>("jsonb_typeof", JSONB, TEXT, ({ node }) => nodeKind(node)),
  unary<string>("json_typeof", JSON_TYPE, TEXT, jsonKind),
  unary<Jsonb>("jsonb_array_length", JSONB, INTEGER, ({ node }) =>
    arrayLength(nodeKind(node), () => (node as readonly JsonNode[]).length),
  ),
  unary<string>("json_array_length", JSON_TYPE, INTEGER, (text) =>
    arrayLength(jsonKind(text), () => [...jsonItems(text)].length),
  ),
  unary<Jsonb>("jsonb_strip_nulls", JSONB, JSONB, ({ node }) => Jsonb.of(withoutNulls(node))),
  unary<string>("json_strip_nulls", JSON_TYPE, JSON_TYPE, textWithoutNulls),
  unary<Jsonb>("jsonb_pretty", JSONB, TEXT, ({ node }) => pretty(node, "")),
  ...placing("jsonb_set", setAtPath, true),
  ...placing("jsonb_insert", insertAtPath, false),
  ...[3, 4, 5].map((count) =>
    scalar("jsonb_set_lax", lax.slice(0, count), JSONB, setLax, { strict: false }),
  ),
];
