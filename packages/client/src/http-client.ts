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
    const result = await this.#timed("/api/v1/query", { sql, params });
    return this.#withArrays<QueryResult>(result, "columns", "rows");
  }

  /** Runs the statements of a script; those before one that fails stay done. */
  async exec(sql: string): Promise<ScriptResult> {
    const result = await this.#timed("/api/v1/exec", { sql });
    return this.#withArrays<ScriptResult>(result, "notices");
  }

  async tables(): Promise<readonly TableSummary[]> {
    const data = await this.#http.data("GET", "/api/v1/tables");
    return this.#withArrays<{ readonly tables: readonly TableSummary[] }>(data, "tables").tables;
  }

  /** Rejects with TABLE_NOT_FOUND where there is none. */
  async table(name: string): Promise<Table> {
    const data = await this.#http.data("GET", `/api/v1/tables/${encodeURIComponent(name)}`);
    return this.#withArrays<Table>(data, "columns", "primary_key");
  }

  async #timed(path: string, body: unknown): Promise<object> {
    const { data, execution_time_ms } = await this.#http.reply("POST", path, body);
    return { ...(data as object), execution_time_ms };
  }

  /** Something else than a server of ours may say that all went well. */
  #withArrays<T>(data: unknown, ...names: readonly (keyof T & string)[]): T {
    if (isObject(data) && names.every((name) => Array.isArray(data[name]))) return data as T;
    throw invalidReply(this.server, 200);
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
