import type { PGlite } from "@electric-sql/pglite";
import { bindQuery } from "../binder/index.js";
import { AegisError } from "../contract/errors.js";
import type { Source } from "../contract/source.js";
import type { TableDefinition } from "../contract/table-change.js";
import { datumsOf } from "../executor/column.js";
import { rowsOf } from "../executor/batches.js";
import { compilePlan, runPlan } from "../executor/index.js";
import { registry } from "../functions/index.js";
import { parseStatement } from "../parser/index.js";
import { optimize } from "../planner/index.js";
import type { Datum } from "../types/datum.js";
import { applyModifier } from "../types/modifiers.js";
import { typeByName, typeText } from "../types/names.js";
import type { SqlType } from "../types/sql-type.js";
import { toStorage } from "../types/storage.js";
import { fromText } from "../types/text-input.js";
import { toText } from "../types/text-output.js";
import { executionContext } from "./execution.js";
import { MemoryHost } from "./memory-source.js";

/** A table of a test: its columns by type, its rows as text. */
export interface TestTable {
  readonly name: string;
  readonly columns: Readonly<Record<string, SqlType | string>>;
  readonly primaryKey?: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

const CONTEXT = { now: 0, timeZone: "UTC" };

/** The tables in memory, for plans to run over. */
export function memoryDatabase(tables: readonly TestTable[]): Source {
  const host = new MemoryHost();
  for (const table of tables) {
    const types = Object.values(table.columns).map(columnType);
    host.autocommit((sink) => {
      const info = sink.createTable(definition(table, types));
      for (const row of table.rows) {
        sink.insert(
          info,
          row.map((text, i) => toStorage(read(text, types[i]!), types[i]!)),
        );
      }
    });
  }
  return host.latest();
}

function columnType(type: SqlType | string): SqlType {
  if (typeof type !== "string") return type;
  const found = typeByName(type);
  if (found === undefined) throw new Error(`no type ${type}`);
  return found;
}

function read(text: string | null, type: SqlType): Datum {
  return text === null ? null : applyModifier(fromText(text, type, CONTEXT), type, false);
}

function definition({ name, columns, primaryKey }: TestTable, types: SqlType[]): TableDefinition {
  const names = Object.keys(columns);
  return {
    schema: "public",
    name,
    columns: names.map((column, i) => ({
      name: column,
      type: types[i]!,
      notNull: primaryKey?.includes(column) ?? false,
      defaultSql: undefined,
      identity: undefined,
      generatedSql: undefined,
    })),
    primaryKey: (primaryKey ?? []).map((column) => names.indexOf(column)),
    indexes: [],
    foreignKeys: [],
    checks: [],
  };
}

/** Creates the same tables in PostgreSQL. */
export async function loadPostgres(postgres: PGlite, tables: readonly TestTable[]): Promise<void> {
  for (const { name, columns, primaryKey, rows } of tables) {
    const parts = Object.entries(columns).map(([column, type]) => {
      return `${column} ${typeText(columnType(type))}`;
    });
    if (primaryKey !== undefined) parts.push(`PRIMARY KEY (${primaryKey.join(", ")})`);
    await postgres.exec(`CREATE TABLE ${name} (${parts.join(", ")})`);
    for (let i = 0; i < rows.length; i += 500) {
      const values = rows.slice(i, i + 500).map((row) => `(${row.map(literal).join(", ")})`);
      await postgres.exec(`INSERT INTO ${name} VALUES ${values.join(", ")}`);
    }
  }
}

function literal(text: string | null): string {
  return text === null ? "NULL" : `'${text.replaceAll("'", "''")}'`;
}

/** The rows of a query as text, each joined by "|"; or the error as "SQLSTATE message". */
export function queryText(source: Source, sql: string, params: readonly string[] = []): string[] {
  try {
    const statement = parseStatement(sql);
    if (statement.kind !== "query") throw new Error("not a query");
    const bound = bindQuery(statement, { source, registry, paramTypes: [] });
    const plan = compilePlan(optimize(bound.plan, source));
    const values = bound.params.map((type, i) => read(params[i] ?? null, type));
    const lines: string[] = [];
    runPlan(plan, executionContext({ source, params: values }), (batch) => {
      const columns = batch.columns.map((column, i) =>
        datumsOf(column, plan.columns[i]!.type, batch),
      );
      for (const row of rowsOf(batch).subarray(0, batch.selected)) {
        const texts = columns.map((column, i) => text(column[row]!, plan.columns[i]!.type));
        lines.push(texts.join("|"));
      }
    });
    return lines;
  } catch (error) {
    if (!(error instanceof AegisError)) throw error;
    return [`${error.sqlState ?? error.code} ${error.message}`];
  }
}

function text(datum: Datum, type: SqlType): string {
  return datum === null ? "NULL" : toText(datum, type, "UTC");
}

/** PostgreSQL's built-in types have numbers below this. */
const MAX_TYPE_OID = 5000;

/** Leaves values of every type as the text PostgreSQL sent. */
const RAW = Object.fromEntries(
  Array.from({ length: MAX_TYPE_OID }, (_, oid) => [oid, (value: string): string => value]),
);

/** The same from PostgreSQL. */
export async function postgresText(
  postgres: PGlite,
  sql: string,
  params: readonly string[] = [],
): Promise<string[]> {
  try {
    const result = await postgres.query(sql, [...params], { rowMode: "array", parsers: RAW });
    return (result.rows as (string | null)[][]).map((row) =>
      row.map((value) => value ?? "NULL").join("|"),
    );
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return [`${code ?? "?"} ${message}`];
  }
}

/** Queries that do not give what PostgreSQL gives, with both answers. Rows may come in any order. */
export async function queryDifferences(
  source: Source,
  postgres: PGlite,
  queries: readonly string[],
): Promise<string[]> {
  const found: string[] = [];
  for (const sql of queries) {
    const ours = queryText(source, sql).sort();
    const theirs = (await postgresText(postgres, sql)).sort();
    if (JSON.stringify(ours) === JSON.stringify(theirs)) continue;
    found.push(`${sql}\n  ours:   ${shown(ours)}\n  theirs: ${shown(theirs)}`);
  }
  return found;
}

function shown(lines: readonly string[]): string {
  return lines.slice(0, 12).join(" / ");
}
