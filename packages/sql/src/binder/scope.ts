import { columnExpr } from "../planner/expressions.js";
import type { TableInfo } from "../contract/source.js";
import type { CteFrame } from "./cte-frame.js";
import type { AggregateCall, ColumnDef, Expr, SortKey, WindowCall } from "./expr.js";
import type { Origin, Statement } from "./statement.js";
import type { TableFunction } from "../functions/registry.js";

/** The part of a statement an expression stands in; it decides what the expression may hold. */
export type Clause =
  | "select"
  | "where"
  | "joinOn"
  | "from"
  | "groupBy"
  | "having"
  | "orderBy"
  | "distinctOn"
  | "window"
  | "limit"
  | "offset"
  | "values"
  | "returning"
  | "update"
  | "insert"
  | "default"
  | "check"
  | "generated"
  | "index"
  | "policy"
  | "alterUsing"
  | "execute"
  | "filter";

/** A column that can be named. USING columns of a full join are more than a column of a node. */
export interface ScopeColumn {
  readonly name: string;
  readonly expr: Expr;
}

/** Something in FROM that names can refer to. */
export interface Relation {
  /** Undefined for a join, whose columns have no qualifier. */
  readonly name: string | undefined;
  /** There for tables without an alias. */
  readonly schema: string | undefined;
  readonly table: TableInfo | undefined;
  readonly columns: readonly ScopeColumn[];
  /** Whether `name.column` and `name` refer to it. */
  readonly named: boolean;
  /** Whether a column alone and `*` refer to it. */
  readonly bare: boolean;
  /** Some rows may be missing here, being on the far side of an outer join. */
  readonly nullable: boolean;
  /** A function with one plain result: its name stands for the value itself. */
  readonly scalar: boolean;
}

export interface SetReturningCall {
  readonly fn: TableFunction;
  readonly args: readonly Expr[];
  readonly columns: readonly ColumnDef[];
  /** How many set-returning calls stand in the arguments, one in the other. */
  readonly level: number;
}

export interface PendingWindow {
  readonly partitionBy: readonly Expr[];
  readonly orderBy: readonly SortKey[];
  readonly call: WindowCall;
}

/** Where a query stands: what is around it. */
export interface Environment {
  readonly statement: Statement;
  /** The scope whose columns a correlated reference may name. */
  readonly outer: Scope | undefined;
  readonly ctes: CteFrame | undefined;
}

/**
 * One level of names: the FROM of one SELECT, or the table of one writing statement. What the
 * expressions of that level collect on the way (aggregates, windows) gathers here.
 */
export class Scope implements Environment {
  readonly statement: Statement;
  readonly outer: Scope | undefined;
  readonly ctes: CteFrame | undefined;
  /** What can be named now; while FROM is bound only what the item may refer to. */
  relations: readonly Relation[] = [];
  /** What stands before this item of FROM, but only LATERAL could name it. */
  hidden: readonly Relation[] = [];
  /** The left sides of RIGHT and FULL joins, which LATERAL on the right cannot name. */
  outOfReach: readonly Relation[] = [];
  /** All that stands in FROM, seen from here or not, for better messages. */
  readonly declared: Relation[] = [];
  /** Whether FROM holds the working table of a recursive query. */
  recursive = false;
  clause: Clause = "select";
  /** Set once a lateral reference to this level was made while its FROM is bound. */
  lateralUsed = false;
  /** Whether this level is a SELECT, which can group. */
  readonly groups: boolean;
  readonly aggregates: AggregateCall[] = [];
  /** Where the first of them stands. */
  firstAggregate: number | undefined = undefined;
  readonly windows: PendingWindow[] = [];
  readonly setCalls: SetReturningCall[] = [];
  /** GROUPING(…) calls, made once the groups are known. */
  readonly groupings: {
    readonly id: number;
    readonly args: readonly Expr[];
    readonly position: number;
  }[] = [];
  /** Columns of this level that were named; the others need not be carried through a grouping. */
  readonly used: Set<number> = new Set();
  namedWindows: ReadonlyMap<string, NamedWindowDefinition> = new Map();
  /** What cannot hold a set-returning call now ("CASE", …); undefined where it may stand. */
  noSets: string | undefined = undefined;

  constructor(environment: Environment, groups: boolean = false) {
    this.statement = environment.statement;
    this.outer = environment.outer;
    this.ctes = environment.ctes;
    this.groups = groups;
  }

  /** Environment of a query inside of this scope's expressions. */
  inner(): Environment {
    return { statement: this.statement, outer: this, ctes: this.ctes };
  }

  /** Runs `fn` with expressions standing in `clause`. */
  within<T>(clause: Clause, fn: () => T): T {
    const before = this.clause;
    this.clause = clause;
    const result = fn();
    this.clause = before;
    return result;
  }

  /** Makes a column known as one of this level. */
  adopt(id: number, origin: Omit<Origin, "scope">): void {
    this.statement.origins.set(id, { scope: this, ...origin });
  }
}

export interface NamedWindowDefinition {
  readonly partitionBy: readonly Expr[];
  readonly orderBy: readonly SortKey[];
  readonly framed: boolean;
  readonly frame: WindowCall["frame"];
}

export interface RelationOptions {
  readonly name: string | undefined;
  readonly schema?: string | undefined;
  readonly table?: TableInfo | undefined;
  readonly scalar?: boolean;
}

/** A relation of these columns; its columns belong to `scope` from now on. */
export function addRelation(
  scope: Scope,
  columns: readonly ColumnDef[],
  options: RelationOptions,
): Relation {
  const relation: Relation = {
    name: options.name,
    schema: options.schema,
    table: options.table,
    columns: columns.map((column) => ({ name: column.name, expr: columnExpr(column) })),
    named: options.name !== undefined,
    bare: true,
    nullable: false,
    scalar: options.scalar ?? false,
  };
  scope.declared.push(relation);
  columns.forEach((column, i) => {
    scope.adopt(column.id, {
      kind: "input",
      name: column.name,
      relation,
      tableColumn: options.table === undefined ? undefined : { table: options.table, column: i },
    });
  });
  return relation;
}
