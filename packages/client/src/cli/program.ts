import { Command, CommanderError, Option } from "commander";
import { ClientError } from "../errors.js";
import { AegisClient } from "../http-client.js";
import { CLIENT_VERSION } from "../version.js";
import { excerpt, StatementFailure } from "./excerpt.js";
import { addKeyValueCommands } from "./key-value.js";
import { FORMATS, printable, type Format } from "./output.js";
import { addSqlCommands } from "./sql.js";
import { addStatusCommand } from "./status.js";
import { targetOf } from "./target.js";
import { UsageError } from "./usage-error.js";

/** Where a command writes to. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
}

/** What every command is given. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** The client for the server that the options name. */
  readonly client: () => AegisClient;
  /** What --format says; undefined where the command may choose. */
  readonly format: () => Format | undefined;
}

/** Exit codes. */
const OK = 0;
const FAILED = 1;
const BAD_USAGE = 2;

interface GlobalOptions {
  readonly server?: string;
  readonly database?: string;
  readonly format?: Format;
}

/** Runs one command line; resolves with its exit code and never rejects. */
export async function runProgram(
  name: string,
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  try {
    await createProgram(name, terminal).parseAsync([...args], { from: "user" });
    return OK;
  } catch (error) {
    return failed(name, error, terminal);
  }
}

function createProgram(name: string, terminal: Terminal): Command {
  const program = new Command(name)
    .description("Command line of AegisDB servers.")
    .version(`${name} ${CLIENT_VERSION}`, "-V, --version", "Print version")
    .helpOption("-h, --help", "Print help")
    .option("-s, --server <SERVER>", "Server URL (default: http://localhost:9090)")
    .option(
      "-d, --database <DATABASE>",
      "Shorthand (dashboard, local, axonml, nexusscribe), aegis://host:port/db, or host:port",
    )
    .addOption(new Option("-f, --format <FORMAT>", "Output format").choices(FORMATS))
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.error })
    .showHelpAfterError(`(see ${name} --help)`)
    .exitOverride();
  const options = (): GlobalOptions => program.opts();
  const context: CommandContext = {
    terminal,
    format: () => options().format,
    client: () => {
      const { server, database } = options();
      return new AegisClient({ server: targetOf(server, database).server });
    },
  };
  addStatusCommand(program, context);
  addSqlCommands(program, context);
  addKeyValueCommands(program, context);
  return program;
}

function failed(name: string, error: unknown, { error: write }: Terminal): number {
  if (error instanceof CommanderError) {
    // Commander has written its message; help and version that were asked for are no failure.
    return error.exitCode === OK ? OK : BAD_USAGE;
  }
  if (error instanceof UsageError) {
    write(`${name}: ${error.message}\n`);
    return BAD_USAGE;
  }
  if (error instanceof StatementFailure) return refused(name, error.error, write, error.sql);
  if (error instanceof ClientError) return refused(name, error, write);
  write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
  return FAILED;
}

/** `sql` is the text that the error's position counts in. */
function refused(name: string, error: ClientError, write: Terminal["error"], sql?: string): number {
  write(`${name}: ${error.code}: ${printable(error.message)}\n`);
  if (sql !== undefined) write(excerpt(sql, error.position));
  if (error.detail !== undefined) write(`  detail: ${printable(error.detail)}\n`);
  if (error.hint !== undefined) write(`  hint: ${printable(error.hint)}\n`);
  return FAILED;
}
