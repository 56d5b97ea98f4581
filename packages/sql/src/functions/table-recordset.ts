import { AegisError } from "../contract/errors.js";
import { findCast } from "../types/casts.js";
import type { TextContext } from "../types/datetime-parser.js";
import type { Datum } from "../types/datum.js";
import { parseJson } from "../types/json-parser.js";
import { Jsonb, type JsonNode } from "../types/jsonb.js";
import { isJsonArray, isJsonObject } from "../types/jsonb-text.js";
import { applyModifier } from "../types/modifiers.js";
import type { SqlType } from "../types/sql-type.js";
import { fromText } from "../types/text-input.js";
import { jsonbText } from "./json-access.js";
import { JSON_TYPE, JSONB, RECORD, sessionTimeZone, TEXT } from "./overloads.js";
import type { EvalContext, TableFunction } from "./registry.js";

type Field = NonNullable<SqlType["fields"]>[number];

/** A node as a value of a column: arrays and records by their parts, all else by its text. */
function fromNode(node: JsonNode | undefined, type: SqlType, context: TextContext): Datum {
  if (node === undefined || node === null) return null;
  switch (type.name) {
    case "jsonb":
      return Jsonb.of(node);
    case "json":
      return Jsonb.of(node).toString();
    case "array":
      if (isJsonArray(node)) return arrayItems(node, type, context);
      break;
    case "record":
      if (isJsonObject(node)) return recordOf(node, type.fields ?? [], context);
      break;
    default:
  }
  const text = jsonbText(node)!;
  const cast = findCast(TEXT, type);
  return cast === undefined
    ? applyModifier(fromText(text, type, context), type, false)
    : cast.apply(text, type, context, false);
}

function arrayItems(nodes: readonly JsonNode[], type: SqlType, context: TextContext): Datum {
  const element = type.element ?? TEXT;
  return nodes.map((node) =>
    isJsonArray(node) && element.name !== "json" && element.name !== "jsonb"
      ? arrayItems(node, type, context)
      : fromNode(node, element, context),
  );
}

function recordOf(
  node: ReadonlyMap<string, JsonNode>,
  fields: readonly Field[],
  context: TextContext,
): readonly Datum[] {
  return fields.map((field) => fromNode(node.get(field.name), field.type, context));
}

function textContext(context: EvalContext): TextContext {
  return { now: context.now, timeZone: sessionTimeZone(context) };
}

function nodeOf(json: Datum): JsonNode {
  return json instanceof Jsonb ? json.node : parseJson(json as string);
}

function* recordRows(
  name: string,
  json: Datum,
  fields: readonly Field[],
  context: TextContext,
): Iterable<readonly Datum[]> {
  const node = nodeOf(json);
  const set = name.endsWith("set");
  if (!set) {
    if (!isJsonObject(node)) throw refused(name, "a non-object");
    yield recordOf(node, fields, context);
    return;
  }
  if (!isJsonArray(node)) throw refused(name, "a non-array");
  for (const item of node) {
    if (!isJsonObject(item)) {
      const message = `argument of ${name} must be an array of objects`;
      throw new AegisError("INVALID_ARGUMENT", message);
    }
    yield recordOf(item, fields, context);
  }
}

function refused(name: string, what: string): AegisError {
  return new AegisError("INVALID_ARGUMENT", `cannot call ${name} on ${what}`);
}

/** json_to_record and its relatives, whose columns stand behind the call. */
function recordFunction(name: string, param: SqlType): TableFunction {
  const forColumns = (columns: readonly Field[]): TableFunction => ({
    kind: "table",
    name,
    params: [param],
    variadic: false,
    columns: () => columns,
    strict: true,
    evaluate: ([json], context) => recordRows(name, json!, columns, textContext(context)),
  });
  return { ...forColumns([]), forColumns };
}

/** json_populate_record(set): the columns are those of the row given first, NULL or not. */
function populateFunction(name: string, param: SqlType): TableFunction {
  const forTypes = ([row]: readonly SqlType[]): TableFunction => {
    const fields = row?.fields ?? [];
    return {
      kind: "table",
      name,
      params: [RECORD, param],
      variadic: false,
      columns: () => fields,
      strict: false,
      evaluate: ([base, json], context) => {
        if (json === null) return [];
        return populated(name, base!, json!, fields, textContext(context));
      },
    };
  };
  return { ...forTypes([]), forTypes };
}

function* populated(
  name: string,
  base: Datum,
  json: Datum,
  fields: readonly Field[],
  context: TextContext,
): Iterable<readonly Datum[]> {
  const node = nodeOf(json);
  for (const item of isJsonArray(node) ? node : [node]) {
    if (!isJsonObject(item)) throw refused(name, "a non-object");
    yield fields.map((field, i) =>
      item.has(field.name)
        ? fromNode(item.get(field.name), field.type, context)
        : ((base as readonly Datum[] | null)?.[i] ?? null),
    );
  }
}

export const recordTableFunctions: readonly TableFunction[] = [
  recordFunction("json_to_record", JSON_TYPE),
  recordFunction("json_to_recordset", JSON_TYPE),
  recordFunction("jsonb_to_record", JSONB),
  recordFunction("jsonb_to_recordset", JSONB),
  populateFunction("json_populate_record", JSON_TYPE),
  populateFunction("json_populate_recordset", JSON_TYPE),
  populateFunction("jsonb_populate_record", JSONB),
  populateFunction("jsonb_populate_recordset", JSONB),
];
