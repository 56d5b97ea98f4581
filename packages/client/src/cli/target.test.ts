import { expect, test } from "vitest";
import { targetOf } from "./target.js";
import { UsageError } from "./usage-error.js";

test.each([
  ["dashboard", "http://localhost:9090"],
  ["local", "http://localhost:9090"],
  ["axonml", "http://localhost:7001"],
  ["nexusscribe", "http://localhost:9091"],
  ["localhost:7001", "http://localhost:7001"],
  ["aegis://localhost:9091", "http://localhost:9091"],
  ["[::1]:9090", "http://[::1]:9090"],
])("--database %s is %s", (database, server) => {
  expect(targetOf(undefined, database)).toEqual({ server, database: undefined });
});

test("--database may name a database behind the server", () => {
  expect(targetOf(undefined, "aegis://db.example.com:9091/mydb")).toEqual({
    server: "http://db.example.com:9091",
    database: "mydb",
  });
});

test("--server is a URL, and there is a default", () => {
  expect(targetOf("http://localhost:9091/", undefined).server).toBe("http://localhost:9091");
  expect(targetOf(undefined, undefined).server).toBe("http://localhost:9090");
});

test.each([
  "",
  "nowhere",
  "toString",
  "localhost",
  "localhost:0",
  "localhost:70000",
  "localhost:9090/db",
  "aegis://localhost",
  "http://localhost:9090",
  "a b:1",
  "user@host:1",
])("--database %j is refused", (database) => {
  expect(() => targetOf(undefined, database)).toThrow(UsageError);
});

test.each(["localhost:9090", "http://x/path", "http://", "ftp://x"])(
  "--server %j is refused",
  (server) => {
    expect(() => targetOf(server, undefined)).toThrow(UsageError);
  },
);

test("--server and --database exclude each other", () => {
  expect(() => targetOf("http://localhost", "local")).toThrow(/not both/);
});
