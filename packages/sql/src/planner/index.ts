import type { Source } from "../contract/source.js";
import { Cardinality } from "./cardinality.js";
import { ColumnIds } from "./column-ids.js";
import { aggregateBelowJoin } from "./passes/aggregate-below-join.js";
import { chooseAccess } from "./passes/choose-access.js";
import { chooseBuildSide } from "./passes/choose-build-side.js";
import { decorrelate } from "./passes/decorrelate.js";
import { foldConstants } from "./passes/fold-constants.js";
import { inlineCtes } from "./passes/inline-ctes.js";
import { orderJoins } from "./passes/order-joins.js";
import { pruneColumns } from "./passes/prune-columns.js";
import { pushPredicates } from "./passes/push-predicates.js";
import { useOrder } from "./passes/use-order.js";
import type { LogicalPlan } from "./plan.js";

/** One rewriting of a plan into one that gives the same rows with less work. */
export interface Pass {
  readonly name: string;
  readonly run: (plan: LogicalPlan, cardinality: Cardinality, ids: ColumnIds) => LogicalPlan;
}

/**
 * In this order: each finds what those before it have uncovered. None is needed for right rows, which
 * a test holds them to by leaving out each in turn.
 */
export const PASSES: readonly Pass[] = [
  { name: "fold constants", run: foldConstants },
  { name: "inline CTEs", run: inlineCtes },
  { name: "decorrelate subqueries", run: decorrelate },
  { name: "push predicates", run: pushPredicates },
  { name: "fold constants again", run: foldConstants },
  { name: "order joins", run: orderJoins },
  { name: "aggregate below joins", run: aggregateBelowJoin },
  { name: "choose access", run: chooseAccess },
  { name: "use order", run: useOrder },
  { name: "prune columns", run: pruneColumns },
  { name: "choose build side", run: chooseBuildSide },
];

/** The plan that is run. `output` stays the same, column by column. */
export function optimize(
  plan: LogicalPlan,
  source: Source,
  passes: readonly Pass[] = PASSES,
): LogicalPlan {
  const cardinality = new Cardinality(source);
  const ids = new ColumnIds(plan);
  return passes.reduce((current, pass) => pass.run(current, cardinality, ids), plan);
}
