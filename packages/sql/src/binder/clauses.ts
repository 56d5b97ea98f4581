import type { Clause } from "./scope.js";

/** How messages name the place an expression stands in. */
export const CLAUSE_NAMES: Readonly<Record<Clause, string>> = {
  select: "SELECT",
  where: "WHERE",
  joinOn: "JOIN conditions",
  from: "functions in FROM",
  groupBy: "GROUP BY",
  having: "HAVING",
  orderBy: "ORDER BY",
  distinctOn: "DISTINCT ON",
  window: "window definitions",
  limit: "LIMIT",
  offset: "OFFSET",
  values: "VALUES",
  returning: "RETURNING",
  update: "UPDATE",
  insert: "INSERT",
  default: "DEFAULT expressions",
  check: "check constraints",
  generated: "column generation expressions",
  index: "index expressions",
  policy: "policy expressions",
  alterUsing: "transform expressions",
  execute: "EXECUTE parameters",
  filter: "FILTER",
};

const AGGREGATES: ReadonlySet<Clause> = new Set<Clause>([
  "select",
  "having",
  "orderBy",
  "distinctOn",
  "window",
]);
const WINDOWS: ReadonlySet<Clause> = new Set<Clause>(["select", "orderBy", "distinctOn"]);
const SETS: ReadonlySet<Clause> = new Set<Clause>(["select", "orderBy", "groupBy", "distinctOn"]);

export function allowsAggregates(clause: Clause): boolean {
  return AGGREGATES.has(clause);
}

export function allowsWindows(clause: Clause): boolean {
  return WINDOWS.has(clause);
}

export function allowsSets(clause: Clause): boolean {
  return SETS.has(clause);
}
