import type { PGlite } from "@electric-sql/pglite";
import { bindQuery, type BindContext } from "../binder/index.js";
import { AegisError } from "../contract/errors.js";
import { registry } from "../functions/index.js";
import { parseStatement } from "../parser/index.js";
import { typeName } from "../types/names.js";

/** Numbers of PostgreSQL's types, as `typeName` names them. */
const TYPES: ReadonlyMap<number, string> = new Map([
  [16, "boolean"],
  [17, "bytea"],
  [20, "bigint"],
  [21, "smallint"],
  [23, "integer"],
  [25, "text"],
  [114, "json"],
  [700, "real"],
  [701, "double precision"],
  [1042, "character"],
  [1043, "character varying"],
  [1082, "date"],
  [1083, "time without time zone"],
  [1114, "timestamp without time zone"],
  [1184, "timestamp with time zone"],
  [1186, "interval"],
  [1700, "numeric"],
  [2249, "record"],
  [2950, "uuid"],
  [3802, "jsonb"],
  [1007, "integer[]"],
  [1009, "text[]"],
  [1015, "character varying[]"],
  [1022, "double precision[]"],
  [1231, "numeric[]"],
  [2287, "record[]"],
]);

/** Types above this number are the row types of tables, which are records here. */
const FIRST_USER_TYPE = 16_384;

function nameOf(oid: number): string {
  return TYPES.get(oid) ?? (oid >= FIRST_USER_TYPE ? "record" : `type ${oid}`);
}

/** Names and types of the result's columns and types of the parameters, in one line. */
function summary(
  columns: readonly { readonly name: string; readonly type: string }[],
  params: readonly string[],
): string {
  const given = params.length === 0 ? "" : ` with ${params.join(", ")}`;
  return columns.map(({ name, type }) => `${name} ${type}`).join(", ") + given;
}

/** What PostgreSQL says of a query before it runs; "SQLSTATE message" of an error. */
async function describeThere(postgres: PGlite, sql: string): Promise<string> {
  try {
    const { queryParams, resultFields } = await postgres.describeQuery(sql);
    return summary(
      resultFields.map(({ name, dataTypeID }) => ({ name, type: nameOf(dataTypeID) })),
      queryParams.map(({ dataTypeID }) => nameOf(dataTypeID)),
    );
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    return `${String(error.code)} ${error.message}`;
  }
}

/** The same of the binder. */
function describeHere(source: BindContext["source"], sql: string): string {
  try {
    const query = parseStatement(sql);
    if (query.kind !== "query") throw new Error(`not a query: ${sql}`);
    const { columns, params } = bindQuery(query, { source, registry, paramTypes: [] });
    return summary(
      columns.map(({ name, type }) => ({ name, type: typeName(type) })),
      params.map((type) => typeName(type)),
    );
  } catch (error) {
    if (!(error instanceof AegisError)) throw error;
    return `${error.sqlState ?? error.code} ${error.message}`;
  }
}

/** One entry for each query that is described in another way. */
export async function descriptionDifferences(
  postgres: PGlite,
  source: BindContext["source"],
  queries: readonly string[],
): Promise<readonly string[]> {
  const differences: string[] = [];
  for (const sql of queries) {
    const wanted = await describeThere(postgres, sql);
    const got = describeHere(source, sql);
    if (got !== wanted) differences.push(`${sql}\n  ${got}\n  instead of\n  ${wanted}`);
  }
  return differences;
}
