import { AegisError } from "../contract/errors.js";
import type { Datum } from "../types/datum.js";
import { Jsonb, type JsonNode } from "../types/jsonb.js";
import { jsonObject } from "../types/jsonb-text.js";
import type { SqlType } from "../types/sql-type.js";
import { scalar } from "./define.js";
import { jsonKey } from "./json-keys.js";
import { jsonNode, jsonText } from "./json-output.js";
import {
  ANY,
  ANY_ARRAY,
  ANY_ELEMENT,
  arrayOf,
  BOOLEAN,
  JSON_TYPE,
  JSONB,
  known,
  RECORD,
  sessionTimeZone,
  TEXT,
} from "./overloads.js";
import type { EvalContext, ParamType, ScalarFunction } from "./registry.js";

/** What a function of any types does, once it is told them. */
type Body = (args: readonly Datum[], types: readonly SqlType[], zone: string) => Datum;

function generic(
  name: string,
  params: readonly ParamType[],
  result: SqlType,
  body: Body,
  traits: { readonly strict?: boolean; readonly variadic?: boolean } = {},
): ScalarFunction {
  const typed = (types: readonly SqlType[]): ScalarFunction => {
    const shown = types.map(known);
    const evaluate = (args: readonly Datum[], context: EvalContext): Datum =>
      body(args, shown, sessionTimeZone(context));
    // The session's time zone shows in timestamps, so only a statement's life is constant.
    return scalar(name, params, result, evaluate, { ...traits, volatility: "stable" });
  };
  return { ...typed(params.map(() => TEXT)), forTypes: typed };
}

function pairs(
  args: readonly Datum[],
  types: readonly SqlType[],
  zone: string,
  nullKey: (position: number) => AegisError,
): (readonly [string, Datum, SqlType])[] {
  if (args.length % 2 !== 0) {
    const message = "argument list must have even number of elements";
    const hint = "The arguments of this function must consist of alternating keys and values.";
    throw new AegisError("INVALID_ARGUMENT", message, { hint });
  }
  const list: (readonly [string, Datum, SqlType])[] = [];
  for (let i = 0; i < args.length; i += 2) {
    const key = args[i]!;
    if (key === null) throw nullKey(i + 1);
    list.push([jsonKey(key, types[i]!, zone), args[i + 1]!, types[i + 1]!]);
  }
  return list;
}

const buildJsonObject: Body = (args, types, zone) => {
  const members = pairs(args, types, zone, () => {
    const message = "null value not allowed for object key";
    return new AegisError("INVALID_ARGUMENT", message, { sqlState: "22004" });
  });
  const texts = members.map(
    ([key, value, type]) => `${JSON.stringify(key)} : ${jsonText(value, type, zone)}`,
  );
  return `{${texts.join(", ")}}`;
};

const buildJsonbObject: Body = (args, types, zone) => {
  const members = pairs(args, types, zone, (position) => {
    return new AegisError("INVALID_ARGUMENT", `argument ${position}: key must not be null`);
  });
  return Jsonb.of(
    jsonObject(members.map(([key, value, type]) => [key, jsonNode(value, type, zone)] as const)),
  );
};

const buildJsonArray: Body = (args, types, zone) =>
  `[${args.map((item, i) => jsonText(item, types[i]!, zone)).join(", ")}]`;

const buildJsonbArray: Body = (args, types, zone) =>
  Jsonb.of(args.map((item, i): JsonNode => jsonNode(item, types[i]!, zone)));

/** Line feeds stand between the items at the top only. */
const prettyArray: Body = ([array, feed], [type], zone) => {
  const items = array as readonly Datum[];
  const nested = Array.isArray(items[0]) && type!.element?.name !== "record";
  const itemType = nested ? type! : (type!.element ?? TEXT);
  return `[${items.map((item) => jsonText(item, itemType, zone)).join(feed === true ? ",\n " : ",")}]`;
};

const prettyRow: Body = ([row, feed], [type], zone) => {
  const members = (row as readonly Datum[]).map((value, i) => {
    const field = type!.fields?.[i];
    return `${JSON.stringify(field?.name ?? `f${i + 1}`)}:${jsonText(value, field?.type ?? TEXT, zone)}`;
  });
  return `{${members.join(feed === true ? ",\n " : ",")}}`;
};

/** json_object of an array of alternating keys and values, or of one array for each. */
function textPairs(keys: readonly Datum[], values?: readonly Datum[]): [string, string | null][] {
  const flat = keys.flat() as readonly (string | null)[];
  if (values === undefined && flat.length % 2 !== 0) {
    const nested = Array.isArray(keys[0]);
    const message = nested
      ? "array must have two columns"
      : "array must have even number of elements";
    throw new AegisError("INVALID_ARGUMENT", message, { sqlState: "2202E" });
  }
  if (values !== undefined && values.length !== keys.length) {
    throw new AegisError("INVALID_ARGUMENT", "mismatched array dimensions", { sqlState: "2202E" });
  }
  const count = values === undefined ? flat.length / 2 : keys.length;
  return Array.from({ length: count }, (_, i) => {
    const key = values === undefined ? flat[i * 2]! : (keys[i] as string | null);
    const value = values === undefined ? flat[i * 2 + 1]! : (values[i] as string | null);
    if (key === null) {
      const message = "null value not allowed for object key";
      throw new AegisError("INVALID_ARGUMENT", message, { sqlState: "22004" });
    }
    return [key, value];
  });
}

function objectOfTexts(
  name: string,
  result: SqlType,
  build: (members: [string, string | null][]) => Datum,
): readonly ScalarFunction[] {
  const texts = arrayOf(TEXT);
  const evaluate: ScalarFunction["evaluate"] = ([keys, values]) =>
    build(textPairs(keys as readonly Datum[], values as readonly Datum[] | undefined));
  return [scalar(name, [texts], result, evaluate), scalar(name, [texts, texts], result, evaluate)];
}

const loose = { strict: false, variadic: true } as const;

export const jsonBuildFunctions: readonly ScalarFunction[] = [
  generic("to_json", [ANY_ELEMENT], JSON_TYPE, ([value], [type], zone) =>
    jsonText(value!, type!, zone),
  ),
  generic("to_jsonb", [ANY_ELEMENT], JSONB, ([value], [type], zone) =>
    Jsonb.of(jsonNode(value!, type!, zone)),
  ),
  generic("array_to_json", [ANY_ARRAY], JSON_TYPE, prettyArray),
  generic("array_to_json", [ANY_ARRAY, BOOLEAN], JSON_TYPE, prettyArray),
  generic("row_to_json", [RECORD], JSON_TYPE, prettyRow),
  generic("row_to_json", [RECORD, BOOLEAN], JSON_TYPE, prettyRow),
  generic("json_build_object", [], JSON_TYPE, buildJsonObject),
  generic("json_build_object", [ANY], JSON_TYPE, buildJsonObject, loose),
  generic("jsonb_build_object", [], JSONB, buildJsonbObject),
  generic("jsonb_build_object", [ANY], JSONB, buildJsonbObject, loose),
  generic("json_build_array", [], JSON_TYPE, buildJsonArray),
  generic("json_build_array", [ANY], JSON_TYPE, buildJsonArray, loose),
  generic("jsonb_build_array", [], JSONB, buildJsonbArray),
  generic("jsonb_build_array", [ANY], JSONB, buildJsonbArray, loose),
  ...objectOfTexts("json_object", JSON_TYPE, (members) => {
    const texts = members.map(
      ([key, value]) =>
        `${JSON.stringify(key)} : ${value === null ? "null" : JSON.stringify(value)}`,
    );
    return `{${texts.join(", ")}}`;
  }),
  ...objectOfTexts("jsonb_object", JSONB, (members) => Jsonb.of(jsonObject(members))),
];
