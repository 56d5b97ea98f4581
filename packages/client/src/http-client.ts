import { ClientError } from "./errors.js";

export interface ClientOptions {
  /** Where the server is: "http://localhost:9090". */
  readonly server: string;
  /** Milliseconds that a request may take; default 60,000. */
  readonly timeoutMs?: number;
}

/** What `GET /health` says; `status` is "healthy" or why it is not. */
export interface Health {
  readonly status: string;
  readonly version: string;
  /** Seconds since the server was started. */
  readonly uptime: number;
}

/** A stored value with what is known about it. Times are ISO 8601. */
export interface KeyValueEntry {
  readonly key: string;
  readonly value: unknown;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
  readonly expires_at: string | null;
}

/** A part of a list; `next` is the `after` of the next page, null at the end. */
export interface KeyValuePage {
  readonly keys: readonly KeyValueEntry[];
  readonly count: number;
  readonly next: string | null;
}

export interface ListOptions {
  readonly prefix?: string | undefined;
  /** Only keys behind this one. */
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

export interface SetOptions {
  /** Milliseconds, or text such as "1h". */
  readonly ttl?: number | string | undefined;
}

export interface DeleteResult {
  readonly key: string;
  /** False if there was no such key. */
  readonly deleted: boolean;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const KEYS = "/api/v1/kv/keys";

/** A server, over HTTP. Every failure is a rejection with a ClientError. */
export class AegisClient {
  /** Keys and values. */
  readonly kv: KeyValueClient;
  readonly #http: Http;

  constructor(options: ClientOptions) {
    this.#http = new Http(options.server, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    this.kv = new KeyValueClient(this.#http);
  }

  /** Where the server is, without a slash at the end. */
  get server(): string {
    return this.#http.server;
  }

  /** Whether the server works; a server that says it does not is no rejection. */
  async health(): Promise<Health> {
    const { status, body } = await this.#http.send("GET", "/health");
    if (!isObject(body) || typeof body["status"] !== "string") {
      throw invalidReply(this.server, status);
    }
    return body as unknown as Health;
  }
}

/** The default namespace of a server. */
export class KeyValueClient {
  readonly #http: Transport;

  /** @internal */
  constructor(http: Transport) {
    this.#http = http;
  }

  /** The entry of a key; undefined if there is none. */
  async get(key: string): Promise<KeyValueEntry | undefined> {
    try {
      return (await this.#http.data("GET", keyPath(key))) as KeyValueEntry;
    } catch (error) {
      if (error instanceof ClientError && error.code === "NOT_FOUND") return undefined;
      throw error;
    }
  }

  /** Resolves when the value is durable. */
  async set(key: string, value: unknown, options: SetOptions = {}): Promise<void> {
    await this.#http.data("POST", KEYS, { key, value, ttl: options.ttl });
  }

  async delete(key: string): Promise<DeleteResult> {
    return (await this.#http.data("DELETE", keyPath(key))) as DeleteResult;
  }

  /** One page of entries, in key order. */
  async page(options: ListOptions = {}): Promise<KeyValuePage> {
    const query = new URLSearchParams();
    if (options.prefix !== undefined) query.set("prefix", options.prefix);
    if (options.after !== undefined) query.set("after", options.after);
    if (options.limit !== undefined) query.set("limit", String(options.limit));
    return (await this.#http.data("GET", `${KEYS}?${query.toString()}`)) as KeyValuePage;
  }

  /** All entries, in key order, a page at a time. */
  async *list(
    options: { readonly prefix?: string | undefined } = {},
  ): AsyncGenerator<KeyValueEntry, void, undefined> {
    let after: string | undefined;
    do {
      const { keys, next } = await this.page({ ...options, after });
      yield* keys;
      after = next ?? undefined;
    } while (after !== undefined);
  }
}

interface Received {
  readonly status: number;
  readonly body: unknown;
}

/** What a part of the client needs of the connection. */
export interface Transport {
  /** The `data` of a successful reply; rejects with the server's error otherwise. */
  data(method: string, path: string, body?: unknown): Promise<unknown>;
}

class Http implements Transport {
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
    const received = await this.send(method, path, body);
    if (!isObject(received.body)) throw invalidReply(this.server, received.status);
    const { success, data, error } = received.body;
    if (success === true) return data;
    if (!isObject(error) || typeof error["code"] !== "string") {
      throw invalidReply(this.server, received.status);
    }
    throw new ClientError(error["code"], textOf(error["message"]) ?? "the server refused it", {
      status: received.status,
      detail: textOf(error["detail"]),
      hint: textOf(error["hint"]),
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

/**
 * A URL has no path for the keys "." and "..": whoever reads it takes them for steps of the path,
 * however they are written.
 */
function keyPath(key: string): string {
  if (key === "." || key === "..") {
    throw new ClientError("INVALID_ARGUMENT", `the key ${JSON.stringify(key)} has no URL`, {
      hint: "Read it with a list of its prefix, and choose another name for it.",
    });
  }
  if (key === "") throw new ClientError("INVALID_KEY", "a key must not be empty");
  try {
    return `${KEYS}/${encodeURIComponent(key)}`;
  } catch (cause) {
    throw new ClientError("INVALID_TEXT", `the key ${JSON.stringify(key)} is not valid text`, {
      cause,
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

function invalidReply(server: string, status: number): ClientError {
  return new ClientError("INVALID_REPLY", `${server} answered, but not as an AegisDB server does`, {
    status,
    detail: `HTTP status ${status}`,
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** `fetch` hides the reason in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError && cause.errors.length > 0) return reasonOf(cause.errors[0]);
  return cause instanceof Error ? reasonOf(cause) : error.message;
}
