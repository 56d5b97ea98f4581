import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { open, type Database } from "aegisdb";
import { urlHost } from "./config/loopback.js";
import type { ServerOptions } from "./config/options.js";
import { createApp } from "./http/app.js";
import { failureOf, HttpError } from "./http/errors.js";
import { failure } from "./http/reply.js";
import {
  MAX_BODY_BYTES,
  MAX_CONNECTIONS,
  REQUEST_TIMEOUT_MS,
  SHUTDOWN_GRACE_MS,
} from "./limits.js";

export interface StartOptions extends ServerOptions {
  readonly maxBodyBytes?: number;
  readonly maxConnections?: number;
  readonly requestTimeoutMs?: number;
  readonly shutdownGraceMs?: number;
  /** Told of errors that nobody raised on purpose. */
  readonly report: (error: unknown) => void;
}

/** A server that accepts requests. */
export interface RunningServer {
  /** Where it is, with the real port. */
  readonly url: string;
  readonly database: Database;
  /** Stops accepting, lets requests be answered, then closes the database. Idempotent. */
  close(): Promise<void>;
}

/** How often a closing server looks for connections that have become idle. */
const IDLE_CHECK_MS = 20;

/** Opens the database and listens. Rejects, having given both back, if either is not possible. */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const database = await open(options.dataDirectory);
  try {
    const server = httpServer(options, database);
    await listen(server, options);
    const { port } = server.address() as AddressInfo;
    const grace = options.shutdownGraceMs ?? SHUTDOWN_GRACE_MS;
    let closing: Promise<void> | undefined;
    return {
      url: `http://${urlHost(options.host)}:${port}`,
      database,
      close: () => (closing ??= stopAccepting(server, grace).then(() => database.close())),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

function httpServer(options: StartOptions, database: Database): Server {
  const requestTimeoutMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  const app = createApp({
    database,
    host: options.host,
    maxBodyBytes: options.maxBodyBytes ?? MAX_BODY_BYTES,
    requestTimeoutMs,
    report: options.report,
  });
  const listener = getRequestListener(app.fetch, {
    // Reached only by a request line or a host that is no URL.
    errorHandler: () =>
      failure(failureOf(new HttpError("INVALID_REQUEST", "the URL is malformed"))),
  });
  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(1000, requestTimeoutMs),
    },
    (incoming, outgoing) => {
      listener(incoming, outgoing).catch(options.report);
    },
  );
  server.maxConnections = options.maxConnections ?? MAX_CONNECTIONS;
  return server;
}

function listen(server: Server, { host, port }: ServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Resolves when no connection is left: each is closed when it idles, and at the latest after `graceMs`. */
function stopAccepting(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
    const late = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(late);
      resolve();
    });
  });
}
