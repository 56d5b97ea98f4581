import type { PGlite } from "@electric-sql/pglite";
import { AegisError } from "../contract/errors.js";
import { SqlEngine } from "../session/engine.js";
import type { SqlSession } from "../session/session.js";
import type { Datum } from "../types/datum.js";
import type { SqlType } from "../types/sql-type.js";
import { toText } from "../types/text-output.js";
import { MemoryHost } from "./memory-source.js";

const ATTEMPT = `
  CREATE FUNCTION attempt_query(query text) RETURNS text LANGUAGE plpgsql AS $$
  DECLARE r text;
  BEGIN
    EXECUTE 'SELECT string_agg(row(t.*)::text, E''\\n'') FROM (' || query || ') t' INTO r;
    RETURN r;
  EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM; END $$`;

/**
 * Queries whose answers must be PostgreSQL's, on a database that both sides set up alike by running
 * the same statements in a session. Rows are compared as the text of a record, in their order; NULL
 * stands for no rows.
 */
export class QueryComparison {
  readonly #postgres: PGlite;
  readonly #session: SqlSession = new SqlEngine(new MemoryHost()).session();

  constructor(postgres: PGlite) {
    this.#postgres = postgres;
  }

  async setUp(statements: readonly string[]): Promise<void> {
    await this.#postgres.exec(`DROP FUNCTION IF EXISTS attempt_query; ${ATTEMPT}`);
    for (const statement of statements) {
      await this.#postgres.exec(statement);
      this.#session.run(this.#session.prepare(statement), undefined);
    }
  }

  /** One entry for each query with another answer. */
  async differences(queries: readonly string[]): Promise<readonly string[]> {
    const { rows } = await this.#postgres.query<{ r: string | null }>(
      "SELECT attempt_query(q) AS r FROM unnest($1::text[]) WITH ORDINALITY t(q, n) ORDER BY n",
      [queries],
    );
    return queries.flatMap((query, i) => {
      const wanted = rows[i]!.r;
      const got = this.#answer(query);
      return got === wanted ? [] : [`${query}\n  ${got}\n  instead of\n  ${wanted}`];
    });
  }

  #answer(query: string): string | null {
    try {
      const result = this.#session.run(this.#session.prepare(query), undefined, { form: "datums" });
      if (result.rows.length === 0) return null;
      const type: SqlType = {
        name: "record",
        fields: result.columns.map((column) => ({ name: column.name, type: column.type })),
      };
      const zone = this.#session.settings.get("timezone") ?? "UTC";
      const texts = result.rows.map((row) => toText(row as readonly Datum[], type, zone));
      return texts.join("\n");
    } catch (error) {
      if (error instanceof AegisError) return `${error.sqlState} ${error.message}`;
      throw error;
    }
  }
}
