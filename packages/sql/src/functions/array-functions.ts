import { AegisError } from "../contract/errors.js";
import { comparatorOf } from "../types/compare.js";
import type { Datum } from "../types/datum.js";
import type { SqlType } from "../types/sql-type.js";
import { toText } from "../types/text-output.js";
import { depthOf, dimensions, flatItems, type Items } from "./array-shape.js";
import { binary, scalar, type Traits, unary } from "./define.js";
import {
  ANY_ARRAY,
  ANY_ELEMENT,
  arrayOf,
  BOOLEAN,
  INTEGER,
  known,
  sameAs,
  floatDigits,
  sessionTimeZone,
  TEXT,
} from "./overloads.js";
import type { EvalContext, ParamType, ResultType, ScalarFunction } from "./registry.js";

type Equal = (a: Datum, b: Datum) => boolean;

const LOOSE: Traits = { strict: false };

/** A function that compares items, which the type of its first array says how to do. */
function comparing(
  name: string,
  params: readonly ParamType[],
  result: ResultType,
  body: (equal: Equal, args: readonly Datum[], type: SqlType) => Datum,
  traits: Traits = {},
): ScalarFunction {
  const arrayAt = params.findIndex((param) => param.name === "anyarray");
  const forTypes = (types: readonly SqlType[]): ScalarFunction => {
    const type = types[arrayAt] ?? arrayOf(TEXT);
    const compare = comparatorOf(known(type.element));
    const equal: Equal = (a, b) => (a === null || b === null ? a === b : compare(a, b) === 0);
    return scalar(name, params, result, (args) => body(equal, args, type), traits);
  };
  return { ...forTypes([]), forTypes };
}

function containsAll(a: Items, b: Items, equal: Equal): boolean {
  return b.every((wanted) => wanted !== null && a.some((item) => equal(item, wanted)));
}

function overlaps(a: Items, b: Items, equal: Equal): boolean {
  return a.some((item) => item !== null && b.some((other) => equal(item, other)));
}

function setOperator(
  name: string,
  decide: (a: Items, b: Items, equal: Equal) => boolean,
): ScalarFunction {
  return comparing(name, [ANY_ARRAY, ANY_ARRAY], BOOLEAN, (equal, [a, b], type) => {
    const left = a as Items;
    const right = b as Items;
    return decide(
      flatItems(left, depthOf(left, type)),
      flatItems(right, depthOf(right, type)),
      equal,
    );
  });
}

function refuseNested(items: Items, what: string): void {
  if (dimensions(items).length <= 1) return;
  throw new AegisError("UNSUPPORTED", `${what} multidimensional arrays is not supported`);
}

function positions(equal: Equal, [array, wanted]: readonly Datum[], type: SqlType): Datum {
  if (array === null) return null;
  const items = array as Items;
  if (depthOf(items, type) > 1) refuseNested(items, "searching for elements in");
  return items.flatMap((item, i) => (equal(item, wanted!) ? [i + 1] : []));
}

function position(equal: Equal, [array, wanted, from = 1]: readonly Datum[], type: SqlType): Datum {
  if (array === null) return null;
  if (from === null) {
    const message = "initial position must not be null";
    throw new AegisError("INVALID_ARGUMENT", message, { sqlState: "22004" });
  }
  const items = array as Items;
  if (depthOf(items, type) > 1) refuseNested(items, "searching for elements in");
  for (let i = Math.max(0, (from as number) - 1); i < items.length; i++) {
    if (equal(items[i]!, wanted!)) return i + 1;
  }
  return null;
}

function incompatible(detail: string): AegisError {
  return new AegisError("INVALID_ARGUMENT", "cannot concatenate incompatible arrays", {
    sqlState: "2202E",
    detail,
  });
}

/** One array after the other; an array of one dimension less is one more item. */
function concatenate(a: Items, b: Items): Items {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const left = dimensions(a);
  const right = dimensions(b);
  const sameTail = (x: readonly number[], y: readonly number[]): boolean =>
    x.length === y.length && x.every((length, i) => length === y[i]);
  if (sameTail(left.slice(1), right.slice(1))) return [...a, ...b];
  if (sameTail(left.slice(1), right)) return [...a, b];
  if (sameTail(left, right.slice(1))) return [a, ...b];
  throw incompatible("Arrays with differing dimensions are not compatible for concatenation.");
}

/** An array that one more item goes to, with that item put there by `place`. */
function extending(
  name: string,
  params: readonly ParamType[],
  place: (args: readonly Datum[]) => readonly [array: Datum, whole: (items: Items) => Items],
): ScalarFunction {
  const arrayAt = params.findIndex((param) => param.name === "anyarray");
  const forTypes = (types: readonly SqlType[]): ScalarFunction => {
    const type = types[arrayAt] ?? arrayOf(TEXT);
    const evaluate = (args: readonly Datum[]): Datum => {
      const [array, whole] = place(args);
      const items = (array ?? []) as Items;
      if (depthOf(items, type) > 1) {
        const message = "argument must be empty or one-dimensional array";
        throw new AegisError("INVALID_ARGUMENT", message, { sqlState: "22000" });
      }
      return whole(items);
    };
    return scalar(name, params, sameAs(arrayAt), evaluate, LOOSE);
  };
  return { ...forTypes([]), forTypes };
}

function joinArrays(a: Datum, b: Datum): Datum {
  if (a === null) return b;
  return b === null ? a : concatenate(a as Items, b as Items);
}

/** array_to_string: NULLs are left out, or shown as the third argument says. */
function arrayToText(type: SqlType) {
  const element = known(type.element);
  return (args: readonly Datum[], context: EvalContext): Datum => {
    const [array, separator, nulls = null] = args;
    if (array === null || separator === null) return null;
    const zone = sessionTimeZone(context);
    const digits = floatDigits(context);
    const items = array as Items;
    const texts: string[] = [];
    for (const item of flatItems(items, depthOf(items, type))) {
      if (item !== null) texts.push(toText(item, element, zone, digits));
      else if (nulls !== null) texts.push(nulls as string);
    }
    return texts.join(separator as string);
  };
}

function arrayToString(params: readonly ParamType[]): ScalarFunction {
  const forTypes = ([type]: readonly SqlType[]): ScalarFunction =>
    scalar("array_to_string", params, TEXT, arrayToText(type ?? arrayOf(TEXT)), {
      strict: false,
      volatility: "stable",
    });
  return { ...forTypes([]), forTypes };
}

/** Pieces between separators; a NULL separator gives single characters. */
export function splitText(text: string, separator: Datum, nulls: Datum): Items {
  if (text === "") return [];
  const pieces =
    separator === null
      ? Array.from(text)
      : separator === ""
        ? [text]
        : text.split(separator as string);
  return nulls === null ? pieces : pieces.map((piece) => (piece === nulls ? null : piece));
}

function stringToArray(args: readonly Datum[]): Datum {
  const [text, separator, nulls = null] = args;
  return text === null ? null : splitText(text as string, separator!, nulls);
}

/** Elements that array_fill makes at most: it takes the memory at once, and nothing can stop it. */
const MAX_FILLED = 1 << 24;

function fill([value, lengths, bounds]: readonly Datum[]): Datum {
  if (lengths === null || bounds === null) {
    const message = "dimension array or low bound array cannot be null";
    throw new AegisError("INVALID_ARGUMENT", message, { sqlState: "22004" });
  }
  const sizes = lengths as readonly number[];
  if (sizes.includes(0)) return [];
  const elements = sizes.reduce((product, size) => product * size, 1);
  if (elements > MAX_FILLED || sizes.some((size) => size < 0)) {
    const message = `array size exceeds the maximum allowed (${MAX_FILLED})`;
    throw new AegisError("LIMIT_EXCEEDED", message);
  }
  const build = (level: number): Datum =>
    level === sizes.length ? value! : Array.from({ length: sizes[level]! }, () => build(level + 1));
  return sizes.length === 0 ? [] : build(0);
}

function trim(array: Items, count: number): Datum {
  if (count < 0 || count > array.length) {
    const message = `number of elements to trim must be between 0 and ${array.length}`;
    throw new AegisError("INVALID_ARGUMENT", message, { sqlState: "2202E" });
  }
  return array.slice(0, array.length - count);
}

function lengthAt(array: Items, dimension: number): Datum {
  return dimensions(array)[dimension - 1] ?? null;
}

const pair = [ANY_ARRAY, ANY_ARRAY] as const;

export const arrayFunctions: readonly ScalarFunction[] = [
  setOperator("@>", (a, b, equal) => containsAll(a, b, equal)),
  setOperator("<@", (a, b, equal) => containsAll(b, a, equal)),
  setOperator("&&", overlaps),
  ...["||", "array_cat"].map((name) =>
    scalar(name, pair, sameAs(0), ([a, b]) => joinArrays(a!, b!), LOOSE),
  ),
  ...["||", "array_append"].map((name) =>
    extending(name, [ANY_ARRAY, ANY_ELEMENT], ([a, b]) => [a!, (items) => [...items, b!]]),
  ),
  ...["||", "array_prepend"].map((name) =>
    extending(name, [ANY_ELEMENT, ANY_ARRAY], ([a, b]) => [b!, (items) => [a!, ...items]]),
  ),
  comparing("array_position", [ANY_ARRAY, ANY_ELEMENT], INTEGER, position, LOOSE),
  comparing("array_position", [ANY_ARRAY, ANY_ELEMENT, INTEGER], INTEGER, position, LOOSE),
  comparing("array_positions", [ANY_ARRAY, ANY_ELEMENT], arrayOf(INTEGER), positions, LOOSE),
  comparing(
    "array_remove",
    [ANY_ARRAY, ANY_ELEMENT],
    sameAs(0),
    (equal, [array, gone], type) => {
      if (array === null) return null;
      const items = array as Items;
      if (depthOf(items, type) > 1) refuseNested(items, "removing elements from");
      return items.filter((item) => !equal(item, gone!));
    },
    LOOSE,
  ),
  comparing(
    "array_replace",
    [ANY_ARRAY, ANY_ELEMENT, ANY_ELEMENT],
    sameAs(0),
    (equal, [array, from, to], type) => {
      if (array === null) return null;
      const replace = (item: Datum, depth: number): Datum => {
        if (depth > 0) return (item as Items).map((inner) => replace(inner, depth - 1));
        return equal(item, from!) ? to! : item;
      };
      return replace(array!, depthOf(array as Items, type));
    },
    LOOSE,
  ),
  binary<Items, number>("array_length", [ANY_ARRAY, INTEGER], INTEGER, lengthAt),
  binary<Items, number>("array_upper", [ANY_ARRAY, INTEGER], INTEGER, lengthAt),
  binary<Items, number>("array_lower", [ANY_ARRAY, INTEGER], INTEGER, (array, dimension) =>
    lengthAt(array, dimension) === null ? null : 1,
  ),
  unary<Items>("cardinality", ANY_ARRAY, INTEGER, (array) =>
    array.length === 0 ? 0 : dimensions(array).reduce((product, length) => product * length, 1),
  ),
  unary<Items>("array_ndims", ANY_ARRAY, INTEGER, (array) => dimensions(array).length || null),
  unary<Items>("array_dims", ANY_ARRAY, TEXT, (array) =>
    array.length === 0
      ? null
      : dimensions(array)
          .map((length) => `[1:${length}]`)
          .join(""),
  ),
  arrayToString([ANY_ARRAY, TEXT]),
  arrayToString([ANY_ARRAY, TEXT, TEXT]),
  scalar("string_to_array", [TEXT, TEXT], arrayOf(TEXT), stringToArray, LOOSE),
  scalar("string_to_array", [TEXT, TEXT, TEXT], arrayOf(TEXT), stringToArray, LOOSE),
  scalar(
    "array_fill",
    [ANY_ELEMENT, arrayOf(INTEGER)],
    ([type]) => arrayOf(known(type)),
    fill,
    LOOSE,
  ),
  scalar(
    "array_fill",
    [ANY_ELEMENT, arrayOf(INTEGER), arrayOf(INTEGER)],
    ([type]) => arrayOf(known(type)),
    fill,
    LOOSE,
  ),
  binary<Items, number>("trim_array", [ANY_ARRAY, INTEGER], sameAs(0), trim),
];
