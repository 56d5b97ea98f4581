import { scalar } from "../functions/define.js";
import type { ScalarFunction } from "../functions/registry.js";
import { type Datum, hashKey, type NonNullDatum, type SqlType } from "../types/index.js";
import { BOOLEAN } from "./tree.js";

const quantifiedFunctions = new WeakMap<ScalarFunction, Map<string, ScalarFunction>>();

/**
 * `x op ANY|ALL (array)` over an overload of `op`, named "op any" or "op all". Its arguments are
 * the value and the array.
 */
export function quantifiedOver(
  operator: ScalarFunction,
  quantifier: "any" | "all",
): ScalarFunction {
  const made = quantifiedFunctions.get(operator) ?? new Map<string, ScalarFunction>();
  quantifiedFunctions.set(operator, made);
  const fn = made.get(quantifier) ?? quantifiedFunction(operator, quantifier);
  made.set(quantifier, fn);
  return fn;
}

function quantifiedFunction(operator: ScalarFunction, quantifier: "any" | "all"): ScalarFunction {
  const decides = quantifier === "any";
  const search = membershipOf(operator, quantifier);
  const evaluate: ScalarFunction["evaluate"] = ([value = null, array], context) => {
    if (!Array.isArray(array)) return null;
    if (search !== undefined && array.length >= MIN_SEARCHED && value !== null) {
      const isMember = search(value, array as readonly Datum[]);
      if (isMember !== undefined) return isMember === null ? null : isMember === decides;
    }
    let unknown = false;
    const test = (items: readonly Datum[]): boolean => {
      for (const item of items) {
        if (Array.isArray(item) && operator.params[1]!.name !== "record") {
          if (test(item as readonly Datum[])) return true;
          continue;
        }
        const isNull = operator.strict && (item === null || value === null);
        const result = isNull ? null : operator.evaluate([value, item], context);
        if (result === decides) return true;
        unknown ||= result === null;
      }
      return false;
    };
    if (test(array as readonly Datum[])) return decides;
    return unknown ? null : !decides;
  };
  const params = [operator.params[0]!, { name: "array" } as SqlType];
  const name = `${operator.name} ${quantifier}`;
  return scalar(name, params, BOOLEAN, evaluate, {
    strict: false,
    volatility: operator.volatility,
  });
}

/** Items that are compared one by one, which is less work than making keys of them. */
const MIN_SEARCHED = 16;

/** Types whose `=` finds equal exactly the values of one key. */
const KEYED: ReadonlySet<string> = new Set([
  "smallint",
  "integer",
  "bigint",
  "numeric",
  "text",
  "uuid",
  "date",
  "time",
  "timestamp",
  "timestamptz",
]);

interface Keys {
  readonly set: ReadonlySet<unknown>;
  readonly hasNull: boolean;
}

/**
 * Whether a value is among the items of an array, three-valued, for `= ANY` and `<> ALL`: an array
 * that is asked a second time, as a parameter is for every row, is searched by its keys. Undefined:
 * to be compared one by one.
 */
function membershipOf(
  operator: ScalarFunction,
  quantifier: "any" | "all",
): ((value: NonNullDatum, array: readonly Datum[]) => boolean | null | undefined) | undefined {
  if (operator.name !== (quantifier === "any" ? "=" : "<>")) return undefined;
  const [left, right] = operator.params;
  const alike = left?.name === right?.name || (isInteger(left) && isInteger(right));
  if (!alike || left === undefined || !KEYED.has(left.name)) return undefined;
  const type = left as SqlType;
  const known = new WeakMap<readonly Datum[], Keys | undefined>();
  return (value, array) => {
    let keys = known.get(array);
    if (keys === undefined) {
      if (!known.has(array)) {
        known.set(array, undefined);
        return undefined;
      }
      keys = keysOf(array, type);
      known.set(array, keys);
    }
    if (keys.set.has(hashKey(value, type))) return true;
    return keys.hasNull ? null : false;
  };
}

function isInteger(type: { readonly name: string } | undefined): boolean {
  return type?.name === "smallint" || type?.name === "integer" || type?.name === "bigint";
}

/** The keys of the items, whatever the dimensions. */
function keysOf(array: readonly Datum[], type: SqlType): Keys {
  const set = new Set<unknown>();
  let hasNull = false;
  const visit = (items: readonly Datum[]): void => {
    for (const item of items) {
      if (item === null) hasNull = true;
      else if (Array.isArray(item)) visit(item as readonly Datum[]);
      else set.add(hashKey(item, type));
    }
  };
  visit(array);
  return { set, hasNull };
}
