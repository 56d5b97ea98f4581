import type { PGlite } from "@electric-sql/pglite";
import { bindExpression } from "../binder/expression.js";
import type { Expr } from "../binder/expr.js";
import { Scope } from "../binder/scope.js";
import { Statement } from "../binder/statement.js";
import { AegisError } from "../contract/errors.js";
import type { Source } from "../contract/source.js";
import { compileRow } from "../executor/expression/compile-row.js";
import { registry } from "../functions/index.js";
import type { EvalContext } from "../functions/registry.js";
import { parseExpression } from "../parser/index.js";
import { findCast } from "../types/casts.js";
import type { Datum } from "../types/datum.js";
import { toText } from "../types/text-output.js";
import { evalContext, executionContext } from "./execution.js";

/**
 * The text of an expression's value as a cast to text gives it, or "SQLSTATE message" of its error.
 * The value is computed twice, by calls of `evaluate` and by compiled code, which must agree.
 */
export function expressionText(
  sql: string,
  settings: Readonly<Record<string, string>> = {},
): string | null {
  const context = evalContext(settings);
  let compiled: string | null;
  let bound: Expr;
  try {
    bound = bind(sql);
    compiled = textOf(
      compileRow(bound, [])([], executionContext({ eval: context })),
      bound,
      context,
    );
  } catch (error) {
    return errorText(error);
  }
  const interpreted = textOf(interpret(bound, context), bound, context);
  if (interpreted === compiled) return compiled;
  return `evaluate gives ${interpreted}, compiled code ${compiled}`;
}

function bind(sql: string): Expr {
  const statement = new Statement({ source: NO_SOURCE, registry, paramTypes: [] });
  const scope = new Scope({ statement, outer: undefined, ctes: undefined });
  return bindExpression(parseExpression(sql), scope);
}

/** A database without tables. */
const NO_SOURCE = {} as Source;

function textOf(datum: Datum, { type }: Expr, context: EvalContext): string | null {
  if (datum === null) return null;
  const timeZone = context.setting("timezone") ?? "UTC";
  const cast = findCast(type, { name: "text" });
  if (cast === undefined || type.name === "void") return toText(datum, type, timeZone);
  const input = { now: context.now, timeZone };
  return cast.apply(datum, { name: "text" }, input, true) as string;
}

function errorText(error: unknown): string {
  if (error instanceof AegisError) return `${error.sqlState} ${error.message}`;
  throw error;
}

/** The value by plain calls of `evaluate`, without generated code. */
function interpret(expr: Expr, context: EvalContext): Datum {
  const value = (part: Expr): Datum => interpret(part, context);
  switch (expr.kind) {
    case "const":
      return expr.value;
    case "call": {
      const args = expr.args.map(value);
      return expr.fn.strict && args.includes(null) ? null : expr.fn.evaluate(args, context);
    }
    case "cast": {
      const input = { now: context.now, timeZone: context.setting("timezone") ?? "UTC" };
      return findCast(expr.arg.type, expr.type)!.apply(
        value(expr.arg),
        expr.type,
        input,
        expr.explicit,
      );
    }
    case "coalesce":
      return expr.args.map(value).find((datum) => datum !== null) ?? null;
    case "not": {
      const datum = value(expr.arg);
      return datum === null ? null : datum !== true;
    }
    case "isNull":
      return (value(expr.arg) === null) !== expr.negated;
    default:
      return compileRow(expr, [])([], executionContext({ eval: context }));
  }
}

const ATTEMPT = `
  CREATE FUNCTION attempt(expression text) RETURNS text LANGUAGE plpgsql AS $$
  DECLARE r text;
  BEGIN EXECUTE 'SELECT (' || expression || ')::text' INTO r; RETURN r;
  EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM; END $$`;

/** PostgreSQL's answers to the same expressions, in the form of `expressionText`. */
export async function postgresTexts(
  postgres: PGlite,
  expressions: readonly string[],
): Promise<readonly (string | null)[]> {
  await postgres.exec(`DROP FUNCTION IF EXISTS attempt; ${ATTEMPT}`);
  const { rows } = await postgres.query<{ r: string | null }>(
    "SELECT attempt(e) AS r FROM unnest($1::text[]) WITH ORDINALITY t(e, n) ORDER BY n",
    [expressions],
  );
  return rows.map((row) => row.r);
}

/** Where our answer is another than PostgreSQL's; one line a case. */
export async function differences(
  postgres: PGlite,
  expressions: readonly string[],
  same: (ours: string | null, theirs: string | null) => boolean = Object.is,
): Promise<readonly string[]> {
  const wanted = await postgresTexts(postgres, expressions);
  return expressions.flatMap((expression, i) => {
    const ours = expressionText(expression);
    return same(ours, wanted[i]!) ? [] : [`${expression}: ${ours} instead of ${wanted[i]}`];
  });
}
