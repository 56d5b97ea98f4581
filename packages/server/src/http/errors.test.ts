import { AegisError, errorCodes, type ErrorCode } from "aegisdb";
import { describe, expect, test } from "vitest";
import { codeStatus, failureOf, HttpError, httpErrorStatus, kindStatus } from "./errors.js";

describe("the status of an error", () => {
  test("is a client's or a server's failure for every code of the database", () => {
    for (const code of Object.keys(errorCodes) as ErrorCode[]) {
      const { status, error } = failureOf(new AegisError(code, "why", { hint: "do" }));
      expect(status, code).toBe(codeStatus[code] ?? kindStatus[errorCodes[code].kind]);
      expect(error).toMatchObject({ code, message: "why", hint: "do" });
    }
  });

  test.each([
    ["INVALID_KEY", 400],
    ["NOT_FOUND", 404],
    ["SERIALIZATION_FAILURE", 409],
    ["UNIQUE_VIOLATION", 409],
    ["VALUE_TOO_LARGE", 413],
    ["CORRUPTION", 500],
    ["DURABILITY_LOST", 503],
    ["TIMEOUT", 503],
    ["DISK_FULL", 507],
  ] as const)("of %s is %i", (code, status) => {
    expect(failureOf(new AegisError(code, "why")).status).toBe(status);
  });

  test("names codes that the database does not have", () => {
    for (const code of Object.keys(httpErrorStatus)) expect(errorCodes).not.toHaveProperty(code);
    const error = new HttpError("METHOD_NOT_ALLOWED", "no", { headers: { allow: "GET" } });
    expect(failureOf(error)).toMatchObject({ status: 405, headers: { allow: "GET" } });
  });

  test("tells nothing of an error that nobody raised on purpose", () => {
    const failure = failureOf(new TypeError("reading /secret/path"));
    expect(failure.status).toBe(500);
    expect(JSON.stringify(failure)).not.toContain("secret");
  });
});
