import type { IncomingMessage } from "node:http";
import { Ajv, type ErrorObject, type JSONSchemaType, type ValidateFunction } from "ajv";
import { MAX_BODY_DEPTH } from "../limits.js";
import { HttpError } from "./errors.js";
import { jsonProblem } from "./json-scan.js";

const ajv = new Ajv({ allErrors: false, strict: true, verbose: true, allowUnionTypes: true });

/** Compiles the schema of a body once, when the routes are made. */
export function bodySchema<T>(schema: JSONSchemaType<T> | object): ValidateFunction<T> {
  return ajv.compile<T>(schema);
}

/**
 * The body of a request, checked. Throws HttpError: UNSUPPORTED_MEDIA_TYPE, BODY_TOO_LARGE, or
 * INVALID_REQUEST with the place in the text or the field that is wrong.
 */
export async function readBody<T>(
  incoming: IncomingMessage,
  validate: ValidateFunction<T>,
  maxBytes: number,
): Promise<T> {
  checkHeaders(incoming, maxBytes);
  const text = decode(await readBytes(incoming, maxBytes));
  const body = parse(text);
  if (validate(body)) return body;
  throw invalidField(validate.errors?.[0]);
}

/**
 * Only application/json: a web page can send that to another origin only after asking, and nobody
 * here answers that question. It is what keeps pages from writing.
 */
function checkHeaders({ headers }: IncomingMessage, maxBytes: number): void {
  const type = headers["content-type"]?.split(";")[0]!.trim().toLowerCase();
  if (type !== "application/json") {
    throw new HttpError(
      "UNSUPPORTED_MEDIA_TYPE",
      `the body must be application/json, not ${type ?? "of no declared type"}`,
      { hint: "Send the header Content-Type: application/json." },
    );
  }
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
    throw new HttpError("UNSUPPORTED_MEDIA_TYPE", "a compressed body is not supported", {
      hint: "Send the body without Content-Encoding.",
    });
  }
  if (Number(headers["content-length"] ?? 0) > maxBytes) throw tooLarge(maxBytes);
}

async function readBytes(incoming: IncomingMessage, maxBytes: number): Promise<Buffer> {
  try {
    return await receive(incoming, maxBytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ECONNRESET") throw error;
    // Nobody will read this answer, and nobody here needs to be told.
    throw new HttpError("INVALID_REQUEST", "the connection ended before the body did");
  }
}

async function receive(incoming: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming.iterator({
    destroyOnReturn: false,
  }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length);
}

/** The rest of the body is not read, so the connection cannot be used again. */
function tooLarge(maxBytes: number): HttpError {
  return new HttpError("BODY_TOO_LARGE", `the body is larger than ${maxBytes} bytes`, {
    headers: { connection: "close" },
  });
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new HttpError("INVALID_REQUEST", "the body is not UTF-8");
  }
}

function parse(text: string): unknown {
  const problem = jsonProblem(text, MAX_BODY_DEPTH);
  if (problem === undefined) return JSON.parse(text);
  const before = text.slice(0, problem.at).split("\n");
  const line = before.length;
  const column = before.at(-1)!.length + 1;
  throw new HttpError("INVALID_REQUEST", `the body is not acceptable JSON: ${problem.message}`, {
    detail: `line ${line}, column ${column}`,
    position: problem.at + 1,
  });
}

function invalidField(error: ErrorObject | undefined): HttpError {
  const params = (error?.params ?? {}) as Readonly<Record<string, unknown>>;
  const name = (field: unknown): string => JSON.stringify(String(field).slice(0, 100));
  switch (error?.keyword) {
    case "required":
      return invalid(`the field ${name(params["missingProperty"])} is missing`);
    case "additionalProperties":
      return invalid(`there is no field ${name(params["additionalProperty"])}`, error);
    default: {
      const path = (error?.instancePath ?? "").slice(1);
      const what = path === "" ? "the body" : `the field ${name(path)}`;
      return invalid(`${what} ${error?.message ?? "is not right"}`);
    }
  }
}

function invalid(message: string, error?: ErrorObject): HttpError {
  const properties = (error?.parentSchema as { properties?: object } | undefined)?.properties;
  if (properties === undefined) return new HttpError("INVALID_REQUEST", message);
  const hint = `Fields here: ${Object.keys(properties).join(", ")}.`;
  return new HttpError("INVALID_REQUEST", message, { hint });
}
