import type { Expr } from "../../binder/expr.js";
import { Decimal } from "../../types/decimal.js";
import { type Lane, laneValue, type ScaledLane, scaleOf } from "./lanes.js";
import type { TypedCode, TypedValue } from "./typed-code.js";

/** Items of an IN list that are compared one by one rather than looked up. */
const MAX_COMPARED = 8;

/** The code of `arg IN (constants)`, three-valued. */
export function typedIn(expr: Extract<Expr, { kind: "in" }>, code: TypedCode): TypedValue {
  const { writer } = code;
  const lane = code.lane(expr.arg);
  const { value, isNull } = code.value(expr.arg);
  const items = new Set<number | boolean>();
  let hasNull = false;
  for (const item of expr.list) {
    if (item.kind !== "const") continue;
    const own = itemValue(item, lane);
    if (item.value === null) hasNull = true;
    else if (own !== null) items.add(own);
  }
  const found =
    // A set finds NaN, which does not equal itself.
    items.size > MAX_COMPARED || lane === "float"
      ? `${writer.constant(items)}.has(${value})`
      : [...items].map((item) => `${value} === ${writer.constant(item)}`).join(" || ");
  const isIn = writer.local(found === "" ? "false" : found);
  const unknown = hasNull ? writer.local(`${isNull} || !${isIn}`) : isNull;
  return { value: expr.negated ? writer.local(`!${isIn}`) : isIn, isNull: unknown };
}

/** A constant in the lane of what it is compared with; null where nothing there can equal it. */
function itemValue(
  { value, type }: Extract<Expr, { kind: "const" }>,
  lane: Lane,
): number | boolean | null {
  if (!(value instanceof Decimal)) return laneValue(value, type);
  const scale = scaleOf(lane as ScaledLane);
  const shift = 10n ** BigInt(Math.abs(scale - value.scale));
  if (scale >= value.scale) return Number(value.unscaled * shift);
  return value.unscaled % shift === 0n ? Number(value.unscaled / shift) : null;
}
