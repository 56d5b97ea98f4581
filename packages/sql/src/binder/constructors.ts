import { AegisError } from "../contract/errors.js";
import { dimensions } from "../functions/array-shape.js";
import { scalar } from "../functions/define.js";
import type { ScalarFunction } from "../functions/registry.js";
import { comparatorOf, type Datum, type SqlType } from "../types/index.js";
import type { Expr } from "./expr.js";
import type { ScopeColumn } from "./scope.js";
import { allOf, BOOLEAN } from "./tree.js";

/**
 * Functions that no name calls: what the syntax of rows, arrays and subscripts compiles to. Each is
 * one object for all statements, so that equal expressions have equal functions.
 */
const ROW: ScalarFunction = scalar(
  "row",
  [{ name: "any" }],
  { name: "record" },
  (args) => [...args],
  { strict: false, variadic: true },
);

const ARRAY: ScalarFunction = scalar(
  "array",
  [{ name: "any" }],
  { name: "array" },
  (args) => [...args],
  { strict: false, variadic: true },
);

/** Arrays side by side: one more dimension. NULL counts as an array without items. */
const ARRAY_OF_ARRAYS: ScalarFunction = scalar(
  "array",
  [{ name: "any" }],
  { name: "array" },
  (args) => {
    const lengths = args.map((arg) => dimensions((arg ?? []) as readonly Datum[]).join());
    if (lengths.every((text) => text === "")) return [];
    if (lengths.every((text) => text === lengths[0])) return [...args];
    const message = "multidimensional arrays must have array expressions with matching dimensions";
    throw new AegisError("INVALID_ARGUMENT", message, { sqlState: "2202E" });
  },
  { strict: false, variadic: true },
);

const FIELD: ScalarFunction = scalar(
  "field",
  [{ name: "record" }, { name: "integer" }],
  { name: "unknown" },
  ([record, index]) => (record as readonly Datum[])[index as number] ?? null,
);

const SUBSCRIPT: ScalarFunction = scalar(
  "subscript",
  [{ name: "any" }, { name: "integer" }],
  { name: "unknown" },
  ([array, ...subscripts]) => {
    let at: Datum = array ?? null;
    for (const subscript of subscripts) {
      if (!Array.isArray(at)) return null;
      at = (at as readonly Datum[])[Number(subscript) - 1] ?? null;
    }
    return Array.isArray(at) ? null : at;
  },
  { variadic: true },
);

/** The same for arrays of records, whose items are arrays themselves. */
const RECORD_SUBSCRIPT: ScalarFunction = {
  ...SUBSCRIPT,
  evaluate: ([array, subscript]) => (array as readonly Datum[])[Number(subscript) - 1] ?? null,
};

const SLICE: ScalarFunction = scalar(
  "slice",
  [{ name: "any" }, { name: "integer" }],
  { name: "unknown" },
  ([array, ...bounds]) => (Array.isArray(array) ? slice(array as readonly Datum[], bounds) : null),
  { strict: false, variadic: true },
);

/** Bounds come in pairs, one pair a dimension. Nothing is left where one dimension is empty. */
function slice(array: readonly Datum[], bounds: readonly Datum[]): Datum {
  if (bounds.includes(null)) return null;
  if (2 * dimensions(array).length < bounds.length) return [];
  const cut = (items: readonly Datum[], at: number): readonly Datum[] => {
    const first = Math.max(1, Number(bounds[at]));
    const last = Math.min(items.length, Number(bounds[at + 1]));
    const kept = first > last ? [] : items.slice(first - 1, last);
    return at + 2 === bounds.length
      ? kept
      : kept.map((item) => cut(item as readonly Datum[], at + 2));
  };
  const result = cut(array, 0);
  return 2 * dimensions(result).length < bounds.length ? [] : result;
}

export function call(fn: ScalarFunction, args: readonly Expr[], type: SqlType, position = 0): Expr {
  return { kind: "call", fn, args, type, position };
}

/** ROW(…), whose fields are f1, f2, … unless they have names. */
export function rowOf(args: readonly Expr[], names?: readonly string[]): Expr {
  const fields = args.map((arg, i) => ({ name: names?.[i] ?? `f${i + 1}`, type: arg.type }));
  return call(ROW, args, { name: "record", fields });
}

export function arrayOf(args: readonly Expr[], type: SqlType, position: number): Expr {
  // Records are arrays inside of JavaScript too, so that dimensions cannot be told from fields.
  const nested = args.some((arg) => arg.type.name === "array") && type.element?.name !== "record";
  return call(nested ? ARRAY_OF_ARRAYS : ARRAY, args, type, position);
}

/** The row of a relation, NULL where an outer join found none. */
export function wholeRow(columns: readonly ScopeColumn[], nullable: boolean): Expr {
  const row = rowOf(
    columns.map((column) => column.expr),
    columns.map((column) => column.name),
  );
  if (!nullable) return row;
  const missing = allOf(
    columns.map(({ expr: arg }) => ({ kind: "isNull", arg, negated: false, type: BOOLEAN })),
  );
  return {
    kind: "case",
    branches: [{ when: missing, then: { kind: "const", value: null, type: row.type } }],
    otherwise: row,
    type: row.type,
  };
}

/** Field number `index` of a record; of a row that is written out, its expression. */
export function fieldOf(record: Expr, index: number): Expr {
  if (record.kind === "call" && record.fn === ROW) return record.args[index]!;
  const type = record.type.fields![index]!.type;
  return call(FIELD, [record, { kind: "const", value: index, type: { name: "integer" } }], type);
}

export function subscriptOf(
  array: Expr,
  subscripts: readonly Expr[],
  type: SqlType,
  position: number,
): Expr {
  const fn = type.name === "record" ? RECORD_SUBSCRIPT : SUBSCRIPT;
  return call(fn, [array, ...subscripts], type, position);
}

export function sliceOf(array: Expr, bounds: readonly Expr[], position: number): Expr {
  return call(SLICE, [array, ...bounds], array.type, position);
}

/** Whether values of the type can be put in an order, as sorting needs. */
export function isOrdered(type: SqlType): boolean {
  try {
    comparatorOf(type);
    return true;
  } catch (error) {
    if (error instanceof AegisError) return false;
    throw error;
  }
}
