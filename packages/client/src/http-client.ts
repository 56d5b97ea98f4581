import { KeyValueClient } from "./key-value-client.js";
import type {
  QueryParameters,
  QueryResult,
  ScriptResult,
  Table,
  TableSummary,
} from "./sql-results.js";
import { Http, invalidReply, isObject } from "./transport.js";

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

const DEFAULT_TIMEOUT_MS = 60_000;

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

  /** Runs one statement; resolves once what it wrote is durable. */
  async query(sql: string, params: QueryParameters = []): Promise<QueryResult> {
    return (await this.#timed("/api/v1/query", { sql, params })) as QueryResult;
  }

  /** Runs the statements of a script; those before one that fails stay done. */
  async exec(sql: string): Promise<ScriptResult> {
    return (await this.#timed("/api/v1/exec", { sql })) as ScriptResult;
  }

  async tables(): Promise<readonly TableSummary[]> {
    const data = await this.#http.data("GET", "/api/v1/tables");
    return (data as { readonly tables: readonly TableSummary[] }).tables;
  }

  /** Rejects with TABLE_NOT_FOUND where there is none. */
  async table(name: string): Promise<Table> {
    return (await this.#http.data("GET", `/api/v1/tables/${encodeURIComponent(name)}`)) as Table;
  }

  async #timed(path: string, body: unknown): Promise<object> {
    const { data, execution_time_ms } = await this.#http.reply("POST", path, body);
    return { ...(data as object), execution_time_ms };
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
