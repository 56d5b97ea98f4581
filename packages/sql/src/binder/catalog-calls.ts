import type { CallNode, ExpressionNode } from "../parser/ast.js";
import { type Template, template } from "./templates.js";

/**
 * Functions that look something up in the system catalog: subqueries over it, in which `$1` is the
 * relation by number or name. It has a subquery of its own, where no column of the catalog could be
 * taken for one around the call.
 */
const RELATION = `(SELECT $1::text AS relation) a, pg_catalog.pg_class c, pg_catalog.pg_namespace n
  WHERE n.oid = c.relnamespace
    AND relation IN (c.oid::text, c.relname, n.nspname || '.' || c.relname)`;
const PAGE = 8192;

const CALLS: ReadonlyMap<string, { readonly most: number; readonly made: Template }> = new Map([
  lookUp(
    "pg_get_viewdef",
    2,
    `SELECT v.definition FROM pg_catalog.pg_views v, ${RELATION}
      AND v.schemaname = n.nspname AND v.viewname = c.relname`,
  ),
  lookUp(
    "pg_get_indexdef",
    3,
    `SELECT i.indexdef FROM pg_catalog.pg_indexes i, ${RELATION}
      AND i.schemaname = n.nspname AND i.indexname = c.relname`,
  ),
  lookUp("pg_relation_size", 2, `SELECT c.relpages::bigint * ${PAGE} FROM ${RELATION}`),
  lookUp("pg_table_size", 1, `SELECT c.relpages::bigint * ${PAGE} FROM ${RELATION}`),
  lookUp("pg_indexes_size", 1, `SELECT ${indexPages("c.oid")} * ${PAGE} FROM ${RELATION}`),
  lookUp(
    "pg_total_relation_size",
    1,
    `SELECT (c.relpages + ${indexPages("c.oid")}) * ${PAGE} FROM ${RELATION}`,
  ),
]);

function indexPages(table: string): string {
  return `(SELECT coalesce(sum(k.relpages), 0)::bigint FROM pg_catalog.pg_index x,
    pg_catalog.pg_class k WHERE x.indrelid = ${table} AND k.oid = x.indexrelid)`;
}

function lookUp(
  name: string,
  most: number,
  query: string,
): readonly [string, { readonly most: number; readonly made: Template }] {
  return [name, { most, made: template(`(${query} LIMIT 1)`) }];
}

/** Whether the catalog answers calls of this name. */
export function isCatalogCall(name: string): boolean {
  return CALLS.has(name);
}

/** What a call stands for; undefined for any other call. Further arguments only shape the text. */
export function catalogCall({
  path,
  arguments: given,
  position,
}: CallNode): ExpressionNode | undefined {
  const known = CALLS.get(path.at(-1)!);
  if (known === undefined || given.length === 0 || given.length > known.most) return undefined;
  return known.made(given, position);
}
