import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { ClientError } from "../errors.js";
import type { Notice, QueryResult } from "../sql-results.js";
import { StatementFailure } from "./excerpt.js";
import { render } from "./output.js";
import type { CommandContext } from "./program.js";
import { UsageError } from "./usage-error.js";

interface QueryFlags {
  readonly file?: string;
  readonly param: readonly string[];
}

/** `query`, `tables`. */
export function addSqlCommands(program: Command, context: CommandContext): void {
  program
    .command("query")
    .description("Run one SQL statement, or the statements of a file")
    .argument("[sql]", "the statement")
    .option("--file <FILE>", 'run a script of statements; "-" reads standard input')
    .option("-p, --param <VALUE>", "value of the next parameter ($1, $2, …)", collect, [])
    .action((sql: string | undefined, flags: QueryFlags) => query(context, sql, flags));
  program
    .command("tables")
    .description("List tables, or show the columns of one")
    .argument("[table]")
    .action((table: string | undefined) =>
      table === undefined ? listTables(context) : showTable(context, table),
    );
}

function collect(value: string, values: readonly string[]): readonly string[] {
  return [...values, value];
}

async function query(
  context: CommandContext,
  sql: string | undefined,
  { file, param }: QueryFlags,
): Promise<void> {
  if ((sql === undefined) === (file === undefined)) {
    throw new UsageError("give either a statement or --file");
  }
  if (file !== undefined) {
    if (param.length > 0) throw new UsageError("a script takes no parameters");
    await runScript(context, await readScript(file));
    return;
  }
  const result = await located(sql!, context.client().query(sql!, param));
  writeNotices(context, result.notices ?? []);
  writeResult(context, result);
}

/** What was sent goes along with the error, to show where it went wrong. */
async function located<Result>(sql: string, running: Promise<Result>): Promise<Result> {
  try {
    return await running;
  } catch (error) {
    throw error instanceof ClientError ? new StatementFailure(error, sql) : error;
  }
}

async function readScript(file: string): Promise<string> {
  const failure = (reason: string): UsageError =>
    new UsageError(`cannot read ${JSON.stringify(file)}: ${reason}`);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file === "-" ? "/dev/stdin" : file);
  } catch (error) {
    throw failure((error as Error).message);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw failure("it is not UTF-8");
  }
}

async function runScript(
  { client, format, terminal, ...rest }: CommandContext,
  sql: string,
): Promise<void> {
  const { statements, row_count, commands, notices, execution_time_ms } = await located(
    sql,
    client().exec(sql),
  );
  writeNotices({ client, format, terminal, ...rest }, notices);
  const rows = Object.entries(commands);
  const asked = format();
  terminal.out(render({ columns: ["command", "count"], rows }, asked ?? "table"));
  if (asked !== undefined && asked !== "table") return;
  const seconds = (execution_time_ms / 1000).toFixed(2);
  terminal.out(`\n${statements} statement(s), ${row_count} row(s) written in ${seconds} s\n`);
}

function writeResult({ format, terminal }: CommandContext, result: QueryResult): void {
  const asked = format() ?? "table";
  const { columns, rows, command, row_count } = result;
  if (columns.length > 0) terminal.out(render({ columns, rows }, asked));
  else if (asked !== "table") {
    terminal.out(
      render({ columns: ["command", "row_count"], rows: [[command, row_count]] }, asked),
    );
  }
  if (asked !== "table") return;
  if (columns.length === 0) terminal.out(`${command}: ${row_count} row(s)\n`);
  else terminal.out(`\n${row_count} row(s)\n`);
}

function writeNotices({ terminal }: CommandContext, notices: readonly Notice[]): void {
  for (const { severity, message } of notices) terminal.error(`${severity}: ${message}\n`);
}

async function listTables({ client, format, terminal }: CommandContext): Promise<void> {
  const tables = await client().tables();
  const columns = ["schema", "name", "columns", "row_count", "bytes"] as const;
  const rows = tables.map((table) => columns.map((name) => table[name]));
  const asked = format() ?? "table";
  terminal.out(render({ columns, rows }, asked));
  if (asked === "table") terminal.out(`\n${tables.length} table(s)\n`);
}

async function showTable(
  { client, format, terminal }: CommandContext,
  name: string,
): Promise<void> {
  const table = await client().table(name);
  if (format() === "json") {
    terminal.out(`${JSON.stringify(table, null, 2)}\n`);
    return;
  }
  const key = new Set(table.primary_key);
  const columns = ["column", "type", "nullable", "default", "key"];
  const rows = table.columns.map((column) => [
    column.name,
    column.type,
    column.nullable,
    column.default,
    key.has(column.name) ? "primary" : null,
  ]);
  terminal.out(render({ columns, rows }, format() ?? "table"));
}
