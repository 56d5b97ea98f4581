import type { ColumnId, Expr } from "../binder/expr.js";
import type { Source, TableInfo } from "../contract/source.js";
import { columnsOf, conjuncts } from "./expressions.js";
import type { JoinPlan, LogicalPlan, ScanPlan } from "./plan.js";

/** Guesses for conditions nothing is known about, as planners without statistics make them. */
const EQUAL_SELECTIVITY = 0.05;
const RANGE_SELECTIVITY = 0.3;
const OTHER_SELECTIVITY = 0.25;
/** The table function that gives the values of a list (`passes/list-lookup.ts`). */
export const LIST_FUNCTION = "list of values";
/** Rows of what gives no hint: table functions, working tables. */
const UNKNOWN_ROWS = 1000;
const GROUPS_SHARE = 0.1;

/**
 * Estimates of how many rows plans give: row counts of tables, keys, and guesses. One instance a
 * statement, since it remembers what it said of a node.
 */
export class Cardinality {
  readonly #source: Source;
  readonly #known = new WeakMap<LogicalPlan, number>();
  readonly #scans = new Map<ColumnId, { readonly scan: ScanPlan; readonly column: number }>();

  constructor(source: Source) {
    this.#source = source;
  }

  rows(plan: LogicalPlan): number {
    let rows = this.#known.get(plan);
    if (rows === undefined) {
      rows = Math.max(this.#estimate(plan), 0);
      this.#known.set(plan, rows);
    }
    return rows;
  }

  /** How many different values a column may have, at most `rows`. */
  distinct(id: ColumnId, rows: number): number {
    const found = this.#scans.get(id);
    if (found === undefined) return Math.max(1, rows * GROUPS_SHARE);
    const { scan, column } = found;
    const tableRows = Math.max(1, this.#source.rowCount(scan.table));
    const values = isUnique(scan.table, column) ? tableRows : Math.max(1, tableRows * GROUPS_SHARE);
    return Math.max(1, Math.min(values, rows));
  }

  /** Rows of two inputs joined on conditions over both. */
  joined(left: number, right: number, conditions: readonly Expr[]): number {
    let rows = left * right;
    for (const condition of conditions) rows *= this.#joinSelectivity(condition, left, right);
    return rows;
  }

  #joinSelectivity(condition: Expr, left: number, right: number): number {
    if (condition.kind !== "call" || condition.fn.name !== "=") return selectivity(condition);
    let most = 1;
    let ofKey = 0;
    for (const arg of condition.args) {
      for (const id of columnsOf(arg)) {
        const values = this.distinct(id, Math.max(left, right));
        if (this.#isKey(id)) ofKey = Math.max(ofKey, values);
        most = Math.max(most, values);
      }
    }
    // A column that is joined with a key has no more values than there are keys, whatever the guess.
    return 1 / (ofKey > 0 ? ofKey : most);
  }

  /** Whether it is a column of a table in which no value is twice. */
  #isKey(id: ColumnId): boolean {
    const found = this.#scans.get(id);
    return found !== undefined && isUnique(found.scan.table, found.column);
  }

  #estimate(plan: LogicalPlan): number {
    switch (plan.kind) {
      case "scan":
        return this.#scanRows(plan);
      case "values":
        return plan.rows.length;
      case "filter":
        return this.#filterRows(this.rows(plan.input), plan.predicate);
      case "project":
      case "window":
      case "sort":
        return this.rows(plan.input);
      case "join":
        return this.#joinRows(plan);
      case "aggregate": {
        if (plan.groups.length === 0) return 1;
        const input = this.rows(plan.input);
        return Math.max(1, input * GROUPS_SHARE * (plan.groupingSets?.length ?? 1));
      }
      case "limit": {
        const { limit } = plan;
        const input = this.rows(plan.input);
        const constant = limit?.kind === "const" && typeof limit.value === "number";
        return constant ? Math.min(input, limit.value) : input;
      }
      case "distinct":
        return Math.max(1, this.rows(plan.input) * 0.5);
      case "setOperation":
        return plan.operation === "union"
          ? this.rows(plan.left) + this.rows(plan.right)
          : this.rows(plan.left);
      case "cte":
        return this.rows(plan.body);
      case "recursive":
        return this.rows(plan.base) * 10;
      case "tableFunction": {
        const [call] = plan.calls;
        return call?.fn.name === LIST_FUNCTION ? call.args.length : UNKNOWN_ROWS;
      }
      case "cteScan":
        return UNKNOWN_ROWS;
      case "insert":
      case "update":
      case "delete":
        return this.rows(plan.input);
    }
  }

  #scanRows(plan: ScanPlan): number {
    plan.output.forEach((column, i) => {
      if (i < plan.columns.length) {
        this.#scans.set(column.id, { scan: plan, column: plan.columns[i]! });
      }
    });
    const rows = Math.max(1, this.#source.rowCount(plan.table));
    const { bounds } = plan;
    if (bounds === undefined) return rows;
    const columns = bounds.index?.columns.map((c) => c.column) ?? plan.table.primaryKey;
    const unique = bounds.index === undefined || bounds.index.unique;
    if (unique && bounds.equal.length === columns.length) return 1;
    // Columns that are worth an index have many values: as many as `distinct` says.
    let estimate = rows / Math.max(1, rows * GROUPS_SHARE) ** bounds.equal.length;
    if (bounds.from !== undefined) estimate *= RANGE_SELECTIVITY;
    if (bounds.to !== undefined) estimate *= RANGE_SELECTIVITY;
    return Math.max(1, estimate);
  }

  #filterRows(input: number, predicate: Expr): number {
    let rows = input;
    for (const condition of conjuncts(predicate)) {
      const unique = this.#uniqueEquality(condition);
      rows = unique ? Math.min(rows, 1) : rows * selectivity(condition);
    }
    return Math.max(rows, Math.min(input, 1));
  }

  /** Whether a condition fixes a column in which no value is twice. */
  #uniqueEquality(condition: Expr): boolean {
    if (condition.kind !== "call" || condition.fn.name !== "=") return false;
    return condition.args.some((arg) => arg.kind === "column" && this.#isKey(arg.id));
  }

  #joinRows(plan: JoinPlan): number {
    const left = this.rows(plan.left);
    const right = this.rows(plan.right);
    const both = this.joined(left, right, conjuncts(plan.on));
    switch (plan.join) {
      case "inner":
      case "cross":
        return plan.lateral ? left * right : both;
      case "left":
        return Math.max(left, both);
      case "right":
        return Math.max(right, both);
      case "full":
        return Math.max(left + right, both);
      case "semi":
      case "anti":
        return Math.max(1, left * 0.5);
      case "single":
        return left;
    }
  }
}

/** Whether the column alone is a key of its table. */
function isUnique(table: TableInfo, column: number): boolean {
  if (table.primaryKey.length === 1 && table.primaryKey[0] === column) return true;
  return table.indexes.some(
    (index) => index.unique && index.columns.length === 1 && index.columns[0]!.column === column,
  );
}

/** The share of rows that a condition lets through, guessed from its shape. */
function selectivity(condition: Expr): number {
  switch (condition.kind) {
    case "call":
      switch (condition.fn.name) {
        case "=":
          return EQUAL_SELECTIVITY;
        case "<>":
          return 1 - EQUAL_SELECTIVITY;
        case "<":
        case "<=":
        case ">":
        case ">=":
          return RANGE_SELECTIVITY;
        default:
          return OTHER_SELECTIVITY;
      }
    case "and":
      return condition.args.reduce((share, arg) => share * selectivity(arg), 1);
    case "or":
      return Math.min(
        1,
        condition.args.reduce((share, arg) => share + selectivity(arg), 0),
      );
    case "not":
      return 1 - selectivity(condition.arg);
    case "in": {
      const share = Math.min(1, condition.list.length * EQUAL_SELECTIVITY);
      return condition.negated ? 1 - share : share;
    }
    case "isNull":
      return condition.negated ? 1 - EQUAL_SELECTIVITY : EQUAL_SELECTIVITY;
    default:
      return OTHER_SELECTIVITY;
  }
}
