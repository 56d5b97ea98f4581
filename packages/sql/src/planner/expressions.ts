import type { ColumnDef, ColumnId, Expr, SortKey, SubqueryExpr } from "../binder/expr.js";
import { freeColumns } from "./free-columns.js";

/** The expression with `fn` applied to its direct parts; itself if none of them changes. */
export function mapParts(expr: Expr, fn: (part: Expr) => Expr): Expr {
  switch (expr.kind) {
    case "const":
    case "param":
    case "column":
    case "scalarSubquery":
    case "exists":
      return expr;
    case "call":
    case "and":
    case "or":
    case "coalesce": {
      const args = mapList(expr.args, fn);
      return args === expr.args ? expr : { ...expr, args };
    }
    case "cast":
    case "not":
    case "isNull": {
      const arg = fn(expr.arg);
      return arg === expr.arg ? expr : { ...expr, arg };
    }
    case "case":
      return mapCase(expr, fn);
    case "in": {
      const arg = fn(expr.arg);
      const list = mapList(expr.list, fn);
      return arg === expr.arg && list === expr.list ? expr : { ...expr, arg, list };
    }
    case "quantified": {
      const comparison = fn(expr.comparison);
      return comparison === expr.comparison ? expr : { ...expr, comparison };
    }
  }
}

function mapCase(expr: Extract<Expr, { kind: "case" }>, fn: (part: Expr) => Expr): Expr {
  let changed = false;
  const branches = expr.branches.map((branch) => {
    const when = fn(branch.when);
    const then = fn(branch.then);
    if (when === branch.when && then === branch.then) return branch;
    changed = true;
    return { when, then };
  });
  const otherwise = fn(expr.otherwise);
  return changed || otherwise !== expr.otherwise ? { ...expr, branches, otherwise } : expr;
}

/** The same array where `fn` changes nothing. */
export function mapList<T>(items: readonly T[], fn: (item: T) => T): readonly T[] {
  let changed: T[] | undefined;
  for (let i = 0; i < items.length; i++) {
    const mapped = fn(items[i]!);
    if (mapped !== items[i]) changed ??= items.slice(0, i);
    changed?.push(mapped);
  }
  return changed ?? items;
}

/** Calls `fn` for each direct part. */
export function eachPart(expr: Expr, fn: (part: Expr) => void): void {
  mapParts(expr, (part) => {
    fn(part);
    return part;
  });
}

/** Whether `test` holds for the expression or a part of it; subqueries' plans are not entered. */
export function some(expr: Expr, test: (part: Expr) => boolean): boolean {
  if (test(expr)) return true;
  let found = false;
  eachPart(expr, (part) => {
    found ||= some(part, test);
  });
  return found;
}

/** Adds the columns that an expression reads, those that its subqueries take from outside too. */
export function addColumns(expr: Expr, into: Set<ColumnId>): void {
  if (expr.kind === "column") into.add(expr.id);
  else if (expr.kind === "scalarSubquery" || expr.kind === "exists") {
    for (const id of freeColumns(expr.plan)) into.add(id);
  } else if (expr.kind === "quantified") {
    for (const id of freeColumns(expr.plan)) into.add(id);
    const compared = columnsOf(expr.comparison);
    for (const column of expr.plan.output) compared.delete(column.id);
    for (const id of compared) into.add(id);
  } else eachPart(expr, (part) => addColumns(part, into));
}

export function columnsOf(expr: Expr): Set<ColumnId> {
  const columns = new Set<ColumnId>();
  addColumns(expr, columns);
  return columns;
}

export function isSubquery(expr: Expr): expr is SubqueryExpr {
  return expr.kind === "scalarSubquery" || expr.kind === "exists" || expr.kind === "quantified";
}

/** Whether each evaluation may give another value, so that its place and number must stay. */
export function isVolatile(expr: Expr): boolean {
  return some(expr, (part) => part.kind === "call" && part.fn.volatility === "volatile");
}

/** The conditions that must all hold. */
export function conjuncts(predicate: Expr | undefined): Expr[] {
  if (predicate === undefined) return [];
  if (predicate.kind === "and") return predicate.args.flatMap(conjuncts);
  return predicate.kind === "const" && predicate.value === true ? [] : [predicate];
}

/** One predicate of several; undefined of none. */
export function conjunction(predicates: readonly Expr[]): Expr | undefined {
  const [first] = predicates;
  if (first === undefined || predicates.length === 1) return first;
  return { kind: "and", args: predicates, type: { name: "boolean" } };
}

export function idsOf(columns: readonly ColumnDef[]): Set<ColumnId> {
  return new Set(columns.map((column) => column.id));
}

export function columnExpr(column: ColumnDef): Expr {
  return { kind: "column", id: column.id, name: column.name, type: column.type };
}

export function mapSortKeys(
  keys: readonly SortKey[],
  fn: (expr: Expr) => Expr,
): readonly SortKey[] {
  return mapList(keys, (key) => {
    const expr = fn(key.expr);
    return expr === key.expr ? key : { ...key, expr };
  });
}

/** Whether the predicate is true of no row in which all of `columns` are NULL. */
export function rejectsNulls(predicate: Expr, columns: ReadonlySet<ColumnId>): boolean {
  switch (predicate.kind) {
    case "and":
      return predicate.args.some((arg) => rejectsNulls(arg, columns));
    case "or":
      return predicate.args.length > 0 && predicate.args.every((arg) => rejectsNulls(arg, columns));
    case "isNull":
      return predicate.negated && nullFrom(predicate.arg, columns);
    default:
      return nullFrom(predicate, columns);
  }
}

/** Whether the value is surely NULL where all of `columns` are. */
function nullFrom(expr: Expr, columns: ReadonlySet<ColumnId>): boolean {
  switch (expr.kind) {
    case "column":
      return columns.has(expr.id);
    case "const":
      return expr.value === null;
    case "call":
      return expr.fn.strict && expr.args.some((arg) => nullFrom(arg, columns));
    case "cast":
    case "not":
      return nullFrom(expr.arg, columns);
    case "in":
      return nullFrom(expr.arg, columns);
    case "and":
    case "or":
      return expr.args.length > 0 && expr.args.every((arg) => nullFrom(arg, columns));
    default:
      return false;
  }
}
