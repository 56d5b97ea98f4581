import type { Source, TableInfo } from "../contract/source.js";
import { children } from "../planner/nodes.js";
import type { LogicalPlan } from "../planner/plan.js";

/** How many times larger or smaller a table may become before a plan is made anew. */
const GROWTH = 10;
/** Tables below this are all alike to a plan. */
const SMALL_ROWS = 1000;

interface TableSize {
  readonly table: TableInfo;
  readonly rows: number;
}

/** The sizes of tables that the order and the methods of a plan's joins were chosen by. */
export class PlanSizes {
  readonly #sizes: readonly TableSize[];

  constructor(plan: LogicalPlan, source: Source) {
    const tables = new Set<TableInfo>();
    let scans = 0;
    const visit = (node: LogicalPlan): void => {
      if (node.kind === "scan") {
        scans++;
        tables.add(node.table);
      }
      children(node).forEach(visit);
    };
    visit(plan);
    // One table alone is read the same way whatever its size.
    const counted = scans > 1 ? [...tables] : [];
    this.#sizes = counted.map((table) => ({ table, rows: sizeOf(source, table) }));
  }

  /** Whether the tables are still about as large as they were. */
  hold(source: Source): boolean {
    for (const { table, rows } of this.#sizes) {
      const now = sizeOf(source, table);
      if (now > rows * GROWTH || now * GROWTH < rows) return false;
    }
    return true;
  }
}

function sizeOf(source: Source, table: TableInfo): number {
  return table.kind === "virtual" ? SMALL_ROWS : Math.max(SMALL_ROWS, source.rowCount(table));
}
