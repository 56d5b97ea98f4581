import type { Expr, SortKey } from "../binder/expr.js";
import { typeText } from "../types/names.js";
import { toText } from "../types/text-output.js";

const WORD_OPERATOR = /^[^a-z_]+$/i;
/** Long lists and texts are cut: a plan is for reading. */
const MAX_LIST = 10;
const MAX_TEXT = 60;

/** What a column is called. */
export type ColumnNaming = (column: Extract<Expr, { kind: "column" }>) => string;

const OWN_NAME: ColumnNaming = (column) => column.name;

/** A bound expression as SQL, for plans. */
export function expressionText(expr: Expr, nameOf: ColumnNaming = OWN_NAME): string {
  const text = (part: Expr): string => expressionText(part, nameOf);
  switch (expr.kind) {
    case "const":
      return constantText(expr);
    case "param":
      return `$${expr.index + 1}`;
    case "column":
      return nameOf(expr);
    case "call":
      return callText(expr, text);
    case "cast":
      return `${text(expr.arg)}::${typeText(expr.type)}`;
    case "and":
    case "or":
      return `(${expr.args.map(text).join(` ${expr.kind.toUpperCase()} `)})`;
    case "not":
      return `(NOT ${text(expr.arg)})`;
    case "isNull":
      return `(${text(expr.arg)} IS ${expr.negated ? "NOT " : ""}NULL)`;
    case "case": {
      const branches = expr.branches.map(
        ({ when, then }) => ` WHEN ${text(when)} THEN ${text(then)}`,
      );
      return `CASE${branches.join("")} ELSE ${text(expr.otherwise)} END`;
    }
    case "coalesce":
      return `COALESCE(${listText(expr.args, text)})`;
    case "in":
      return `(${text(expr.arg)} ${expr.negated ? "NOT " : ""}IN (${listText(expr.list, text)}))`;
    case "scalarSubquery":
      return "(subquery)";
    case "exists":
      return `${expr.negated ? "NOT " : ""}EXISTS (subquery)`;
    case "quantified":
      return `(${text(expr.comparison)} for ${expr.quantifier} row of subquery)`;
  }
}

export function sortText(keys: readonly SortKey[], nameOf: ColumnNaming = OWN_NAME): string {
  return keys
    .map(({ expr, descending, nullsFirst }) => {
      const nulls = nullsFirst === descending ? "" : nullsFirst ? " NULLS FIRST" : " NULLS LAST";
      return `${expressionText(expr, nameOf)}${descending ? " DESC" : ""}${nulls}`;
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

type TextOf = (expr: Expr) => string;

function callText(expr: Extract<Expr, { kind: "call" }>, text: TextOf): string {
  const { name } = expr.fn;
  const [a, b] = expr.args;
  if (a !== undefined && b !== undefined && expr.args.length === 2 && WORD_OPERATOR.test(name)) {
    return `(${text(a)} ${name} ${text(b)})`;
  }
  return `${name}(${listText(expr.args, text)})`;
}

function listText(exprs: readonly Expr[], text: TextOf): string {
  const shown = exprs.slice(0, MAX_LIST).map(text).join(", ");
  return exprs.length > MAX_LIST ? `${shown}, … ${exprs.length - MAX_LIST} more` : shown;
}
