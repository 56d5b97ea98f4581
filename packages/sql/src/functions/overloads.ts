import type { Datum } from "../types/datum.js";
import type { SqlType } from "../types/sql-type.js";
import type { AggregateFunction, EvalContext, ParamType, ResultType } from "./registry.js";

/** Shorthands for the types that overloads name, without modifiers. */
export const BOOLEAN: SqlType = { name: "boolean" };
export const SMALLINT: SqlType = { name: "smallint" };
export const INTEGER: SqlType = { name: "integer" };
export const BIGINT: SqlType = { name: "bigint" };
export const REAL: SqlType = { name: "real" };
export const DOUBLE: SqlType = { name: "double precision" };
export const NUMERIC: SqlType = { name: "numeric" };
export const TEXT: SqlType = { name: "text" };
export const CHAR: SqlType = { name: "char" };
export const BYTEA: SqlType = { name: "bytea" };
export const DATE: SqlType = { name: "date" };
export const TIME: SqlType = { name: "time" };
export const TIMESTAMP: SqlType = { name: "timestamp" };
export const TIMESTAMPTZ: SqlType = { name: "timestamptz" };
export const INTERVAL: SqlType = { name: "interval" };
export const JSON_TYPE: SqlType = { name: "json" };
export const JSONB: SqlType = { name: "jsonb" };
export const RECORD: SqlType = { name: "record" };
export const ANY: ParamType = { name: "any" };
export const ANY_ELEMENT: ParamType = { name: "anyelement" };
export const ANY_ARRAY: ParamType = { name: "anyarray" };
export const INTEGER_TYPES: readonly SqlType[] = [SMALLINT, INTEGER, BIGINT];

export function arrayOf(element: SqlType): SqlType {
  return { name: "array", element };
}

/** The type of argument `index`, as it is. */
export function sameAs(index: number): (args: readonly SqlType[]) => SqlType {
  return (args) => known(args[index]);
}

/** What is still of no known type is text, as PostgreSQL decides at the end. */
export function known(type: SqlType | undefined): SqlType {
  return type === undefined || type.name === "unknown" ? TEXT : type;
}

export function sessionTimeZone(context: EvalContext): string {
  return context.setting("timezone") ?? "UTC";
}

/** The session's extra_float_digits; undefined where it has none to say. */
export function floatDigits(context: EvalContext): number | undefined {
  const digits = context.setting("extra_float_digits");
  return digits === undefined ? undefined : Number(digits);
}

/** An aggregate whose state is an `S`; strict and without an order unless it says so. */
interface AggregateParts<S> {
  readonly name: string;
  readonly params: readonly ParamType[];
  readonly result: ResultType;
  readonly strict?: boolean;
  readonly ordered?: boolean;
  readonly init: () => S;
  readonly step: (state: S, args: readonly Datum[], context: EvalContext) => S;
  readonly unstep?: (state: S, args: readonly Datum[], context: EvalContext) => S;
  readonly finish: (state: S, context: EvalContext) => Datum;
  readonly kernel?: AggregateFunction["kernel"];
  readonly forTypes?: AggregateFunction["forTypes"];
  readonly directArguments?: number;
}

export function aggregate<S>(parts: AggregateParts<S>): AggregateFunction {
  const { strict = true, ordered = false } = parts;
  return {
    ...parts,
    kind: "aggregate",
    variadic: false,
    strict,
    ordered,
  } as unknown as AggregateFunction;
}
