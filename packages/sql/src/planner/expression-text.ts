import type { Expr, SortKey } from "../binder/expr.js";
import { typeText } from "../types/names.js";
import { toText } from "../types/text-output.js";

const WORD_OPERATOR = /^[^a-z_]+$/i;
/** Long lists and texts are cut: a plan is for reading. */
const MAX_LIST = 10;
const MAX_TEXT = 60;

/** A bound expression as SQL, for plans. */
export function expressionText(expr: Expr): string {
  switch (expr.kind) {
    case "const":
      return constantText(expr);
    case "param":
      return `$${expr.index}`;
    case "column":
      return expr.name;
    case "call":
      return callText(expr);
    case "cast":
      return `${expressionText(expr.arg)}::${typeText(expr.type)}`;
    case "and":
    case "or":
      return `(${expr.args.map(expressionText).join(` ${expr.kind.toUpperCase()} `)})`;
    case "not":
      return `(NOT ${expressionText(expr.arg)})`;
    case "isNull":
      return `(${expressionText(expr.arg)} IS ${expr.negated ? "NOT " : ""}NULL)`;
    case "case": {
      const branches = expr.branches.map(
        ({ when, then }) => ` WHEN ${expressionText(when)} THEN ${expressionText(then)}`,
      );
      return `CASE${branches.join("")} ELSE ${expressionText(expr.otherwise)} END`;
    }
    case "coalesce":
      return `COALESCE(${listText(expr.args)})`;
    case "in":
      return `(${expressionText(expr.arg)} ${expr.negated ? "NOT " : ""}IN (${listText(expr.list)}))`;
    case "scalarSubquery":
      return "(subquery)";
    case "exists":
      return `${expr.negated ? "NOT " : ""}EXISTS (subquery)`;
    case "quantified":
      return `(${expressionText(expr.comparison)} for ${expr.quantifier} row of subquery)`;
  }
}

export function sortText(keys: readonly SortKey[]): string {
  return keys
    .map(({ expr, descending, nullsFirst }) => {
      const nulls = nullsFirst === descending ? "" : nullsFirst ? " NULLS FIRST" : " NULLS LAST";
      return `${expressionText(expr)}${descending ? " DESC" : ""}${nulls}`;
    })
    .join(", ");
}

function constantText(expr: Extract<Expr, { kind: "const" }>): string {
  const { value, type } = expr;
  if (value === null) return "NULL";
  const text = toText(value, type, "UTC");
  const shown = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return typeof value === "number" || typeof value === "boolean"
    ? shown
    : `'${shown.replaceAll("'", "''")}'`;
}

function callText(expr: Extract<Expr, { kind: "call" }>): string {
  const { name } = expr.fn;
  const [a, b] = expr.args;
  if (a !== undefined && b !== undefined && expr.args.length === 2 && WORD_OPERATOR.test(name)) {
    return `(${expressionText(a)} ${name} ${expressionText(b)})`;
  }
  return `${name}(${listText(expr.args)})`;
}

function listText(exprs: readonly Expr[]): string {
  const shown = exprs.slice(0, MAX_LIST).map(expressionText).join(", ");
  return exprs.length > MAX_LIST ? `${shown}, … ${exprs.length - MAX_LIST} more` : shown;
}
