import { columnExpr } from "../expressions.js";
import type { CtePlan, LogicalPlan } from "../plan.js";
import { planTraits } from "../plan-traits.js";
import { rewrite } from "../rewrite.js";

/**
 * Puts the definition of a CTE in the place of its only use, so that what the query around it asks
 * for reaches it. One that writes, is volatile, is used more than once or is to be MATERIALIZED is
 * computed once.
 */
export function inlineCtes(plan: LogicalPlan): LogicalPlan {
  return rewrite(plan, (node) => {
    if (node.kind !== "cte" || !canInline(node)) return node;
    const uses = countUses(node.body, node.cte);
    if (uses === 0) return node.body;
    return uses === 1 ? replaceScan(node.body, node.cte, node.definition) : node;
  });
}

function canInline({ definition, materialized }: CtePlan): boolean {
  return materialized !== true && !planTraits(definition).volatile;
}

function countUses(plan: LogicalPlan, cte: number): number {
  let uses = 0;
  rewrite(plan, (node) => {
    if (node.kind === "cteScan" && node.cte === cte) uses++;
    // A step runs once a round: what it uses it may use often.
    if (node.kind === "recursive") uses += countStepUses(node.step, cte);
    return node;
  });
  return uses;
}

function countStepUses(step: LogicalPlan, cte: number): number {
  let uses = 0;
  rewrite(step, (node) => {
    if (node.kind === "cteScan" && node.cte === cte) uses++;
    return node;
  });
  return uses;
}

function replaceScan(body: LogicalPlan, cte: number, definition: LogicalPlan): LogicalPlan {
  return rewrite(body, (node) => {
    if (node.kind !== "cteScan" || node.cte !== cte) return node;
    return {
      kind: "project",
      input: definition,
      exprs: definition.output.map(columnExpr),
      output: node.output,
    };
  });
}
