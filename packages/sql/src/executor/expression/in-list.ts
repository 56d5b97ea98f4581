import type { Expr } from "../../binder/expr.js";
import { type Comparator, comparatorOf, hashKey } from "../../types/compare.js";
import type { Datum } from "../../types/datum.js";
import type { SqlType } from "../../types/sql-type.js";
import type { ExecutionContext } from "../operator.js";
import type { RowCode, RowFunction } from "./row-code.js";

/** Items that are computed in line; beyond, each is a function of its own. */
const MAX_INLINE_ITEMS = 32;

type InExpr = Extract<Expr, { kind: "in" }>;

/** The code of `arg IN (list)`: constants are one set, whatever else is compared one by one. */
export function emitIn(expr: InExpr, code: RowCode): string {
  const { writer } = code;
  const arg = code.value(expr.arg);
  const { set, hasNull } = constantSet(expr);
  const others = expr.list.filter((item) => item.kind !== "const");
  const result = writer.local("null");
  const label = writer.openBlock();
  writer.line(`if (${arg} === null) break ${label};`);
  if (set.size > 0) {
    const key = keyCode(arg, expr.arg.type, code);
    writer.line(`if (${writer.constant(set)}.has(${key})) { ${result} = true; break ${label}; }`);
  }
  const unknown = writer.local(String(hasNull));
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

/** The keys of the constants of an IN list, by `hashKey`. */
function constantSet(expr: InExpr): {
  readonly set: ReadonlySet<unknown>;
  readonly hasNull: boolean;
} {
  const set = new Set<unknown>();
  let hasNull = false;
  for (const item of expr.list) {
    if (item.kind !== "const") continue;
    if (item.value === null) hasNull = true;
    else set.add(hashKey(item.value, expr.arg.type));
  }
  return { set, hasNull };
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
