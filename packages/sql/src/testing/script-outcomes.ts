import { PGlite } from "@electric-sql/pglite";
import { AegisError } from "../contract/errors.js";
import type { SqlHost } from "../contract/source.js";
import { parseScript, parseStatement } from "../parser/index.js";
import { SqlEngine, type SqlSession } from "../session/index.js";
import type { Datum } from "../types/datum.js";
import { toText } from "../types/text-output.js";

/** What came of one statement: its rows in some order, how many it changed, or its error. */
export interface Outcome {
  readonly sql: string;
  readonly lines: readonly string[];
}

/** Statements of a script, one after the other in one session; an error does not end it. */
export function runHere(host: SqlHost, script: string): readonly Outcome[] {
  const session = new SqlEngine(host, { currentUser: "postgres" }).session();
  return statementsOf(script).map((sql) => ({ sql, lines: linesHere(session, sql) }));
}

function statementsOf(script: string): readonly string[] {
  return parseScript(script).map(({ text }) => text);
}

function linesHere(session: SqlSession, sql: string): readonly string[] {
  try {
    const { rows, rowCount, columns } = session.run(session.prepare(sql), undefined, {
      form: "datums",
    });
    const lines = (rows as readonly (readonly Datum[])[]).map((row) =>
      row
        .map((datum, i) => (datum === null ? "NULL" : toText(datum, columns[i]!.type, "UTC")))
        .join("|"),
    );
    return outcome(sql, lines, rowCount);
  } catch (error) {
    if (!(error instanceof AegisError)) throw error;
    return errorLines(error.sqlState ?? error.code, error.message, error.detail);
  }
}

const COUNTED: ReadonlySet<string> = new Set(["insert", "update", "delete"]);

function outcome(sql: string, lines: string[], count: number): readonly string[] {
  const counted = COUNTED.has(parseStatement(sql).kind);
  return [...lines.sort(), ...(counted ? [`count ${count}`] : [])];
}

function errorLines(state: string, message: string, detail: string | undefined): string[] {
  return [`${state} ${message}`, ...(detail === undefined ? [] : [`detail ${detail}`])];
}

/** PostgreSQL's built-in types have numbers below this. */
const MAX_TYPE_OID = 5000;

/** Leaves values of every type as the text PostgreSQL sent. */
const RAW = Object.fromEntries(
  Array.from({ length: MAX_TYPE_OID }, (_, oid) => [oid, (value: string): string => value]),
);

/** PostgreSQL itself, whose answers the scripts are compared with. */
export class PostgresOracle {
  readonly #postgres: PGlite = new PGlite();

  /** The same as `runHere`, on an empty database. */
  async run(script: string): Promise<readonly Outcome[]> {
    await this.#postgres.exec("ROLLBACK; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    const outcomes: Outcome[] = [];
    for (const sql of statementsOf(script)) {
      outcomes.push({ sql, lines: await this.#lines(sql) });
    }
    return outcomes;
  }

  close(): Promise<void> {
    return this.#postgres.close();
  }

  async #lines(sql: string): Promise<readonly string[]> {
    try {
      const { rows, affectedRows } = await this.#postgres.query(sql, [], {
        rowMode: "array",
        parsers: RAW,
      });
      const lines = (rows as (string | null)[][]).map((row) =>
        row.map((value) => value ?? "NULL").join("|"),
      );
      return outcome(sql, lines, affectedRows ?? 0);
    } catch (error) {
      const { code, message, detail } = error as {
        readonly code?: string;
        readonly message: string;
        readonly detail?: string;
      };
      return errorLines(code ?? "?", message, detail);
    }
  }
}
