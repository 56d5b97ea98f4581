import { resolve } from "node:path";
import { AegisError } from "aegisdb";
import { urlHost } from "./config/loopback.js";
import { HELP, readRequest, UsageError, type ServerOptions } from "./config/options.js";
import { SIGNAL_ECHO_MS } from "./limits.js";
import { startServer, type RunningServer } from "./server.js";
import { SERVER_VERSION } from "./version.js";

/** Exit codes: a start that failed, and a command line that cannot be used. */
const FAILED = 1;
const BAD_USAGE = 2;

const NO_LOGIN =
  "WARNING: this server has no login. Every user and every program of this machine can read and " +
  "change everything in it. It listens on loopback addresses only.";

/** Runs the command line of `aegis-server`; resolves with the exit code when the server is closed. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const request = readRequest(args, process.env);
    switch (request.kind) {
      case "help":
        process.stdout.write(HELP);
        return 0;
      case "version":
        process.stdout.write(`aegis-server ${SERVER_VERSION}\n`);
        return 0;
      case "serve":
        return await serve(request.options);
    }
  } catch (error) {
    if (error instanceof UsageError) {
      complain(`${error.message} (see aegis-server --help)`);
      return BAD_USAGE;
    }
    complain(reasonOf(error));
    return FAILED;
  }
}

async function serve(options: ServerOptions): Promise<number> {
  const stop = stopSignal();
  const server = await startOrExplain(options);
  complain(NO_LOGIN);
  const { dataDirectory } = options;
  const where = dataDirectory === ":memory:" ? "memory" : resolve(dataDirectory);
  process.stdout.write(
    `aegis-server ${SERVER_VERSION} is ready at ${server.url}, data in ${where}\n`,
  );
  await stop;
  await server.close();
  return 0;
}

async function startOrExplain(options: ServerOptions): Promise<RunningServer> {
  try {
    return await startServer({ ...options, report: (error) => complain(reasonOf(error)) });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const address = `${urlHost(options.host)}:${options.port}`;
    if (code === "EADDRINUSE") {
      throw new Error(`${address} is in use by another program; choose another --port`, {
        cause: error,
      });
    }
    if (code === "EACCES" || code === "EADDRNOTAVAIL") {
      throw new Error(`cannot listen on ${address} (${code}); choose another --host or --port`, {
        cause: error,
      });
    }
    throw error;
  }
}

/**
 * Resolves at the first SIGINT or SIGTERM. A second one ends the process at once: whoever sends it
 * does not want to wait, and the log makes that safe.
 */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = (_name: NodeJS.Signals, number: number): void => {
      const now = performance.now();
      if (first === undefined) {
        first = now;
        resolve();
      } else if (now - first > SIGNAL_ECHO_MS) {
        process.exit(128 + number);
      }
    };
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
  });
}

/** One line, whatever the error. */
function reasonOf(error: unknown): string {
  if (error instanceof AegisError) {
    return [`${error.code}: ${error.message}`, error.detail, error.hint]
      .filter((part) => part !== undefined)
      .join(" — ");
  }
  return error instanceof Error ? error.message : String(error);
}

function complain(text: string): void {
  process.stderr.write(`aegis-server: ${text.replaceAll("\n", " ")}\n`);
}
