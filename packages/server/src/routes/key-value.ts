import { AegisError, type Database, type Entry } from "aegisdb";
import type { AddRoutes } from "../http/app.js";
import { bodySchema, readBody } from "../http/body.js";
import { seenIsDurable } from "../http/durability.js";
import { HttpError } from "../http/errors.js";
import { countParameter, lastSegment, queryParameters } from "../http/query-string.js";
import { success, successText } from "../http/reply.js";
import { addResource } from "../http/resource.js";
import { valueJson } from "../http/value-json.js";
import { DEFAULT_LIST_LIMIT, MAX_LIST_CHARACTERS, MAX_LIST_LIMIT } from "../limits.js";

interface SetBody {
  readonly key: string;
  readonly value: unknown;
  readonly ttl?: number | string;
}

const setBody = bodySchema<SetBody>({
  type: "object",
  properties: { key: { type: "string" }, value: {}, ttl: { type: ["number", "string"] } },
  required: ["key", "value"],
  additionalProperties: false,
});

/** The default namespace as `/api/v1/kv/keys` and `/api/v1/kv/keys/:key`. */
export const keyValueRoutes: AddRoutes = (app, { database, maxBodyBytes }) => {
  addResource(app, "/api/v1/kv/keys", {
    GET: async ({ req }) => {
      const page = listPage(database, listRequest(req.url));
      await seenIsDurable(database);
      return successText(page);
    },
    POST: async ({ env, req }) => {
      queryParameters(req.url, []);
      const { key, value, ttl } = await readBody(env.incoming, setBody, maxBodyBytes);
      await database.kv.set(key, value, ttl === undefined ? undefined : { ttl });
      return success({ key });
    },
    DELETE: async ({ req }) => {
      const { prefix } = queryParameters(req.url, ["prefix"]);
      if (prefix === undefined || prefix === "") {
        throw new HttpError("INVALID_REQUEST", 'the parameter "prefix" is missing', {
          hint: "Say which keys to delete: ?prefix=user:",
        });
      }
      const deleted = await database.kv.deletePrefix(prefix);
      await seenIsDurable(database);
      return success({ prefix, deleted });
    },
  });
  addResource(app, "/api/v1/kv/keys/:key", {
    GET: async ({ req }) => {
      queryParameters(req.url, []);
      const key = lastSegment(req.url);
      const entry = database.kv.entry(key);
      const text = entry === undefined ? undefined : entryJson(entry, true);
      await seenIsDurable(database);
      if (text !== undefined) return successText(text);
      throw new AegisError("NOT_FOUND", `there is no key ${JSON.stringify(key)}`);
    },
    DELETE: async ({ req }) => {
      queryParameters(req.url, []);
      const key = lastSegment(req.url);
      const deleted = await database.kv.delete(key);
      await seenIsDurable(database);
      return success({ key, deleted });
    },
  });
};

interface ListRequest {
  readonly prefix: string;
  /** Entries behind this key. */
  readonly after: string | undefined;
  readonly limit: number;
  readonly values: boolean;
}

function listRequest(url: string): ListRequest {
  const { prefix, after, limit, values } = queryParameters(url, [
    "prefix",
    "after",
    "limit",
    "values",
  ]);
  if (values !== undefined && values !== "true" && values !== "false") {
    throw new HttpError("INVALID_REQUEST", 'the parameter "values" must be true or false');
  }
  return {
    prefix: prefix ?? "",
    after,
    limit: countParameter("limit", limit, DEFAULT_LIST_LIMIT, MAX_LIST_LIMIT),
    values: values !== "false",
  };
}

/** `{ keys, count, next }`; `next` is what to give as `after` for the next page, null at the end. */
function listPage(database: Database, { prefix, after, limit, values }: ListRequest): string {
  using snapshot = database.snapshot();
  // The least key behind `after`: keys hold no NUL.
  const start = after === undefined ? undefined : `${after}\u0001`;
  const entries: string[] = [];
  let characters = 0;
  let last: string | undefined;
  let next: string | null = null;
  for (const key of snapshot.kv.keys({ prefix, start, limit: limit + 1 })) {
    if (last !== undefined && (entries.length === limit || characters > MAX_LIST_CHARACTERS)) {
      next = last;
      break;
    }
    const entry = entryJson(snapshot.kv.entry(key)!, values);
    entries.push(entry);
    characters += entry.length;
    last = key;
  }
  const count = entries.length;
  return `{"keys":[${entries.join(",")}],"count":${count},"next":${JSON.stringify(next)}}`;
}

function entryJson(entry: Entry<unknown>, withValue: boolean): string {
  const value = withValue ? `"value":${valueJson(entry.value)},` : "";
  const facts = JSON.stringify({
    version: Number(entry.version),
    created_at: entry.createdAt,
    updated_at: entry.updatedAt,
    expires_at: entry.expiresAt ?? null,
  });
  return `{"key":${JSON.stringify(entry.key)},${value}${facts.slice(1)}`;
}
