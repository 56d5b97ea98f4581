import type { ScalarFunction, AggregateFunction, WindowFunction } from "../functions/registry.js";
import type { LogicalPlan } from "../planner/plan.js";
import type { Datum } from "../types/datum.js";
import type { SqlType } from "../types/sql-type.js";

/** Identity of a column within one statement; every node that makes a column makes a new id. */
export type ColumnId = number;

export interface ColumnDef {
  readonly id: ColumnId;
  readonly name: string;
  readonly type: SqlType;
}

/**
 * A bound expression: names resolved, every implicit cast explicit, every function an overload.
 * A `column` whose id no node below produces is a reference to an outer query (correlation).
 */
export type Expr =
  | { readonly kind: "const"; readonly value: Datum; readonly type: SqlType }
  | { readonly kind: "param"; readonly index: number; readonly type: SqlType }
  | {
      readonly kind: "column";
      readonly id: ColumnId;
      readonly name: string;
      readonly type: SqlType;
    }
  | {
      readonly kind: "call";
      readonly fn: ScalarFunction;
      readonly args: readonly Expr[];
      readonly type: SqlType;
      /** Offset of the call in the statement, for run-time errors; 0 if unknown. */
      readonly position: number;
    }
  | {
      readonly kind: "cast";
      readonly arg: Expr;
      readonly type: SqlType;
      readonly explicit: boolean;
      readonly position: number;
    }
  | { readonly kind: "and" | "or"; readonly args: readonly Expr[]; readonly type: SqlType }
  | { readonly kind: "not"; readonly arg: Expr; readonly type: SqlType }
  | {
      readonly kind: "isNull";
      readonly arg: Expr;
      readonly negated: boolean;
      readonly type: SqlType;
    }
  | {
      readonly kind: "case";
      readonly branches: readonly { readonly when: Expr; readonly then: Expr }[];
      readonly otherwise: Expr;
      readonly type: SqlType;
    }
  | { readonly kind: "coalesce"; readonly args: readonly Expr[]; readonly type: SqlType }
  /** `arg IN (constants or expressions)`, three-valued. */
  | {
      readonly kind: "in";
      readonly arg: Expr;
      readonly list: readonly Expr[];
      readonly negated: boolean;
      readonly type: SqlType;
    }
  | SubqueryExpr;

/** Expressions that run a plan; it may refer to columns of the rows around it. */
export type SubqueryExpr =
  | { readonly kind: "scalarSubquery"; readonly plan: LogicalPlan; readonly type: SqlType }
  | {
      readonly kind: "exists";
      readonly plan: LogicalPlan;
      readonly negated: boolean;
      readonly type: SqlType;
    }
  /**
   * `args op ANY|ALL (subquery)`; IN is `= ANY`. `comparison` is over `args` and the columns of
   * the subquery's output, so that rows of several columns need no case of their own.
   */
  | {
      readonly kind: "quantified";
      readonly quantifier: "any" | "all";
      readonly plan: LogicalPlan;
      readonly comparison: Expr;
      readonly type: SqlType;
    };

export interface SortKey {
  readonly expr: Expr;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export interface AggregateCall {
  readonly id: ColumnId;
  readonly name: string;
  readonly fn: AggregateFunction;
  readonly args: readonly Expr[];
  readonly distinct: boolean;
  readonly filter: Expr | undefined;
  readonly orderBy: readonly SortKey[];
  readonly type: SqlType;
}

export type FrameBound =
  | { readonly kind: "unboundedPreceding" | "currentRow" | "unboundedFollowing" }
  | { readonly kind: "preceding" | "following"; readonly offset: Expr };

export interface WindowFrame {
  readonly mode: "rows" | "range" | "groups";
  readonly start: FrameBound;
  readonly end: FrameBound;
  readonly exclude: "none" | "currentRow" | "group" | "ties";
}

export interface WindowCall {
  readonly id: ColumnId;
  readonly name: string;
  readonly fn: WindowFunction | AggregateFunction;
  readonly args: readonly Expr[];
  readonly filter: Expr | undefined;
  readonly frame: WindowFrame;
  readonly type: SqlType;
}
