import type { IncomingMessage, ServerResponse } from "node:http";
import type { Context, Hono } from "hono";
import { HttpError } from "./errors.js";

/** What the adapter passes along with each request. */
export interface Bindings {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** What is known of a request. */
interface Variables {
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal;
}

interface Environment {
  readonly Bindings: Bindings;
  readonly Variables: Variables;
}

export type App = Hono<Environment>;
type RequestContext = Context<Environment>;
export type Answer = (context: RequestContext) => Response | Promise<Response>;
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * Adds everything that can be done at one path. Any other method is METHOD_NOT_ALLOWED, which says
 * what is allowed; HEAD goes where GET goes.
 */
export function addResource(
  app: App,
  path: string,
  answers: Readonly<Partial<Record<Method, Answer>>>,
): void {
  for (const [method, answer] of Object.entries(answers)) app.on(method, path, answer);
  const methods = Object.keys(answers);
  const allow = methods.includes("GET") ? [...methods, "HEAD"] : methods;
  app.all(path, ({ req }) => {
    throw new HttpError("METHOD_NOT_ALLOWED", `${req.method} is not possible here`, {
      hint: `Methods here: ${allow.join(", ")}.`,
      headers: { allow: allow.join(", ") },
    });
  });
}
