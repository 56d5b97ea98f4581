import type { Cardinality } from "../cardinality.js";
import type { LogicalPlan } from "../plan.js";
import { rewrite } from "../rewrite.js";

/** A LEFT JOIN is turned around where its right side is so many times the larger. */
const TURN_FACTOR = 2;

/**
 * A hash join keeps its right side in memory, so the smaller side is to be the right one: a LEFT
 * JOIN of few rows with many becomes a RIGHT JOIN of many with few. Inner joins are ordered already.
 */
export function chooseBuildSide(plan: LogicalPlan, cardinality: Cardinality): LogicalPlan {
  return rewrite(plan, (node) => {
    if (node.kind !== "join" || node.join !== "left" || node.lateral) return node;
    const { left, right } = node;
    if (cardinality.rows(left) * TURN_FACTOR >= cardinality.rows(right)) return node;
    return { ...node, join: "right", left: right, right: left };
  });
}
