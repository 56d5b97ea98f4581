import type { ErrorBody, Failure } from "./errors.js";

/**
 * Every reply is data for programs: never cached, never a page, never part of one. No header lets
 * other origins read it, which is what keeps web pages out.
 */
const HEADERS: Readonly<Record<string, string>> = {
  "content-type": "application/json; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** A reply whose JSON is made already. */
export function jsonText(
  text: string,
  status = 200,
  headers?: Readonly<Record<string, string>>,
): Response {
  return new Response(text, { status, headers: { ...HEADERS, ...headers } });
}

/**
 * `{ "success": true, "data": … }`; `data` is JSON text. `executionTimeMs`: how long the statement
 * itself took.
 */
export function successText(data: string, executionTimeMs?: number): Response {
  const time =
    executionTimeMs === undefined ? "" : `,"execution_time_ms":${executionTimeMs.toFixed(3)}`;
  return jsonText(`{"success":true,"data":${data}${time}}`);
}

/** The same of a value that plain JSON can carry. */
export function success(data: Readonly<Record<string, unknown>>): Response {
  return successText(JSON.stringify(data));
}

/** `{ "success": false, "error": … }`. */
export function failure({ status, error, headers }: Failure): Response {
  const body: { success: false; error: ErrorBody } = { success: false, error };
  return jsonText(JSON.stringify(body), status, headers);
}
