import { AegisError } from "../contract/errors.js";
import { Jsonb, type JsonNode } from "../types/jsonb.js";
import { jsonObject } from "../types/jsonb-text.js";
import type { SqlType } from "../types/sql-type.js";
import { jsonNode, jsonText } from "./json-output.js";
import { jsonKey } from "./json-keys.js";
import { aggregate, ANY, JSON_TYPE, JSONB, known, sessionTimeZone } from "./overloads.js";
import type { AggregateFunction } from "./registry.js";

/** json_agg writes what is nested on lines of its own, but not NULLs. */
function jsonAgg([type]: readonly SqlType[]): AggregateFunction {
  const item = known(type);
  const separator = item.name === "array" || item.name === "record" ? ", \n " : ", ";
  return aggregate<string[]>({
    name: "json_agg",
    params: [item],
    result: JSON_TYPE,
    strict: false,
    ordered: true,
    init: () => [],
    step: (texts, [value], context) => {
      if (texts.length > 0) texts.push(value === null ? ", " : separator);
      texts.push(jsonText(value!, item, sessionTimeZone(context)));
      return texts;
    },
    finish: (texts) => (texts.length === 0 ? null : `[${texts.join("")}]`),
  });
}

function jsonbAgg([type]: readonly SqlType[]): AggregateFunction {
  const item = known(type);
  return aggregate<JsonNode[]>({
    name: "jsonb_agg",
    params: [item],
    result: JSONB,
    strict: false,
    ordered: true,
    init: () => [],
    step: (nodes, [value], context) => {
      nodes.push(jsonNode(value!, item, sessionTimeZone(context)));
      return nodes;
    },
    finish: (nodes) => (nodes.length === 0 ? null : Jsonb.of(nodes.slice())),
  });
}

function nullKey(message: string): AegisError {
  return new AegisError("INVALID_ARGUMENT", message, { sqlState: "22004" });
}

function jsonObjectAgg([keyType, valueType]: readonly SqlType[]): AggregateFunction {
  const key = known(keyType);
  const item = known(valueType);
  return aggregate<string[]>({
    name: "json_object_agg",
    params: [key, item],
    result: JSON_TYPE,
    strict: false,
    ordered: true,
    init: () => [],
    step: (members, [name, value], context) => {
      if (name === null) throw nullKey("null value not allowed for object key");
      const zone = sessionTimeZone(context);
      const text = JSON.stringify(jsonKey(name!, key, zone));
      members.push(`${text} : ${jsonText(value!, item, zone)}`);
      return members;
    },
    finish: (members) => (members.length === 0 ? null : `{ ${members.join(", ")} }`),
  });
}

function jsonbObjectAgg([keyType, valueType]: readonly SqlType[]): AggregateFunction {
  const key = known(keyType);
  const item = known(valueType);
  return aggregate<(readonly [string, JsonNode])[]>({
    name: "jsonb_object_agg",
    params: [key, item],
    result: JSONB,
    strict: false,
    ordered: true,
    init: () => [],
    step: (members, [name, value], context) => {
      if (name === null) throw nullKey("field name must not be null");
      const zone = sessionTimeZone(context);
      members.push([jsonKey(name!, key, zone), jsonNode(value!, item, zone)]);
      return members;
    },
    finish: (members) => (members.length === 0 ? null : Jsonb.of(jsonObject(members))),
  });
}

type Maker = (types: readonly SqlType[]) => AggregateFunction;

/** The overload that any types resolve to, before they are known. */
function generic(make: Maker, count: number): AggregateFunction {
  const types = Array.from({ length: count }, (): SqlType => ({ name: "text" }));
  return { ...make(types), params: types.map(() => ANY), forTypes: make };
}

export const jsonAggregates: readonly AggregateFunction[] = [
  generic(jsonAgg, 1),
  generic(jsonbAgg, 1),
  generic(jsonObjectAgg, 2),
  generic(jsonbObjectAgg, 2),
];
