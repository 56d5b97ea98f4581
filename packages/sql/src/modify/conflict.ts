import type { IndexInfo, RowLocator } from "../contract/source.js";
import type { Value } from "../contract/types.js";
import { compileRow, type RowFunction } from "../executor/expression/index.js";
import type { ExecutionContext } from "../executor/operator.js";
import type { BoundConflict } from "../planner/plan.js";
import type { Datum } from "../types/datum.js";
import type { RowSink } from "./deferred-writes.js";
import { type CompiledAssignment, compileAssignments, type RowRules } from "./rules.js";
import { secondUpdate } from "./violations.js";

export interface CompiledConflict {
  readonly arbiter: IndexInfo | undefined;
  readonly action: "nothing" | "update";
  /** Over the existing row followed by the one proposed. */
  readonly set: readonly CompiledAssignment[];
  readonly where: RowFunction | undefined;
}

export function compileConflict(conflict: BoundConflict): CompiledConflict {
  const { arbiter, action, existing, excluded, set, where } = conflict;
  const columns = [...existing, ...excluded];
  return {
    arbiter,
    action,
    set: compileAssignments(set, columns),
    where: where && compileRow(where, columns),
  };
}

export interface UpdatedRow {
  readonly row: readonly Datum[];
  readonly stored: readonly Value[];
}

/** ON CONFLICT DO UPDATE of one run of a statement. */
export class ConflictUpdates {
  /** Rows that the statement has written; none may be written twice. */
  readonly touched: Set<RowLocator> = new Set();
  readonly #conflict: CompiledConflict;
  readonly #rules: RowRules;
  readonly #context: ExecutionContext;
  readonly #sink: RowSink;

  constructor(
    conflict: CompiledConflict,
    rules: RowRules,
    sink: RowSink,
    context: ExecutionContext,
  ) {
    this.#conflict = conflict;
    this.#rules = rules;
    this.#context = context;
    this.#sink = sink;
  }

  /** Undefined where the condition leaves the row as it is. */
  update(
    existing: { readonly locator: RowLocator; readonly row: readonly Value[] },
    proposed: readonly Datum[],
  ): UpdatedRow | undefined {
    const { set, where } = this.#conflict;
    const { table, form } = this.#rules;
    if (this.touched.has(existing.locator)) throw secondUpdate();
    const row = form.load(existing.row);
    const both = [...row, ...proposed];
    if (where !== undefined && where(both, this.#context) !== true) return undefined;
    for (const { column, value } of set) row[column] = value(both, this.#context);
    const stored = this.#rules.admit(row, this.#context);
    this.touched.add(this.#sink.update(table, existing.locator, existing.row, stored));
    return { row, stored };
  }
}
