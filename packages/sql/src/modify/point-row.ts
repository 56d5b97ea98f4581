import type { ColumnId } from "../binder/expr.js";
import type { RowLocator, TableInfo } from "../contract/source.js";
import type { Value } from "../contract/types.js";
import { rowDatums } from "../executor/column.js";
import { compilePredicate, compileRow } from "../executor/expression/index.js";
import type { ExecutionContext } from "../executor/operator.js";
import { compileKey } from "../executor/scan-bounds.js";
import type { FilterPlan, LogicalPlan, ProjectPlan, ScanPlan } from "../planner/plan.js";
import type { Datum } from "../types/datum.js";
import { RecordingSink, type RowSink } from "./deferred-writes.js";
import type { TargetRows } from "./target-rows.js";
import { sinkOf } from "./write-operator.js";

/** Finds the one row that a write by its whole key is about, without a batch. */
export type PointFinder = (context: ExecutionContext) => TargetRows;

interface PointPlan {
  readonly project: ProjectPlan;
  readonly filter: FilterPlan | undefined;
  readonly scan: ScanPlan;
}

/** Undefined for a plan that does not read one row by its primary key. */
export function compilePointRow(plan: LogicalPlan, locator: ColumnId): PointFinder | undefined {
  const point = pointPlan(plan);
  if (point === undefined) return undefined;
  const { project, filter, scan } = point;
  const { table, columns, output } = scan;
  const { primaryKey } = table;
  const key = compileKey(
    scan.bounds!.equal,
    primaryKey.map((at) => table.columns[at]!.type),
  );
  const passes = filter && compilePredicate(filter.predicate, output);
  const values = project.exprs.map((expr) =>
    expr.kind === "column" && expr.id === locator ? undefined : compileRow(expr, output),
  );
  // A DELETE, or an UPDATE to constants, needs nothing of the old row as datums.
  const reads =
    passes !== undefined ||
    project.exprs.some((expr, i) => values[i] !== undefined && readsRow(expr.kind));
  return (context) => {
    const wanted = key(context);
    if (wanted === undefined) return NO_ROW;
    const found = sinkOf(context).rowOfKey(table, wanted);
    if (found === undefined) return NO_ROW;
    const datums = reads ? rowDatums(found.row, columns, output) : NO_DATUMS;
    if (passes !== undefined && !passes(datums, context)) return NO_ROW;
    const row = new Array<Datum>(values.length);
    for (let i = 0; i < values.length; i++) row[i] = values[i]?.(datums, context) ?? null;
    return new PointRow(found.locator, found.row, row);
  };
}

const NO_DATUMS: readonly Datum[] = [];

function readsRow(kind: ProjectPlan["exprs"][number]["kind"]): boolean {
  return kind !== "const" && kind !== "param";
}

function pointPlan(plan: LogicalPlan): PointPlan | undefined {
  if (plan.kind !== "project") return undefined;
  const filter = plan.input.kind === "filter" ? plan.input : undefined;
  const scan = filter === undefined ? plan.input : filter.input;
  if (scan.kind !== "scan" || scan.bounds === undefined) return undefined;
  const { bounds, table } = scan;
  if (bounds.index !== undefined || bounds.equal.length === 0) return undefined;
  if (bounds.equal.length !== table.primaryKey.length) return undefined;
  return { project: plan, filter, scan };
}

class PointRow implements TargetRows {
  readonly length = 1;
  readonly #locator: RowLocator;
  readonly #before: readonly Value[];
  readonly #row: readonly Datum[];

  constructor(locator: RowLocator, before: readonly Value[], row: readonly Datum[]) {
    this.#locator = locator;
    this.#before = before;
    this.#row = row;
  }

  locator(): RowLocator {
    return this.#locator;
  }

  row(): readonly Datum[] {
    return this.#row;
  }

  before(_at: number, sink: RowSink, table: TableInfo): readonly Value[] | undefined {
    if (sink instanceof RecordingSink && sink.isTaken(table, this.#locator)) return undefined;
    return this.#before;
  }
}

const NO_ROW: TargetRows = {
  length: 0,
  locator: () => 0,
  row: () => NO_DATUMS,
  before: () => undefined,
};
