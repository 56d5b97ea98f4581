import type { Expr } from "../../binder/expr.js";
import { columnsOf, conjunction, conjuncts, idsOf, isVolatile } from "../../planner/expressions.js";
import type { JoinPlan } from "../../planner/plan.js";
import type { SqlType } from "../../types/sql-type.js";
import { commonKeyType } from "../keys/key-class.js";

/** `left = right` between the two inputs of a join. */
export interface EquiKey {
  readonly left: Expr;
  readonly right: Expr;
  readonly type: SqlType;
  /** IS NOT DISTINCT FROM: NULL matches NULL. */
  readonly nullsEqual: boolean;
}

export interface JoinCondition {
  readonly keys: readonly EquiKey[];
  /** What is left to check of rows whose keys are equal. */
  readonly residual: Expr | undefined;
}

/** Takes the equalities that a hash table can find out of a join's condition. */
export function joinCondition(plan: JoinPlan): JoinCondition {
  const left = idsOf(plan.left.output);
  const right = idsOf(plan.right.output);
  const keys: EquiKey[] = [];
  const rest: Expr[] = [];
  for (const condition of conjuncts(plan.on)) {
    const key = equiKey(condition, left, right);
    if (key === undefined) rest.push(condition);
    else keys.push(key);
  }
  return { keys, residual: conjunction(rest) };
}

type Ids = ReadonlySet<number>;

function equiKey(condition: Expr, left: Ids, right: Ids): EquiKey | undefined {
  if (condition.kind !== "call" || isVolatile(condition)) return undefined;
  const nullsEqual = condition.fn.name === "is not distinct from";
  if (condition.fn.name !== "=" && !nullsEqual) return undefined;
  const [a, b] = condition.args;
  if (a === undefined || b === undefined) return undefined;
  const type = commonKeyType(a.type, b.type);
  if (type === undefined) return undefined;
  if (isOf(a, left, right) && isOf(b, right, left)) return { left: a, right: b, type, nullsEqual };
  if (isOf(b, left, right) && isOf(a, right, left)) return { left: b, right: a, type, nullsEqual };
  return undefined;
}

/** Whether an expression reads columns of one side, and none of the other. */
function isOf(expr: Expr, own: Ids, other: Ids): boolean {
  let reads = false;
  for (const id of columnsOf(expr)) {
    if (other.has(id)) return false;
    reads ||= own.has(id);
  }
  return reads;
}
