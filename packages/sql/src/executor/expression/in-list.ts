import type { Expr } from "../../binder/expr.js";
import { type Comparator, comparatorOf, hashKey } from "../../types/compare.js";
import type { Datum } from "../../types/datum.js";
import type { SqlType } from "../../types/sql-type.js";
import type { NonNullDatum } from "../../types/text-output.js";
import type { ExecutionContext } from "../operator.js";
import type { RowCode, RowFunction } from "./row-code.js";
import { RunState } from "./run-state.js";

/** Items that are computed in line; beyond, each is a function of its own. */
const MAX_INLINE_ITEMS = 32;
/** Parameters that are compared one by one; more become a set once a run. */
const MAX_COMPARED_PARAMETERS = 8;

type InExpr = Extract<Expr, { kind: "in" }>;

/**
 * The code of `arg IN (list)`: constants are one set and many parameters another, which each run
 * makes anew; whatever else is compared one by one.
 */
export function emitIn(expr: InExpr, code: RowCode): string {
  const { writer } = code;
  const arg = code.value(expr.arg);
  const { set, hasNull } = constantSet(expr);
  const computed = expr.list.filter((item) => item.kind !== "const");
  const parameters = computed.filter(isParameter);
  const areMany = parameters.length > MAX_COMPARED_PARAMETERS;
  const others = areMany ? computed.filter((item) => !isParameter(item)) : computed;
  const result = writer.local("null");
  const label = writer.openBlock();
  writer.line(`if (${arg} === null) break ${label};`);
  if (set.size > 0) {
    const key = keyCode(arg, expr.arg.type, code);
    writer.line(`if (${writer.constant(set)}.has(${key})) { ${result} = true; break ${label}; }`);
  }
  const unknown = writer.local(String(hasNull));
  if (areMany) {
    const found = writer.local(amongParameters(arg, parameters, expr.arg.type, code));
    writer.line(`if (${found}) { ${result} = true; break ${label}; }`);
    writer.line(`if (${found} === null) ${unknown} = true;`);
  }
  if (others.length > MAX_INLINE_ITEMS) {
    writer.line(`${result} = ${manyItems(arg, others, expr.arg.type, code)};`);
    writer.line(`if (${result} === false && ${unknown}) ${result} = null;`);
  } else if (others.length > 0) {
    const compare = writer.constant(comparatorOf(expr.arg.type));
    for (const item of others) {
      const value = code.value(item);
      writer.line(`if (${value} === null) ${unknown} = true;`);
      writer.line(`else if (${compare}(${arg}, ${value}) === 0)`);
      writer.line(`{ ${result} = true; break ${label}; }`);
    }
    writer.line(`${result} = ${unknown} ? null : false;`);
  } else {
    writer.line(`${result} = ${unknown} ? null : false;`);
  }
  writer.closeBlock();
  return expr.negated ? writer.local(`${result} === null ? null : !${result}`) : result;
}

interface Keys {
  readonly set: ReadonlySet<unknown>;
  readonly hasNull: boolean;
}

/** The keys of the constants of an IN list. */
function constantSet(expr: InExpr): Keys {
  const values = expr.list.flatMap((item) => (item.kind === "const" ? [item.value] : []));
  return keysOf(values, expr.arg.type);
}

/** The keys of values, by `hashKey`. */
function keysOf(values: readonly Datum[], type: SqlType): Keys {
  const set = new Set<unknown>();
  for (const value of values) if (value !== null) set.add(hashKey(value, type));
  return { set, hasNull: values.includes(null) };
}

/** Whether the value is a parameter's, whatever the row. */
function isParameter(expr: Expr): boolean {
  return expr.kind === "param" || (expr.kind === "cast" && isParameter(expr.arg));
}

/** `arg` IN parameters, three-valued. */
function amongParameters(
  arg: string,
  items: readonly Expr[],
  type: SqlType,
  code: RowCode,
): string {
  const { functions } = code.outlineAll(items);
  const keys = new RunState((context) =>
    keysOf(
      functions.map((item) => item([], context)),
      type,
    ),
  );
  const search = (value: NonNullDatum, context: ExecutionContext): boolean | null => {
    const { set, hasNull } = keys.of(context);
    if (set.has(hashKey(value, type))) return true;
    return hasNull ? null : false;
  };
  return `${code.writer.constant(search)}(${arg}, x)`;
}

function keyCode(arg: string, type: SqlType, code: RowCode): string {
  switch (type.name) {
    case "numeric":
    case "interval":
    case "bytea":
    case "jsonb":
    case "array":
    case "record":
      return `${code.writer.constant(hashKey)}(${arg}, ${code.writer.constant(type)})`;
    default:
      return arg;
  }
}

/** `arg` IN many items that are computed, three-valued. */
function manyItems(arg: string, items: readonly Expr[], type: SqlType, code: RowCode): string {
  const { functions, row } = code.outlineAll(items);
  const compare = comparatorOf(type);
  const search = (value: Datum, rowValues: readonly Datum[], context: ExecutionContext) =>
    searchItems(value, functions, compare, rowValues, context);
  return code.writer.local(`${code.writer.constant(search)}(${arg}, ${row}, x)`);
}

function searchItems(
  value: Datum,
  items: readonly RowFunction[],
  compare: Comparator,
  row: readonly Datum[],
  context: ExecutionContext,
): boolean | null {
  let unknown = value === null;
  for (const item of items) {
    const candidate = item(row, context);
    if (candidate === null) unknown = true;
    else if (value !== null && compare(value, candidate) === 0) return true;
  }
  return unknown ? null : false;
}
