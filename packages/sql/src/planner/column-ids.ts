import type { ColumnId } from "../binder/expr.js";
import { nodeColumns } from "./nodes.js";
import type { LogicalPlan } from "./plan.js";
import { rewrite } from "./rewrite.js";

/** Ids for columns that passes make, unlike all that a statement has. */
export class ColumnIds {
  readonly #plan: LogicalPlan;
  #last: ColumnId | undefined;

  constructor(plan: LogicalPlan) {
    this.#plan = plan;
  }

  next(): ColumnId {
    // Few statements need one, so that only they are searched.
    this.#last = (this.#last ?? largestId(this.#plan)) + 1;
    return this.#last;
  }
}

function largestId(plan: LogicalPlan): ColumnId {
  let largest = 0;
  rewrite(plan, (node) => {
    for (const id of nodeColumns(node)) largest = Math.max(largest, id);
    return node;
  });
  return largest;
}
