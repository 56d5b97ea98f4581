import { AegisError } from "../../contract/errors.js";
import {
  absolute,
  add,
  ceiling,
  divide,
  floor,
  multiply,
  negate,
  remainder,
  subtract,
} from "../../types/decimal-arithmetic.js";
import { Decimal } from "../../types/decimal.js";
import type { JsonNode } from "../../types/jsonb.js";
import { isJsonArray, isJsonObject, jsonObject } from "../../types/jsonb-text.js";
import { parseFloat64 } from "../../types/numbers.js";
import { holds } from "./conditions.js";
import type { ArithmeticOperator, JsonPath, PathMethod, PathNode, PathRange } from "./nodes.js";

type Items = readonly JsonNode[];

/** What the parts of a path refer to besides their input. */
export interface PathScope {
  readonly strict: boolean;
  readonly root: JsonNode;
  readonly variables: ReadonlyMap<string, JsonNode>;
  /** `@`: the item that a filter looks at. */
  readonly current: JsonNode;
  /** `last`: the index of the last item of the innermost array that is subscripted. */
  readonly last: number | undefined;
}

/** Items come as they are asked for, so that those before an error are not lost. */
export function queryPath(path: JsonPath, root: JsonNode, variables: JsonNode): Iterable<JsonNode> {
  if (!isJsonObject(variables)) {
    throw pathError("22023", '"vars" argument is not an object');
  }
  const { strict, body } = path;
  return itemsOf(body, { strict, root, variables, current: root, last: undefined });
}

/** The item does not have the shape that the path needs, or a value is of the wrong type. */
export function pathError(sqlState: string, message: string): AegisError {
  return new AegisError("INVALID_ARGUMENT", message, { sqlState });
}

export function* itemsOf(node: PathNode, scope: PathScope): Iterable<JsonNode> {
  switch (node.kind) {
    case "root":
      yield scope.root;
      return;
    case "current":
      yield scope.current;
      return;
    case "last":
      yield lastIndex(scope);
      return;
    case "variable":
      yield variable(node.name, scope);
      return;
    case "literal":
      yield node.value;
      return;
    case "condition":
      yield holds(node.condition, scope);
      return;
    case "arithmetic":
      yield calculate(node.operator, node.left, node.right, scope);
      return;
    default:
      for (const item of inputOf(node, node.of, scope)) yield* step(node, item, scope);
  }
}

type StepNode = Extract<PathNode, { readonly of: PathNode }>;

/** These take an array as it is; of others a lax path gives the items to all other steps. */
function takesArrays(node: StepNode): boolean {
  switch (node.kind) {
    case "descendants":
    case "elements":
    case "subscript":
      return true;
    case "method":
      return node.name === "type" || node.name === "size";
    default:
      return false;
  }
}

function inputOf(node: StepNode, of: PathNode, scope: PathScope): Iterable<JsonNode> {
  const items = itemsOf(of, scope);
  return scope.strict || takesArrays(node) ? items : unwrapped(items);
}

/** What one step makes of one item. */
function step(node: StepNode, item: JsonNode, scope: PathScope): Iterable<JsonNode> {
  switch (node.kind) {
    case "member":
      return member(item, node.key, scope);
    case "members":
      return members(item, scope);
    case "elements":
      return elements(item, scope);
    case "descendants":
      return descend(item, 0, node.from, node.to);
    case "subscript":
      return subscripted(item, node.ranges, scope);
    case "filter":
      return holds(node.condition, { ...scope, current: item }) === true ? [item] : [];
    case "method":
      return applyMethod(item, node.name, scope);
    default:
      return [signed(item, node.negative)];
  }
}

/** One level of arrays becomes their items. */
export function* unwrapped(items: Iterable<JsonNode>): Iterable<JsonNode> {
  for (const item of items) {
    if (isJsonArray(item)) yield* item;
    else yield item;
  }
}

function lastIndex({ last }: PathScope): Decimal {
  if (last === undefined) {
    throw new AegisError("PARSE_ERROR", "LAST is allowed only in array subscripts");
  }
  return Decimal.fromInteger(last);
}

function variable(name: string, { variables }: PathScope): JsonNode {
  const value = variables.get(name);
  if (value !== undefined) return value;
  throw new AegisError("TYPE_NOT_FOUND", `could not find jsonpath variable "${name}"`);
}

function member(item: JsonNode, key: string, { strict }: PathScope): Items {
  if (!isJsonObject(item)) {
    if (!strict) return [];
    throw pathError("2203A", "jsonpath member accessor can only be applied to an object");
  }
  const value = item.get(key);
  if (value !== undefined) return [value];
  if (!strict) return [];
  throw pathError("2203A", `JSON object does not contain key "${key}"`);
}

function members(item: JsonNode, { strict }: PathScope): Items {
  if (isJsonObject(item)) return [...item.values()];
  if (!strict) return [];
  throw pathError("2203C", "jsonpath wildcard member accessor can only be applied to an object");
}

function elements(item: JsonNode, { strict }: PathScope): Items {
  if (isJsonArray(item)) return item;
  if (!strict) return [item];
  throw pathError("22039", "jsonpath wildcard array accessor can only be applied to an array");
}

function descend(item: JsonNode, level: number, from: number, to: number): Items {
  const children: Items | undefined = isJsonArray(item)
    ? item
    : isJsonObject(item)
      ? [...item.values()]
      : undefined;
  // `last` as the first level asks for what has no parts.
  const leaves = from === Infinity && level > 0 && children === undefined;
  const below =
    level < to ? (children ?? []).flatMap((child) => descend(child, level + 1, from, to)) : [];
  return leaves || level >= from ? [item, ...below] : below;
}

function subscripted(item: JsonNode, ranges: readonly PathRange[], scope: PathScope): Items {
  if (!isJsonArray(item) && scope.strict) {
    throw pathError("22039", "jsonpath array accessor can only be applied to an array");
  }
  const array: Items = isJsonArray(item) ? item : [item];
  const inner = { ...scope, last: array.length - 1 };
  return ranges.flatMap(({ from, to }) => {
    const first = indexOf(from, inner);
    const end = to === undefined ? first : indexOf(to, inner);
    if (scope.strict && (first < 0 || first > end || end >= array.length)) {
      throw pathError("22033", "jsonpath array subscript is out of bounds");
    }
    return array.slice(Math.max(0, first), Math.max(0, end + 1));
  });
}

function indexOf(node: PathNode, scope: PathScope): number {
  const items = [...itemsOf(node, scope)];
  const [only] = items;
  if (items.length !== 1 || !(only instanceof Decimal)) {
    throw pathError("22033", "jsonpath array subscript is not a single numeric value");
  }
  return Math.trunc(only.toNumber());
}

function signed(item: JsonNode, negative: boolean): Decimal {
  if (item instanceof Decimal) return negative ? negate(item) : item;
  const operator = negative ? "-" : "+";
  const message = `operand of unary jsonpath operator ${operator} is not a numeric value`;
  throw pathError("2203B", message);
}

function calculate(
  operator: ArithmeticOperator,
  leftNode: PathNode,
  rightNode: PathNode,
  scope: PathScope,
): Decimal {
  const operand = (node: PathNode, side: string): Decimal => {
    const items = itemsOf(node, scope);
    const values = [...(scope.strict ? items : unwrapped(items))];
    const [only] = values;
    if (values.length === 1 && only instanceof Decimal) return only;
    const message = `${side} operand of jsonpath operator ${operator} is not a single numeric value`;
    throw pathError("22038", message);
  };
  const left = operand(leftNode, "left");
  const right = operand(rightNode, "right");
  switch (operator) {
    case "+":
      return add(left, right);
    case "-":
      return subtract(left, right);
    case "*":
      return multiply(left, right);
    case "/":
      return divide(left, right);
    default:
      return remainder(left, right);
  }
}

function applyMethod(item: JsonNode, name: PathMethod, scope: PathScope): Items {
  switch (name) {
    case "type":
      return [typeOf(item)];
    case "size":
      if (isJsonArray(item)) return [Decimal.fromInteger(item.length)];
      if (!scope.strict) return [Decimal.one];
      throw pathError("22039", "jsonpath item method .size() can only be applied to an array");
    case "double":
      return [toDouble(item)];
    case "keyvalue":
      return keyValues(item);
    default: {
      if (item instanceof Decimal) return [ROUNDING[name](item)];
      const message = `jsonpath item method .${name}() can only be applied to a numeric value`;
      throw pathError("22036", message);
    }
  }
}

const ROUNDING = { abs: absolute, ceiling, floor } as const;

function typeOf(item: JsonNode): string {
  if (item === null) return "null";
  if (isJsonArray(item)) return "array";
  if (isJsonObject(item)) return "object";
  return item instanceof Decimal ? "number" : typeof item;
}

function toDouble(item: JsonNode): Decimal {
  if (item instanceof Decimal) return item;
  const method = "jsonpath item method .double()";
  if (typeof item !== "string") {
    throw pathError("22036", `${method} can only be applied to a string or numeric value`);
  }
  try {
    return Decimal.fromFloat(parseFloat64(item), 17);
  } catch (error) {
    if (!(error instanceof AegisError)) throw error;
    const message = `argument "${item}" of ${method} is invalid for type double precision`;
    throw pathError("22036", message);
  }
}

function keyValues(item: JsonNode): Items {
  if (!isJsonObject(item)) {
    throw pathError("2203C", "jsonpath item method .keyvalue() can only be applied to an object");
  }
  return Array.from(item, ([key, value]) =>
    jsonObject([
      ["key", key],
      ["value", value],
      ["id", Decimal.zero],
    ]),
  );
}
