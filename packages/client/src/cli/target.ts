import { UsageError } from "./usage-error.js";

/** Short names of servers on this machine, as the guide lists them. */
const PORTS: Readonly<Record<string, number>> = {
  dashboard: 9090,
  local: 9090,
  axonml: 7001,
  nexusscribe: 9091,
};

const DEFAULT_SERVER = "http://localhost:9090";
const MAX_PORT = 65_535;

/** Where a command goes to. */
export interface Target {
  /** An http URL without a path. */
  readonly server: string;
  /** What stands behind the slash of aegis://host:port/name. */
  readonly database: string | undefined;
}

/** The server that `--server` and `--database` mean; at most one of them may be given. */
export function targetOf(server: string | undefined, database: string | undefined): Target {
  if (server !== undefined && database !== undefined) {
    throw new UsageError("give --server or --database, not both");
  }
  if (server !== undefined) return { server: httpServer(server), database: undefined };
  return database === undefined
    ? { server: DEFAULT_SERVER, database: undefined }
    : databaseTarget(database);
}

function httpServer(text: string): string {
  const url = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw new UsageError(
      `--server ${JSON.stringify(text)} is not a URL such as http://localhost:9090`,
    );
  }
  return url.origin;
}

function databaseTarget(text: string): Target {
  const port = Object.hasOwn(PORTS, text) ? PORTS[text] : undefined;
  if (port !== undefined) return { server: `http://localhost:${port}`, database: undefined };
  const match = /^(?:aegis:\/\/)?(\[[0-9a-f:.]+\]|[^\s:/?#@[\]]+):(\d{1,5})(?:\/([^/?#]*))?$/i.exec(
    text,
  );
  const [, host, digits, name] = match ?? [];
  const withPath = name !== undefined && !/^aegis:/i.test(text);
  if (host === undefined || Number(digits) > MAX_PORT || Number(digits) < 1 || withPath) {
    throw new UsageError(
      `--database ${JSON.stringify(text)} is not ${Object.keys(PORTS).join(", ")}, ` +
        "host:port or aegis://host:port/name",
    );
  }
  return {
    server: `http://${host}:${digits}`,
    database: name === undefined || name === "" ? undefined : name,
  };
}
