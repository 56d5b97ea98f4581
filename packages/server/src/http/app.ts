import { AegisError, type Database } from "aegisdb";
import { Hono } from "hono";
import { healthRoutes } from "../routes/health.js";
import { keyValueRoutes } from "../routes/key-value.js";
import { queryRoutes } from "../routes/query.js";
import { tableRoutes } from "../routes/tables.js";
import { failureOf, HttpError, isExpected } from "./errors.js";
import { createGuard } from "./guard.js";
import { failure } from "./reply.js";
import type { App } from "./resource.js";

/** What every route file is given. */
interface RouteContext {
  readonly database: Database;
  readonly maxBodyBytes: number;
  /** A request that is not answered by then fails with TIMEOUT. */
  readonly requestTimeoutMs: number;
}

/** Adds the resources of one part of the API; one file in routes/ has one such function. */
export type AddRoutes = (app: App, context: RouteContext) => void;

const ROUTES: readonly AddRoutes[] = [healthRoutes, queryRoutes, tableRoutes, keyValueRoutes];

export interface AppOptions extends RouteContext {
  /** The address listened on, which clients may name as host. */
  readonly host: string;
  /** Told of errors that nobody raised on purpose. */
  readonly report: (error: unknown) => void;
}

/** The whole HTTP API over one database. */
export function createApp(options: AppOptions): App {
  const app: App = new Hono();
  const guard = createGuard(options.host);
  app.use(async (context, next) => {
    const { incoming, outgoing } = context.env;
    const { host, origin } = incoming.headers;
    guard(host, origin);
    const unwanted = new AbortController();
    const abort = (): void => unwanted.abort();
    outgoing.once("close", abort);
    context.set("signal", unwanted.signal);
    await deadline(next(), options.requestTimeoutMs, abort);
  });
  for (const addRoutes of ROUTES) addRoutes(app, options);
  app.notFound(({ req }) => {
    const message = `there is nothing at ${JSON.stringify(req.path.slice(0, 200))}`;
    return failure(failureOf(new HttpError("ROUTE_NOT_FOUND", message)));
  });
  app.onError((error) => {
    if (!isExpected(error)) options.report(error);
    return failure(failureOf(error));
  });
  return app;
}

/** Rejects with TIMEOUT, and calls `onLate`, when the answer is not there in time. */
async function deadline(answered: Promise<void>, ms: number, onLate: () => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      onLate();
      reject(
        new AegisError("TIMEOUT", `the request was not answered within ${ms} ms`, {
          detail: "Whether a write of this request was done is not known.",
        }),
      );
    }, ms);
  });
  try {
    await Promise.race([answered, late]);
  } finally {
    clearTimeout(timer);
  }
}
