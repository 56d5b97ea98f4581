import { ClientError } from "./errors.js";

interface Received {
  readonly status: number;
  readonly body: unknown;
}

/** What a part of the client needs of the connection. */
export interface Transport {
  /** The `data` of a successful reply; rejects with the server's error otherwise. */
  data(method: string, path: string, body?: unknown): Promise<unknown>;
  /** All of a successful reply. */
  reply(method: string, path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>>;
}

/** Requests over `fetch`. */
export class Http implements Transport {
  readonly server: string;
  readonly #timeoutMs: number;

  constructor(server: string, timeoutMs: number) {
    if (!/^https?:\/\//i.test(server) || !URL.canParse(server)) {
      throw new ClientError("INVALID_ARGUMENT", `${JSON.stringify(server)} is not an http URL`);
    }
    this.server = server.replace(/\/+$/, "");
    this.#timeoutMs = timeoutMs;
  }

  async data(method: string, path: string, body?: unknown): Promise<unknown> {
    const { data } = await this.reply(method, path, body);
    if (!isObject(data)) throw invalidReply(this.server, 200);
    return data;
  }

  async reply(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Readonly<Record<string, unknown>>> {
    const received = await this.send(method, path, body);
    if (!isObject(received.body)) throw invalidReply(this.server, received.status);
    const { success, error } = received.body;
    if (success === true) return received.body;
    if (!isObject(error) || typeof error["code"] !== "string") {
      throw invalidReply(this.server, received.status);
    }
    throw new ClientError(error["code"], textOf(error["message"]) ?? "the server refused it", {
      status: received.status,
      detail: textOf(error["detail"]),
      hint: textOf(error["hint"]),
      position: positionOf(error["position"]),
    });
  }

  async send(method: string, path: string, body?: unknown): Promise<Received> {
    const init: RequestInit = { method, signal: AbortSignal.timeout(this.#timeoutMs) };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { "content-type": "application/json" };
    }
    try {
      const response = await fetch(`${this.server}${path}`, init);
      return { status: response.status, body: parsed(await response.text()) };
    } catch (error) {
      throw this.#failed(error);
    }
  }

  #failed(error: unknown): ClientError {
    if (error instanceof DOMException && error.name === "TimeoutError") {
      const message = `${this.server} did not answer within ${this.#timeoutMs} ms`;
      return new ClientError("TIMEOUT", message, { cause: error });
    }
    return new ClientError("CONNECTION_FAILED", `cannot reach ${this.server}`, {
      detail: reasonOf(error),
      hint: "Is the server running? aegis-server starts one on port 9090.",
      cause: error,
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What answered is no AegisDB server. */
export function invalidReply(server: string, status: number): ClientError {
  return new ClientError("INVALID_REPLY", `${server} answered, but not as an AegisDB server does`, {
    status,
    detail: `HTTP status ${status}`,
  });
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function positionOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) ? value : undefined;
}

/** `fetch` hides the reason in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError && cause.errors.length > 0) return reasonOf(cause.errors[0]);
  return cause instanceof Error ? reasonOf(cause) : error.message;
}
