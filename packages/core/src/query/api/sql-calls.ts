import {
  typeText,
  type GivenParameters,
  type SqlSession,
  type StatementResult,
} from "@aegisdb/sql";
import { systemClock } from "../../base/clock.js";
import { checkOptionNames } from "../../base/option-names.js";
import { shown } from "../../base/shown.js";
import { AegisError } from "../../errors.js";
import { runOptions } from "./options.js";
import { execNow } from "./script.js";
import { DatabaseStatement, InTransactionStatement, SnapshotStatement } from "./statement.js";
import { templateText } from "./template.js";
import type {
  ExplainOptions,
  PreparedStatement,
  QueryOptions,
  QueryResult,
  ReadStatement,
  RowOptions,
  ScriptOptions,
  ScriptResult,
  SnapshotSql,
  SqlParameters,
  SqlRow,
  TransactionSql,
  TransactionStatement,
} from "./types.js";

/** Empty for a statement without parameters, whether `params` is left out or not. */
function given(params: SqlParameters | undefined): GivenParameters {
  return params ?? [];
}

function queryResult<Row>(result: StatementResult, startedMs: number): QueryResult<Row> {
  return {
    command: result.command,
    columns: result.columns.map(({ name, type }) => ({ name, type: typeText(type) })),
    rows: result.rows as Row[],
    rowCount: result.rowCount,
    executionTimeMs: systemClock.monotonicMs() - startedMs,
    notices: result.notices,
  };
}

/** Runs a statement; reads take turns with the event loop, writes are done when this returns. */
export async function query<Row>(
  session: SqlSession,
  text: string,
  params: SqlParameters | undefined,
  options: QueryOptions | undefined,
): Promise<QueryResult<Row>> {
  const started = systemClock.monotonicMs();
  const prepared = session.prepare(text);
  const result = await session.runInTurns(prepared, given(params), runOptions(options));
  return queryResult(result, started);
}

/** `sql` as a template tag gives the rows. */
export async function sql<Row>(
  session: SqlSession,
  parts: TemplateStringsArray,
  values: readonly unknown[],
): Promise<Row[]> {
  const prepared = session.prepare(templateText(parts));
  const { rows } = await session.runInTurns(prepared, values);
  return rows as Row[];
}

export function prepare<Params, Row>(
  session: SqlSession,
  text: string,
  options: RowOptions | undefined,
): PreparedStatement<Params, Row> {
  return new DatabaseStatement(session, text, runOptions(options));
}

const EXPLAIN_NAMES: readonly (keyof ExplainOptions)[] = ["analyze", "params", "format"];

/** The plan of a statement, as text or as PostgreSQL's JSON. */
export function explain(session: SqlSession, text: string, options: ExplainOptions): unknown {
  checkOptionNames(options, EXPLAIN_NAMES);
  const { analyze = false, format = "text", params } = options;
  if (typeof analyze !== "boolean") {
    const message = `option "analyze" must be true or false, not ${shown(analyze)}`;
    throw new AegisError("INVALID_OPTION", message);
  }
  if (format !== "text" && format !== "json") {
    const message = `option "format" must be one of text, json, not ${shown(format)}`;
    throw new AegisError("INVALID_OPTION", message);
  }
  // Mistakes in the text itself show here, with their places in it.
  const { writes } = session.prepare(text);
  if (analyze && writes) {
    throw new AegisError("INVALID_ARGUMENT", "explain does not run a statement that writes", {
      hint: "Run EXPLAIN ANALYZE with query, which waits for the write.",
    });
  }
  const words = `EXPLAIN (ANALYZE ${String(analyze)}, FORMAT ${format})`;
  const prepared = session.prepare(`${words} ${text}`);
  const { rows } = session.run(prepared, given(params), { form: "array" });
  const values = (rows as unknown[][]).map(([value]) => value);
  return format === "json" ? values[0] : values.join("\n");
}

/** SQL of a transaction that someone else commits. */
export class SqlInTransaction implements TransactionSql {
  readonly #session: SqlSession;

  constructor(session: SqlSession) {
    this.#session = session;
  }

  query<Row = SqlRow>(
    text: string,
    params?: SqlParameters,
    options?: QueryOptions,
  ): QueryResult<Row> {
    const started = systemClock.monotonicMs();
    const prepared = this.#session.prepare(text);
    return queryResult(this.#session.run(prepared, given(params), runOptions(options)), started);
  }

  prepare<Params = unknown[], Row = SqlRow>(
    text: string,
    options?: RowOptions,
  ): TransactionStatement<Params, Row> {
    return new InTransactionStatement(this.#session, text, runOptions(options));
  }

  sql<Row = SqlRow>(parts: TemplateStringsArray, ...values: readonly unknown[]): Row[] {
    const prepared = this.#session.prepare(templateText(parts));
    return this.#session.run(prepared, values).rows as Row[];
  }

  exec(script: string, options?: ScriptOptions): ScriptResult {
    return execNow(this.#session, script, options);
  }
}

/** SQL on a snapshot. */
export class SqlAtInstant implements SnapshotSql {
  readonly #session: SqlSession;

  constructor(session: SqlSession) {
    this.#session = session;
  }

  query<Row = SqlRow>(
    text: string,
    params?: SqlParameters,
    options?: QueryOptions,
  ): Promise<QueryResult<Row>> {
    return query(this.#session, text, params, options);
  }

  prepare<Params = unknown[], Row = SqlRow>(
    text: string,
    options?: RowOptions,
  ): ReadStatement<Params, Row> {
    return new SnapshotStatement(this.#session, text, runOptions(options));
  }

  sql<Row = SqlRow>(parts: TemplateStringsArray, ...values: readonly unknown[]): Promise<Row[]> {
    return sql(this.#session, parts, values);
  }
}
