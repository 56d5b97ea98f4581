import { ClientError } from "./errors.js";
import type { Transport } from "./transport.js";

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

const KEYS = "/api/v1/kv/keys";

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
