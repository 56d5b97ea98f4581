import { parseArgs } from "node:util";
import { bareHost, isLoopback } from "./loopback.js";

/** What the command line and the environment settle. */
export interface ServerOptions {
  readonly host: string;
  /** 0 lets the operating system choose. */
  readonly port: number;
  readonly dataDirectory: string;
}

/** What a start asks for: to serve, or only to print something. */
export type Request =
  | { readonly kind: "serve"; readonly options: ServerOptions }
  | { readonly kind: "help" }
  | { readonly kind: "version" };

/** A flag or variable that cannot be used; the message is one line that names it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULTS = { host: "127.0.0.1", port: "9090", "data-dir": "./data" } as const;

/** Where a value may come from; a flag beats the environment, which beats the default. */
const VARIABLES = {
  host: "AEGIS_SERVER_HOST",
  port: "AEGIS_SERVER_PORT",
  "data-dir": "AEGIS_STORAGE_DATA_DIRECTORY",
} as const;

type OptionName = keyof typeof VARIABLES;

export const HELP: string = `Usage: aegis-server [options]

Serves one AegisDB database over HTTP, to programs on this machine.

Options:
  --host <address>    address to listen on (default ${DEFAULTS.host}; ${VARIABLES.host})
  --port <number>     port; 0 takes a free one (default ${DEFAULTS.port}; ${VARIABLES.port})
  --data-dir <path>   where the data is (default ${DEFAULTS["data-dir"]}; ${VARIABLES["data-dir"]})
  --help              print this help
  --version           print the version
`;

/** Reads flags and environment; throws UsageError for what it does not know or cannot use. */
export function readRequest(args: readonly string[], environment: Environment): Request {
  const flags = parseFlags(args);
  if (flags.help === true) return { kind: "help" };
  if (flags.version === true) return { kind: "version" };
  const given = (name: OptionName): Given => {
    const variable = VARIABLES[name];
    if (flags[name] !== undefined) return { value: flags[name], source: `--${name}` };
    const value = environment[variable];
    if (value !== undefined && value !== "") return { value, source: variable };
    return { value: DEFAULTS[name], source: `--${name}` };
  };
  return {
    kind: "serve",
    options: {
      host: readHost(given("host")),
      port: readPort(given("port")),
      dataDirectory: readDirectory(given("data-dir")),
    },
  };
}

interface Given {
  readonly value: string;
  /** The flag or variable, for messages. */
  readonly source: string;
}

interface Flags {
  readonly host?: string;
  readonly port?: string;
  readonly "data-dir"?: string;
  readonly help?: boolean;
  readonly version?: boolean;
}

function parseFlags(args: readonly string[]): Flags {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        host: { type: "string" },
        port: { type: "string" },
        "data-dir": { type: "string" },
        help: { type: "boolean", short: "h" },
        version: { type: "boolean", short: "V" },
      },
    }).values;
  } catch (error) {
    // The first sentence names the flag; the rest explains a syntax that is not ours.
    const [sentence = ""] = String(error instanceof Error ? error.message : error).split(/\.\s|\n/);
    throw new UsageError(sentence, { cause: error });
  }
}

function readHost({ value, source }: Given): string {
  const host = bareHost(value);
  if (!isLoopback(host)) {
    throw new UsageError(
      `${source} ${JSON.stringify(value)} would let other machines in, and this server has no ` +
        "login yet: use 127.0.0.1, ::1 or localhost",
    );
  }
  return host;
}

function readPort({ value, source }: Given): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (port <= 65_535) return port;
  throw new UsageError(`${source} must be a number from 0 to 65535, not ${JSON.stringify(value)}`);
}

function readDirectory({ value, source }: Given): string {
  if (value !== "" && !value.includes("\0")) return value;
  throw new UsageError(`${source} must be a directory, not ${JSON.stringify(value)}`);
}
