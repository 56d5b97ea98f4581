import { AegisError, type QueryResult } from "aegisdb";
import type { AddRoutes } from "../http/app.js";
import { bodySchema, readBody } from "../http/body.js";
import { StatementError } from "../http/errors.js";
import { seenIsDurable } from "../http/durability.js";
import { queryParameters } from "../http/query-string.js";
import { successText } from "../http/reply.js";
import { addResource } from "../http/resource.js";
import { valueJson } from "../http/value-json.js";
import { MAX_RESULT_BYTES, MAX_SCRIPT_BYTES } from "../limits.js";

interface QueryBody {
  readonly sql: string;
  readonly params?: readonly unknown[] | Readonly<Record<string, unknown>>;
}

const queryBody = bodySchema<QueryBody>({
  type: "object",
  properties: { sql: { type: "string" }, params: { type: ["array", "object"] } },
  required: ["sql"],
  additionalProperties: false,
});

interface ScriptBody {
  readonly sql: string;
}

const scriptBody = bodySchema<ScriptBody>({
  type: "object",
  properties: { sql: { type: "string" } },
  required: ["sql"],
  additionalProperties: false,
});

/** One statement at `/api/v1/query`, a script of many at `/api/v1/exec`. */
export const queryRoutes: AddRoutes = (app, { database, maxBodyBytes, requestTimeoutMs }) => {
  const timeout = requestTimeoutMs;
  addResource(app, "/api/v1/query", {
    POST: async ({ env, req, var: { signal } }) => {
      queryParameters(req.url, []);
      const { sql, params } = await readBody(env.incoming, queryBody, maxBodyBytes);
      const result = await ofStatement(
        database.query<readonly unknown[]>(sql, params ?? [], {
          rowMode: "array",
          timestamps: "string",
          timeout,
          signal,
          maxResultSize: MAX_RESULT_BYTES,
        }),
      );
      await seenIsDurable(database);
      return successText(resultJson(result), result.executionTimeMs);
    },
  });
  addResource(app, "/api/v1/exec", {
    POST: async ({ env, req, var: { signal } }) => {
      queryParameters(req.url, []);
      const { sql } = await readBody(env.incoming, scriptBody, MAX_SCRIPT_BYTES);
      const result = await ofStatement(database.exec(sql, { timeout, signal }));
      await seenIsDurable(database);
      const { statements, rowCount, commands, notices, executionTimeMs } = result;
      const data = JSON.stringify({ statements, row_count: rowCount, commands, notices });
      return successText(data, executionTimeMs);
    },
  });
};

async function ofStatement<Result>(running: Promise<Result>): Promise<Result> {
  try {
    return await running;
  } catch (error) {
    throw error instanceof AegisError ? new StatementError(error) : error;
  }
}

/** `columns` and `rows` are as the guide has them; `types` says what the columns are. */
function resultJson({
  columns,
  rows,
  rowCount,
  command,
  notices,
}: QueryResult<readonly unknown[]>): string {
  const types = columns.map((column) => column.type);
  const written = isoColumns(types);
  const shown = written.length === 0 ? rows : rows.map((row) => withIsoTimes(row, written));
  return valueJson({
    command,
    columns: columns.map((column) => column.name),
    types,
    rows: shown,
    row_count: rowCount,
    notices: notices.length === 0 ? undefined : notices,
  });
}

/** Columns whose text gets the form of ISO 8601, as PostgreSQL's to_json gives it. */
function isoColumns(types: readonly string[]): number[] {
  return types.flatMap((type, i) => (type.startsWith("timestamp") ? [i] : []));
}

function withIsoTimes(row: readonly unknown[], columns: readonly number[]): unknown[] {
  const shown = [...row];
  for (const i of columns) {
    shown[i] = isoTime(shown[i]);
  }
  return shown;
}

/** Also of the items of an array. */
function isoTime(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(isoTime);
  return typeof value === "string" ? value.replace(" ", "T").replace(/[+-]\d\d$/, "$&:00") : value;
}
