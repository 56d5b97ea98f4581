import type { ColumnDef } from "../binder/expr.js";
import type { TableInfo } from "../contract/source.js";
import type { Value } from "../contract/types.js";
import type { ExecutionContext } from "../executor/operator.js";
import { compileRow, type RowFunction } from "../executor/expression/index.js";
import type { BoundAssignment, BoundRules } from "../planner/plan.js";
import type { Datum } from "../types/datum.js";
import { RowForm } from "./row-form.js";
import { checkViolation, notNullViolation } from "./violations.js";

export interface CompiledAssignment {
  readonly column: number;
  readonly value: RowFunction;
}

export function compileAssignments(
  assignments: readonly BoundAssignment[],
  columns: readonly ColumnDef[],
): readonly CompiledAssignment[] {
  return assignments.map(({ column, expr }) => ({ column, value: compileRow(expr, columns) }));
}

/** What holds for every row of a table, ready to run: generated columns, NOT NULL and CHECK. */
export class RowRules {
  readonly table: TableInfo;
  readonly form: RowForm;
  readonly #defaults: ReadonlyMap<number, RowFunction>;
  readonly #generated: readonly CompiledAssignment[];
  readonly #notNull: readonly number[];
  readonly #checks: readonly { readonly name: string; readonly test: RowFunction }[];

  constructor(rules: BoundRules) {
    const { table, row } = rules;
    this.table = table;
    this.form = new RowForm(table);
    this.#generated = compileAssignments(rules.generated, row);
    this.#notNull = table.columns.flatMap(({ notNull }, i) => (notNull ? [i] : []));
    this.#checks = rules.checks.map(({ name, expr }) => ({ name, test: compileRow(expr, row) }));
    const defaults = compileAssignments(rules.defaults, []);
    this.#defaults = new Map(defaults.map(({ column, value }) => [column, value]));
  }

  /** Whether `admit` needs datums; else `admitStored` will do. */
  get readsDatums(): boolean {
    return this.#generated.length > 0 || this.#checks.length > 0;
  }

  /** Completes a new row in place and returns it as it is to be stored; throws what forbids it. */
  admit(row: Datum[], context: ExecutionContext): readonly Value[] {
    for (const { column, value } of this.#generated) row[column] = value(row, context);
    for (const column of this.#notNull) {
      if (row[column] === null) throw notNullViolation(this.table, column, this.form.store(row));
    }
    for (const { name, test } of this.#checks) {
      // NULL passes: only a check that is false forbids the row.
      if (test(row, context) === false) {
        throw checkViolation(this.table, name, this.form.store(row));
      }
    }
    return this.form.store(row);
  }

  /** Precondition: the rules read no datums. */
  admitStored(row: readonly Value[]): void {
    for (const column of this.#notNull) {
      if (row[column] === null) throw notNullViolation(this.table, column, row);
    }
  }

  /** A row in storage form after some columns were changed by a referential action. */
  readmit(row: Value[], context: ExecutionContext): readonly Value[] {
    if (this.readsDatums) return this.admit(this.form.load(row), context);
    this.admitStored(row);
    return row;
  }

  /** The stored default of a column, for SET DEFAULT. */
  defaultOf(column: number, context: ExecutionContext): Value {
    const value = this.#defaults.get(column);
    return value === undefined ? null : this.form.storeColumn(value([], context), column);
  }
}
