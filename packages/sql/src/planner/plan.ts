import type {
  AggregateCall,
  ColumnDef,
  ColumnId,
  Expr,
  SortKey,
  WindowCall,
} from "../binder/expr.js";
import type { TableFunction } from "../functions/registry.js";
import type { ForeignKeyInfo, IndexInfo, TableInfo } from "../contract/source.js";

/**
 * A logical plan: what to compute, not how. Immutable; a pass builds new nodes. Every node lists
 * the columns it produces in `output`; columns are named by id throughout, so that passes can move
 * nodes without renumbering. An id that is used but not produced below is an outer reference.
 */
export type LogicalPlan =
  | ScanPlan
  | ValuesPlan
  | FilterPlan
  | ProjectPlan
  | JoinPlan
  | AggregatePlan
  | WindowPlan
  | SortPlan
  | LimitPlan
  | DistinctPlan
  | SetOperationPlan
  | CtePlan
  | CteScanPlan
  | RecursivePlan
  | TableFunctionPlan
  | ModifyPlan;

interface Node {
  readonly output: readonly ColumnDef[];
}

export interface ScanPlan extends Node {
  readonly kind: "scan";
  readonly table: TableInfo;
  /** What the statement calls the table, where it is another name; for plans that are shown. */
  readonly alias: string | undefined;
  /** `columns[i]` of the table gives `output[i]`. */
  readonly columns: readonly number[];
  /**
   * What part of a key or index is read (the key's leading columns `equal`, a range on the next).
   * A bound that is NULL lets no row through. The conditions it stands for are nowhere else.
   */
  readonly bounds:
    | {
        readonly index: IndexInfo | undefined;
        readonly equal: readonly Expr[];
        readonly from?: { readonly expr: Expr; readonly inclusive: boolean };
        readonly to?: { readonly expr: Expr; readonly inclusive: boolean };
      }
    | undefined;
  /**
   * Comparisons that blocks can be skipped by (`ScanRequest.prune`); the filter above stays. Bounds
   * are inclusive, of the column's type, and hold no column of this statement's rows.
   */
  readonly prune: readonly ScanRange[];
  /** Produce rows in key order of `bounds.index` (or of the primary key). */
  readonly ordered: boolean;
  readonly reverse: boolean;
  /** A hidden output column that says where the row is, for UPDATE and DELETE. */
  readonly locator: ColumnId | undefined;
}

export interface ScanRange {
  readonly column: number;
  readonly min: Expr | undefined;
  readonly max: Expr | undefined;
}

export interface ValuesPlan extends Node {
  readonly kind: "values";
  readonly rows: readonly (readonly Expr[])[];
}

export interface FilterPlan extends Node {
  readonly kind: "filter";
  readonly input: LogicalPlan;
  readonly predicate: Expr;
}

export interface ProjectPlan extends Node {
  readonly kind: "project";
  readonly input: LogicalPlan;
  /** `exprs[i]` gives `output[i]`. */
  readonly exprs: readonly Expr[];
}

export type JoinKind = "inner" | "left" | "right" | "full" | "cross" | "semi" | "anti" | "single";

export interface JoinPlan extends Node {
  readonly kind: "join";
  /** `single`: left with at most one match, more is SUBQUERY_ROWS (a scalar subquery). */
  readonly join: JoinKind;
  readonly left: LogicalPlan;
  readonly right: LogicalPlan;
  readonly on: Expr | undefined;
  /** The right side refers to columns of the left: run it once per left row. */
  readonly lateral: boolean;
  /** For `anti` made of NOT IN: a NULL on either side makes the answer unknown, so no row. */
  readonly nullAware: boolean;
}

export interface AggregatePlan extends Node {
  readonly kind: "aggregate";
  readonly input: LogicalPlan;
  readonly groups: readonly { readonly id: ColumnId; readonly expr: Expr }[];
  /** Indexes into `groups`; undefined is one set of all. */
  readonly groupingSets: readonly (readonly number[])[] | undefined;
  /** Column that holds the number of the grouping set, for GROUPING(). */
  readonly groupingId: ColumnId | undefined;
  readonly aggregates: readonly AggregateCall[];
}

export interface WindowPlan extends Node {
  readonly kind: "window";
  readonly input: LogicalPlan;
  readonly partitionBy: readonly Expr[];
  readonly orderBy: readonly SortKey[];
  readonly calls: readonly WindowCall[];
}

export interface SortPlan extends Node {
  readonly kind: "sort";
  readonly input: LogicalPlan;
  readonly keys: readonly SortKey[];
}

export interface LimitPlan extends Node {
  readonly kind: "limit";
  readonly input: LogicalPlan;
  readonly limit: Expr | undefined;
  readonly offset: Expr | undefined;
  readonly withTies: readonly SortKey[] | undefined;
}

export interface DistinctPlan extends Node {
  readonly kind: "distinct";
  readonly input: LogicalPlan;
  /** DISTINCT ON; undefined: all columns. The input is sorted so that the first row is kept. */
  readonly on: readonly Expr[] | undefined;
}

export interface SetOperationPlan extends Node {
  readonly kind: "setOperation";
  readonly operation: "union" | "intersect" | "except";
  readonly all: boolean;
  readonly left: LogicalPlan;
  readonly right: LogicalPlan;
}

/** Materialises `definition` once for all `cteScan`s of that id in `body`. */
export interface CtePlan extends Node {
  readonly kind: "cte";
  readonly cte: number;
  readonly name: string;
  /** Whether the text says MATERIALIZED or NOT MATERIALIZED; undefined where it does not. */
  readonly materialized: boolean | undefined;
  readonly definition: LogicalPlan;
  readonly body: LogicalPlan;
}

/** Reads a CTE, or the working table of the enclosing `recursive` of that id. */
export interface CteScanPlan extends Node {
  readonly kind: "cteScan";
  readonly cte: number;
  readonly name: string;
}

export interface RecursivePlan extends Node {
  readonly kind: "recursive";
  readonly cte: number;
  readonly name: string;
  readonly all: boolean;
  readonly base: LogicalPlan;
  readonly step: LogicalPlan;
}

export interface TableFunctionPlan extends Node {
  readonly kind: "tableFunction";
  readonly calls: readonly { readonly fn: TableFunction; readonly args: readonly Expr[] }[];
  readonly ordinality: ColumnId | undefined;
}

/** INSERT, UPDATE or DELETE; `output` is RETURNING's. */
export type ModifyPlan = InsertPlan | UpdatePlan | DeletePlan;

interface ModifyNode extends Node {
  readonly table: TableInfo;
  /** Read to its end before the first row is written. */
  readonly input: LogicalPlan;
  /** Foreign keys of the table, foreign keys that lead to it, and on through their actions. */
  readonly references: readonly BoundReference[];
  readonly returning: readonly Expr[] | undefined;
  /** Whether its rows are the statement's row count; false inside of WITH. */
  readonly counted: boolean;
}

export interface InsertPlan extends ModifyNode {
  readonly kind: "insert";
  /** `input` has one output column per table column, defaults filled in. */
  readonly rules: BoundRules;
  readonly onConflict: BoundConflict | undefined;
}

/** What holds for every row of a table, whatever statement writes it. */
export interface BoundRules {
  readonly table: TableInfo;
  /** Columns of the new row, by table position, as the ids that the rest and RETURNING use. */
  readonly row: readonly ColumnDef[];
  readonly generated: readonly BoundAssignment[];
  /** In the order in which they are tried. */
  readonly checks: readonly BoundCheck[];
  /** Defaults of the columns that ON … SET DEFAULT may set. */
  readonly defaults: readonly BoundAssignment[];
}

export interface BoundAssignment {
  readonly column: number;
  readonly expr: Expr;
}

export interface BoundReference {
  readonly key: ForeignKeyInfo;
  readonly child: BoundRules;
  readonly parent: TableInfo;
}

export interface BoundConflict {
  /** The unique index or primary key that arbitrates; undefined: any. */
  readonly arbiter: IndexInfo | undefined;
  readonly action: "nothing" | "update";
  readonly excluded: readonly ColumnDef[];
  readonly existing: readonly ColumnDef[];
  readonly set: readonly BoundAssignment[];
  readonly where: Expr | undefined;
}

export interface BoundCheck {
  readonly name: string;
  readonly expr: Expr;
}

export interface UpdatePlan extends ModifyNode {
  readonly kind: "update";
  readonly locator: ColumnId;
  /** Over the output of `input`, which needs no more of the old row than this and RETURNING do. */
  readonly set: readonly BoundAssignment[];
  readonly rules: BoundRules;
}

export interface DeletePlan extends ModifyNode {
  readonly kind: "delete";
  readonly locator: ColumnId;
  /** Columns of the deleted row, by table position, as RETURNING names them. */
  readonly oldRow: readonly ColumnDef[];
  /**
   * Columns of the input that hold all that has to be known of a row to delete it; undefined where
   * it must be read again by its locator.
   */
  readonly known: readonly { readonly column: number; readonly id: ColumnId }[] | undefined;
}
