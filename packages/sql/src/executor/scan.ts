import type { ColumnDef } from "../binder/expr.js";
import type { ColumnRange, KeyBounds, ScanRequest, SourceBatch } from "../contract/source.js";
import type { Value } from "../contract/types.js";
import type { ScanPlan } from "../planner/plan.js";
import { fullBatch } from "./batches.js";
import { datumsInPlace } from "./column.js";
import { compileBounds } from "./scan-bounds.js";
import type { CompiledPlan, ExecutionContext, Operator, RowBatch } from "./operator.js";
import { singleBatch } from "./single-batch.js";

/** Reads a table, or the part of it that the plan's bounds name; a whole key reads one row. */
export function compileScan(plan: ScanPlan): CompiledPlan {
  const bounds = compileBounds(plan);
  const columns: readonly ColumnDef[] = plan.output;
  return {
    columns,
    open(context) {
      const range = bounds.range(context);
      if (range === "nothing") return singleBatch(null);
      if (range !== undefined && isPointRead(plan, range)) {
        return readPoint(plan, range.equal, context);
      }
      return new ScanOperator(context, plan, range, bounds.prune(context));
    },
  };
}

function isPointRead({ table, locator }: ScanPlan, range: KeyBounds): boolean {
  if (range.index !== undefined || locator !== undefined) return false;
  return range.equal.length > 0 && range.equal.length === table.primaryKey.length;
}

function readPoint(plan: ScanPlan, key: readonly Value[], { source }: ExecutionContext): Operator {
  const row = source.find(plan.table, key);
  if (row === undefined) return singleBatch(null);
  const datums = datumsInPlace(row, plan.columns, plan.output);
  return singleBatch(
    fullBatch(
      1,
      datums.map((datum) => [datum]),
    ),
  );
}

class ScanOperator implements Operator {
  private batches: Iterator<SourceBatch> | undefined;
  private readonly withLocator: boolean;

  constructor(
    { source }: ExecutionContext,
    plan: ScanPlan,
    range: KeyBounds | undefined,
    prune: readonly ColumnRange[],
  ) {
    this.withLocator = plan.locator !== undefined;
    const request: ScanRequest = {
      columns: plan.columns,
      range,
      locators: this.withLocator,
      ordered: plan.ordered,
      reverse: plan.reverse,
      prune,
    };
    this.batches = source.scan(plan.table, request)[Symbol.iterator]();
  }

  next(): RowBatch | null {
    while (this.batches !== undefined) {
      const step = this.batches.next();
      if (step.done === true) {
        this.batches = undefined;
        return null;
      }
      const batch = step.value;
      if (batch.selected > 0) return this.withLocator ? withLocators(batch) : batch;
    }
    return null;
  }

  close(): void {
    this.batches?.return?.();
    this.batches = undefined;
  }
}

/** The locators as the last column. */
function withLocators(batch: SourceBatch): RowBatch {
  const { length, selection, selected } = batch;
  return { length, selection, selected, columns: [...batch.columns, batch.locators ?? []] };
}
