import { AegisError } from "../contract/errors.js";
import type { Source, TableInfo } from "../contract/source.js";
import type { FunctionRegistry } from "../functions/registry.js";
import type { DeleteStatement, InsertStatement, UpdateStatement, StarNode } from "../parser/ast.js";
import type { LogicalPlan } from "../planner/plan.js";
import type { SqlType } from "../types/index.js";
import type { ColumnDef, ColumnId, Expr } from "./expr.js";
import { MAX_BIND_DEPTH } from "./limits.js";
import { Parameters } from "./parameters.js";
import type { Environment, Relation, Scope } from "./scope.js";

export type ModifyStatement = InsertStatement | UpdateStatement | DeleteStatement;

/** What binding a statement needs from outside. */
export interface BindContext {
  readonly source: Source;
  readonly registry: FunctionRegistry;
  /** Types that PREPARE or the caller gave; the others follow from where the parameter stands. */
  readonly paramTypes: readonly (SqlType | undefined)[];
  /** Schemas to look for unqualified names in; undefined leaves that to the source. */
  readonly searchPath?: readonly string[] | undefined;
  /**
   * Binds INSERT, UPDATE and DELETE; passed in because it stands above the binder of queries.
   * Undefined where a statement may hold none (a view, a DEFAULT).
   */
  readonly bindModify?:
    ((node: ModifyStatement, environment: Environment) => LogicalPlan) | undefined;
}

/** Where a column of a scope comes from, for messages and for the rules of grouping. */
export interface Origin {
  readonly scope: Scope;
  readonly kind: "input" | "aggregate" | "window" | "set";
  readonly name: string;
  readonly relation: Relation | undefined;
  /** There where the column is one of a table itself: its position. */
  readonly tableColumn: { readonly table: TableInfo; readonly column: number } | undefined;
}

/** State of binding one statement: ids, parameters, depth, and what is known of each column. */
export class Statement {
  readonly context: BindContext;
  readonly parameters: Parameters;
  readonly origins: Map<ColumnId, Origin> = new Map();
  /** Numeric columns that reach JavaScript as numbers: see `numbers.ts`. */
  readonly numbers: Set<ColumnId> = new Set();
  /** What each `*` stood for, by the path that names it; a view keeps that instead of the star. */
  readonly stars: Map<StarNode, readonly (readonly string[])[]> = new Map();
  /** Names of the views that are being expanded, outermost first. */
  readonly views: string[] = [];
  viewsExpanded = 0;
  /** Where a column reference stands in the text. */
  readonly #positions: WeakMap<Expr, number> = new WeakMap();
  #nextColumn = 0;
  #nextCte = 0;
  #depth = 0;

  constructor(context: BindContext) {
    this.context = context;
    this.parameters = new Parameters(context.paramTypes);
  }

  /** A column that no other node has. */
  column(name: string, type: SqlType): ColumnDef {
    return { id: this.#nextColumn++, name, type };
  }

  nextCte(): number {
    return this.#nextCte++;
  }

  remember(expr: Expr, position: number): void {
    this.#positions.set(expr, position);
  }

  positionOf(expr: Expr): number | undefined {
    return this.#positions.get(expr);
  }

  /** One level deeper; every call that returns is followed by `leave`. */
  enter(position: number): void {
    this.#depth++;
    if (this.#depth <= MAX_BIND_DEPTH) return;
    throw new AegisError("NESTING_TOO_DEEP", "the statement nests too deeply", {
      position,
      detail: `The limit is ${MAX_BIND_DEPTH} levels, chains of operators included.`,
    });
  }

  leave(): void {
    this.#depth--;
  }
}
