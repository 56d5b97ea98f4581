import { describe, expect, test } from "vitest";
import { isLoopback } from "./loopback.js";
import { HELP, readRequest, UsageError } from "./options.js";

const served = (args: string[], environment: Record<string, string> = {}): unknown => {
  const request = readRequest(args, environment);
  return request.kind === "serve" ? request.options : request.kind;
};

describe("the command line", () => {
  test("has defaults", () => {
    expect(served([])).toEqual({ host: "127.0.0.1", port: 9090, dataDirectory: "./data" });
  });

  test("beats the environment, which beats the defaults; the last flag counts", () => {
    const environment = {
      AEGIS_SERVER_HOST: "::1",
      AEGIS_SERVER_PORT: "7000",
      AEGIS_STORAGE_DATA_DIRECTORY: "/env",
    };
    expect(served([], environment)).toEqual({ host: "::1", port: 7000, dataDirectory: "/env" });
    expect(served(["--port", "1", "--port=2", "--data-dir", "/flag"], environment)).toEqual({
      host: "::1",
      port: 2,
      dataDirectory: "/flag",
    });
    expect(served([], { AEGIS_SERVER_PORT: "" })).toMatchObject({ port: 9090 });
  });

  test("prints help and version", () => {
    expect(served(["--help"])).toBe("help");
    expect(served(["--version"])).toBe("version");
    expect(HELP).toContain("AEGIS_STORAGE_DATA_DIRECTORY");
  });

  test.each([
    [["--prot", "1"], "--prot"],
    [["serve"], "serve"],
    [["--port"], "--port"],
    [["--port", "65536"], "--port must be a number"],
    [["--port", "-1"], "--port"],
    [["--port", "80a"], '"80a"'],
    [["--data-dir", ""], "--data-dir"],
    [["--host", "0.0.0.0"], "no login"],
    [["--host", "::"], "no login"],
    [["--host", ""], "no login"],
    [["--host", "example.org"], "no login"],
    [["--host", "127.0.0.1.example.org"], "no login"],
  ])("%j is refused", (args, message) => {
    expect(() => served(args)).toThrow(UsageError);
    expect(() => served(args)).toThrow(message);
  });

  test("names the variable that is wrong", () => {
    expect(() => served([], { AEGIS_SERVER_HOST: "0.0.0.0" })).toThrow(/AEGIS_SERVER_HOST/);
    expect(() => served([], { AEGIS_SERVER_PORT: "x" })).toThrow(/AEGIS_SERVER_PORT/);
  });
});

test.each([
  ["127.0.0.1", true],
  ["127.8.9.10", true],
  ["localhost", true],
  ["LOCALHOST", true],
  ["::1", true],
  ["[::1]", true],
  ["127.0.0.256", false],
  ["128.0.0.1", false],
  ["0.0.0.0", false],
  ["::", false],
  ["127.1", false],
  ["", false],
])("%j is loopback: %s", (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
