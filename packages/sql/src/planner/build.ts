import type { ColumnDef, Expr } from "../binder/expr.js";
import { columnExpr, conjunction } from "./expressions.js";
import type { JoinKind, JoinPlan, LogicalPlan } from "./plan.js";

/** Nodes as the passes make them; the output of each follows from its inputs. */

export function filtered(input: LogicalPlan, predicates: readonly Expr[]): LogicalPlan {
  const predicate = conjunction(predicates);
  if (predicate === undefined) return input;
  return { kind: "filter", input, predicate, output: input.output };
}

export function joined(
  join: JoinKind,
  left: LogicalPlan,
  right: LogicalPlan,
  on: readonly Expr[],
  more: { readonly lateral?: boolean; readonly nullAware?: boolean } = {},
): JoinPlan {
  const condition = conjunction(on);
  return {
    kind: "join",
    join: join === "inner" && condition === undefined ? "cross" : join,
    left,
    right,
    on: condition,
    lateral: more.lateral ?? false,
    nullAware: more.nullAware ?? false,
    output: joinOutput(join, left, right),
  };
}

export function joinOutput(
  join: JoinKind,
  left: LogicalPlan,
  right: LogicalPlan,
): readonly ColumnDef[] {
  const leftOnly = join === "semi" || join === "anti";
  return leftOnly ? left.output : [...left.output, ...right.output];
}

/** The columns of `output`, in its order, out of a plan that has them all. */
export function restricted(input: LogicalPlan, output: readonly ColumnDef[]): LogicalPlan {
  const same =
    output.length === input.output.length &&
    output.every((column, i) => column.id === input.output[i]!.id);
  if (same) return input;
  return { kind: "project", input, exprs: output.map(columnExpr), output };
}

/** A plan without rows. */
export function empty(output: readonly ColumnDef[]): LogicalPlan {
  return { kind: "values", rows: [], output };
}
