import type { Datum } from "../types/datum.js";
import type { SqlType } from "../types/sql-type.js";

/**
 * The type of a parameter. "any" takes every type as it is ("anynonarray": all but arrays, and both
 * leave literals "unknown"); all "anyelement" of a call are one type (their common type, as
 * `commonType`), and "anyarray" is an array of it.
 */
export type ParamType =
  SqlType | { readonly name: "any" | "anynonarray" | "anyelement" | "anyarray" };

/** A fixed type, or one that follows from the types of the arguments after their casts. */
export type ResultType = SqlType | ((args: readonly SqlType[]) => SqlType);

/** What a function may ask of the statement that runs it; nothing here reads a clock itself. */
export interface EvalContext {
  /** Microseconds of the transaction's start (now(), current_timestamp). */
  readonly now: number;
  /** Microseconds of this very moment (clock_timestamp()). */
  readonly clock: () => number;
  readonly random: () => number;
  /** Makes `random` give what follows from the seed; undefined where there is no session. */
  readonly seed?: ((seed: number) => void) | undefined;
  /** Session settings by lower-case name (timezone, …). */
  readonly setting: (name: string) => string | undefined;
  /** Changes a setting, until the transaction ends where `local`; undefined where none can be. */
  readonly assign?: ((name: string, value: string, local: boolean) => void) | undefined;
  readonly currentUser: string;
  readonly currentDatabase: string;
  /** nextval, currval, setval, lastval. Undefined outside of a writing statement. */
  readonly sequences: SequenceAccess | undefined;
}

export interface SequenceAccess {
  nextval(name: string): number | bigint;
  currval(name: string): number | bigint;
  setval(name: string, value: number | bigint, called: boolean): number | bigint;
  lastval(): number | bigint;
  /** The qualified name of the sequence of a serial or identity column, if it has one. */
  ownedBy(table: string, column: string): string | undefined;
}

/**
 * One overload of a scalar function or operator. Operators are functions named by their symbol
 * ("+", "->>", "unary -"). `strict`: NULL in gives NULL out without a call.
 */
export interface ScalarFunction {
  readonly name: string;
  readonly params: readonly ParamType[];
  /** The last parameter may repeat. */
  readonly variadic: boolean;
  readonly result: ResultType;
  readonly strict: boolean;
  /** `immutable` folds at plan time, `stable` once a statement, `volatile` once a row. */
  readonly volatility: "immutable" | "stable" | "volatile";
  readonly evaluate: (args: readonly Datum[], context: EvalContext) => Datum;
  /**
   * An alternative to `evaluate` for calls with constant arguments (a LIKE pattern, a regular
   * expression, a field's name): called once with the constants (undefined where an argument is
   * not constant), it gives the function for the rows. Undefined: nothing is gained.
   */
  readonly specialize?:
    | ((constants: readonly (Datum | undefined)[]) => ScalarFunction["evaluate"] | undefined)
    | undefined;
  /**
   * JavaScript source of the result for non-null arguments, for the compiler to put inline; only
   * for hot, simple functions. Each of `args` is a literal or the name of a local, so that it may
   * stand more than once. `slow` is the source of a call of `evaluate` with the same arguments:
   * what the fast way leaves aside (overflow, division by zero, wide integers) goes there, and
   * errors are thrown there.
   */
  readonly inline?: ((args: readonly string[], slow: string) => string) | undefined;
  /**
   * There where the work depends on the arguments' types (to_json, array_to_string): the overload
   * for arguments of exactly these types. `resolveOverload` puts it in place of this one.
   */
  readonly forTypes?: ((args: readonly SqlType[]) => ScalarFunction) | undefined;
}

/** An aggregate; `State` is whatever `init` makes, one per group. */
export interface AggregateFunction {
  readonly kind: "aggregate";
  readonly name: string;
  readonly params: readonly ParamType[];
  readonly variadic: boolean;
  readonly result: ResultType;
  /** Rows with a NULL argument are left out. */
  readonly strict: boolean;
  /** The order of its input shows in its result (string_agg, array_agg, json_agg). */
  readonly ordered: boolean;
  readonly init: () => unknown;
  /** Returns the new state (the same object, changed, where it is one). */
  readonly step: (state: unknown, args: readonly Datum[], context: EvalContext) => unknown;
  readonly finish: (state: unknown, context: EvalContext) => Datum;
  /** Takes `step` back, for sliding frames; absent where that would lose exactness. */
  readonly unstep?:
    ((state: unknown, args: readonly Datum[], context: EvalContext) => unknown) | undefined;
  /** Names a built-in kernel over vectors (count, sum, min, max, avg of plain numbers). */
  readonly kernel?: "count" | "countStar" | "sum" | "avg" | "min" | "max" | undefined;
  /** As `ScalarFunction.forTypes`. */
  readonly forTypes?: ((args: readonly SqlType[]) => AggregateFunction) | undefined;
  /**
   * There for functions that are called with WITHIN GROUP: how many of `params` come from the
   * parentheses. The rest are the sort expressions, and the rows must arrive in their order.
   */
  readonly directArguments?: number | undefined;
}

/** A pure window function: it sees a partition and a row. */
export interface WindowFunction {
  readonly kind: "window";
  readonly name: string;
  readonly params: readonly ParamType[];
  readonly variadic: boolean;
  readonly result: ResultType;
  /**
   * Value at `row` of the partition. `args(i)` gives the call's arguments at row i; `peersStart`,
   * `peersEnd`, `frameStart`, `frameEnd` are half-open row ranges of the current row.
   */
  readonly evaluate: (partition: WindowPartition, row: number) => Datum;
}

export interface WindowPartition {
  readonly rows: number;
  args(row: number): readonly Datum[];
  peersStart(row: number): number;
  peersEnd(row: number): number;
  /** Rows of the frame in order, exclusions left out. */
  frameStart(row: number): number;
  frameEnd(row: number): number;
  inFrame(row: number, candidate: number): boolean;
  /** Number of the row's peer group, from 0. */
  peerGroup(row: number): number;
}

/** A function in FROM: generate_series, jsonb_each, unnest, … */
export interface TableFunction {
  readonly kind: "table";
  readonly name: string;
  readonly params: readonly ParamType[];
  readonly variadic: boolean;
  readonly columns: (
    args: readonly SqlType[],
  ) => readonly { readonly name: string; readonly type: SqlType }[];
  readonly strict: boolean;
  readonly evaluate: (args: readonly Datum[], context: EvalContext) => Iterable<readonly Datum[]>;
  /** As `ScalarFunction.forTypes`. */
  readonly forTypes?: ((args: readonly SqlType[]) => TableFunction) | undefined;
  /** There where the call must list its columns, `AS t(a int, b text)`: the overload for them. */
  readonly forColumns?:
    | ((columns: readonly { readonly name: string; readonly type: SqlType }[]) => TableFunction)
    | undefined;
}

/** Name → overloads, and the rule that picks one (PostgreSQL's: exact, then fewest casts). */
export interface FunctionRegistry {
  scalar(name: string): readonly ScalarFunction[];
  aggregate(name: string): readonly AggregateFunction[];
  window(name: string): readonly WindowFunction[];
  table(name: string): readonly TableFunction[];
  /** Names like `name`, nearest first, for hints. */
  similar(name: string): readonly string[];
}
