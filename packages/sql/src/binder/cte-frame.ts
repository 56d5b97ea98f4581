import type { CommonTable } from "../parser/ast.js";
import type { LogicalPlan } from "../planner/plan.js";
import type { SqlType } from "../types/index.js";

/** A name of a WITH clause, from the first look at it until the query around it is bound. */
export interface CteEntry {
  readonly node: CommonTable;
  state: "unbound" | "binding" | "bound";
  /** Number of its rows, for `cteScan`. */
  readonly cte: number;
  columns: readonly {
    readonly name: string;
    readonly type: SqlType;
    /** See `numbers.ts`. */
    readonly isNumber: boolean;
  }[];
  plan: LogicalPlan | undefined;
  references: number;
  /** Reads the working table, while the body itself is bound; throws where that is not allowed. */
  recursion: ((position: number) => LogicalPlan) | undefined;
}

/** The names of one WITH clause, and of those around it. */
export interface CteFrame {
  readonly entries: ReadonlyMap<string, CteEntry>;
  readonly parent: CteFrame | undefined;
  /** Binds an entry that is referred to before its turn; RECURSIVE alone allows that. */
  readonly bind: ((entry: CteEntry) => void) | undefined;
}

/** The nearest common table of this name. */
export function findCte(
  frame: CteFrame | undefined,
  name: string,
): { readonly entry: CteEntry; readonly frame: CteFrame } | undefined {
  for (let at = frame; at !== undefined; at = at.parent) {
    const entry = at.entries.get(name);
    if (entry !== undefined) return { entry, frame: at };
  }
  return undefined;
}
