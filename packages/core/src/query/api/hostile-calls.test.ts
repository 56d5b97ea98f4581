import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../database.js";
import { open } from "../../open.js";
import { HostileFixture, refusalOf, strangeValues } from "../../testing/hostile-fixture.js";
import type { Transaction } from "../../transaction.js";

let fixture: HostileFixture;
let db: Database;

beforeEach(async () => {
  fixture = await HostileFixture.start();
  ({ db } = fixture);
});
afterEach(async () => {
  await fixture.expectUnharmed();
  await fixture[Symbol.asyncDispose]();
});

/** The calls as plain JavaScript sees them. */
type Call = (...args: readonly unknown[]) => unknown;
type Calls = Readonly<Record<string, Call>>;

function callsOf(target: object, names: readonly string[]): Calls {
  const bound = names.map((name) => [
    name,
    (...args: readonly unknown[]) => (target as Record<string, Call>)[name]!.call(target, ...args),
  ]);
  return Object.fromEntries(bound) as Calls;
}

/** Runs `fn` with the calls of the database, a session, a snapshot and a transaction. */
async function everywhere(fn: (calls: Calls, where: string) => Promise<void>): Promise<void> {
  await fn(callsOf(db, ["query", "prepare", "exec", "sql", "explain"]), "database");
  using session = db.session();
  await fn(callsOf(session, ["query", "prepare", "exec", "sql"]), "session");
  using snapshot = db.snapshot();
  await fn(callsOf(snapshot, ["query", "prepare", "sql"]), "snapshot");
  await db.transaction(async (tx: Transaction) => {
    await fn(callsOf(tx, ["query", "prepare", "exec", "sql"]), "transaction");
  });
}

describe("arguments", () => {
  test("a statement that is no text is named by its type", async () => {
    const texts = Object.entries(strangeValues()).filter(([kind]) => kind !== "text");
    await everywhere(async (calls, where) => {
      for (const [call, run] of Object.entries(calls)) {
        for (const [kind, value] of texts) {
          if (call === "sql" && kind === "revoked") continue;
          const { code, message } = await refusalOf(() => run(value));
          expect(code, `${where}.${call}(${kind})`).toBe("INVALID_ARGUMENT");
          expect(message).toMatch(call === "sql" ? /template tag/ : new RegExp(typeof value));
        }
        expect((await refusalOf(() => run())).code, `${where}.${call}()`).toBe("INVALID_ARGUMENT");
      }
    });
  });

  test("a text without a statement, or with several, is refused", async () => {
    await everywhere(async (calls) => {
      for (const text of ["", " \n", "-- nothing", "/* nothing */", ";"]) {
        expect((await refusalOf(() => calls["query"]!(text))).code).toBe("PARSE_ERROR");
        expect((await refusalOf(() => calls["prepare"]!(text))).code).toBe("PARSE_ERROR");
      }
      const two = await refusalOf(() => calls["query"]!("SELECT 1; SELECT 2"));
      expect(two).toMatchObject({ code: "MULTIPLE_STATEMENTS", position: 11 });
      expect(two.hint).toContain("exec");
    });
  });

  test("parameters that do not fit are counted and named", async () => {
    await everywhere(async (calls) => {
      const query = calls["query"]!;
      const wrong: readonly (readonly [string, unknown, string, string])[] = [
        ["SELECT $1::int", undefined, "PARAMETER_COUNT", "1 parameter"],
        ["SELECT $1::int", [], "PARAMETER_COUNT", "0 values"],
        ["SELECT $1::int", [1, 2], "PARAMETER_COUNT", "2 values"],
        ["SELECT 1", [undefined], "PARAMETER_COUNT", "1 value was"],
        ["SELECT $1::int", 5, "PARAMETER_COUNT", "array"],
        ["SELECT $1::int", "5", "PARAMETER_COUNT", "array"],
        ["SELECT $1::int", { 1: 5 }, "PARAMETER_COUNT", "array"],
        ["SELECT :a::int", [5, 6], "PARAMETER_COUNT", ":a"],
        ["SELECT :a::int", "a", "PARAMETER_COUNT", ":a"],
        ["SELECT :a::int", {}, "PARAMETER_NOT_FOUND", ":a"],
        ["SELECT :toString::text", {}, "PARAMETER_NOT_FOUND", ":tostring"],
        ["SELECT $1::int", [undefined], "TYPE_MISMATCH", "$1"],
        ["SELECT $0", [], "PARAMETER_NOT_FOUND", "$0"],
        ["SELECT $65536::int", [], "PARAMETER_NOT_FOUND", "$65536"],
        ["SELECT $1::int, :a::int", [1], "PARSE_ERROR", "styles"],
      ];
      for (const [text, params, code, message] of wrong) {
        const refusal = await refusalOf(() => query(text, params));
        expect(refusal.code, text).toBe(code);
        expect(refusal.message.toLowerCase()).toContain(message);
      }
    });
    const statement = db.prepare("SELECT $1::int AS a") as unknown as Record<string, Call>;
    for (const call of ["get", "all", "iterate", "run"]) {
      const bound = (...args: readonly unknown[]) => statement[call]!(...args);
      expect((await refusalOf(() => bound())).code).toBe("PARAMETER_COUNT");
      expect((await refusalOf(() => bound(1, 2))).code).toBe("PARAMETER_COUNT");
    }
  });

  test("what only writes is refused where only reading makes sense", async () => {
    const insert = db.prepare("INSERT INTO kept VALUES (9, 'nine')");
    for (const call of ["get", "all", "iterate"] as const) {
      const { code, hint } = await refusalOf(() => insert[call]());
      expect(code).toBe("INVALID_ARGUMENT");
      expect(hint).toContain("run");
    }
    using snapshot = db.snapshot();
    for (const text of ["DELETE FROM kept", "DROP TABLE kept", "CREATE TABLE u (a INT)"]) {
      expect((await refusalOf(() => snapshot.query(text))).code).toBe("READ_ONLY_TRANSACTION");
      const readOnly = db.transaction((tx) => tx.query(text), { readOnly: true });
      expect((await refusalOf(() => readOnly)).code).toBe("READ_ONLY_TRANSACTION");
      expect((await refusalOf(() => db.explain(text, { analyze: true }))).kind).toBe("usage");
    }
  });

  test("db.table and db.transaction say what they take", async () => {
    for (const [kind, value] of Object.entries(strangeValues())) {
      if (kind !== "text") {
        const { code, message } = await refusalOf(() => db.table(value as string));
        expect([code, message]).toEqual(["INVALID_ARGUMENT", expect.stringContaining("name")]);
      }
      if (kind === "function") continue;
      const refusal = await refusalOf(() => db.transaction(value as () => unknown));
      expect(refusal).toMatchObject({ code: "INVALID_ARGUMENT" });
    }
    for (const name of ["", ".", "..", "x.", "public.", "__proto__", "\0", "x".repeat(1e6)]) {
      expect(db.table(name)).toBeUndefined();
    }
  });
});

describe("options", () => {
  const notOptions = [
    "null",
    "number",
    "text",
    "boolean",
    "bigint",
    "symbol",
    "function",
    "object",
  ];
  const values = strangeValues();

  test("that are no object, or unknown, are refused by every call", async () => {
    const calls: Readonly<Record<string, (options: never) => unknown>> = {
      "db.query": (options) => db.query("SELECT 1", [], options),
      "db.prepare": (options) => db.prepare("SELECT 1", options),
      "db.exec": (options) => db.exec("SELECT 1", options),
      "db.explain": (options) => db.explain("SELECT 1", options),
      "db.check": (options) => db.check(options),
      "db.compact": (options) => db.compact(options),
      "db.transaction": (options) => db.transaction(() => 1, options),
      "tx.query": (options) => db.transaction((tx) => tx.query("SELECT 1", [], options)),
      "tx.exec": (options) => db.transaction((tx) => tx.exec("SELECT 1", options)),
      open: (options) => open(options),
    };
    for (const [call, run] of Object.entries(calls)) {
      for (const kind of notOptions) {
        if (call === "open" && kind === "text") continue;
        const { code } = await refusalOf(() => run(values[kind] as never));
        expect(code, `${call} with ${kind}`).toBe("INVALID_OPTION");
      }
      const unknown = await refusalOf(() => run({ path: ":memory:", tiemout: 5 } as never));
      expect(unknown.code, call).toBe("INVALID_OPTION");
      expect(`${unknown.message} ${unknown.hint}`).toMatch(/Options/);
    }
  });

  test.each([
    ["rowMode", "object, array"],
    ["bigints", "mixed, bigint, string"],
    ["decimals", "string, number"],
    ["timestamps", "date, string, micros"],
    ["signal", "AbortSignal"],
    ["timeout", "milliseconds"],
  ])("%s names itself and what it may be", async (name, allowed) => {
    for (const [kind, value] of Object.entries(values)) {
      // An AbortSignal may be asked for of a proxy, which then says itself what is wrong.
      if (kind === "undefined" || (name === "signal" && kind === "revoked")) continue;
      if (name === "timeout" && kind === "number") continue;
      const { code, message } = await refusalOf(() => db.query("SELECT 1", [], { [name]: value }));
      expect(code, kind).toBe("INVALID_OPTION");
      expect(message).toContain(`"${name}"`);
      expect(message).toContain(allowed);
    }
  });

  test("a timeout is no time, or a time; 0 and Infinity set none", async () => {
    for (const timeout of [-1, NaN, "", "5", "5 parsecs", "-1s", "1e3ms", "NaN"]) {
      expect((await refusalOf(() => db.query("SELECT 1", [], { timeout }))).code).toBe(
        "INVALID_OPTION",
      );
    }
    for (const timeout of [0, Infinity, 1e300, "1h30m", "0ms"]) {
      expect((await db.query("SELECT 1 AS a", [], { timeout })).rows).toEqual([{ a: 1 }]);
    }
    const long = "SELECT count(*) FROM generate_series(1, 1000000) a";
    expect((await refusalOf(() => db.query(long, [], { timeout: 1e-9 }))).code).toBe("TIMEOUT");
  });

  test("of explain and exec are not made part of a statement", async () => {
    const analyze = "true) DELETE FROM kept --" as unknown as boolean;
    expect((await refusalOf(() => db.explain("SELECT 1", { analyze }))).message).toContain(
      '"analyze"',
    );
    const format = "text) DELETE FROM kept --" as "text";
    expect((await refusalOf(() => db.explain("SELECT 1", { format }))).message).toContain(
      '"format"',
    );
    const place = await refusalOf(() => db.explain("SELEC 1"));
    expect(place).toMatchObject({ code: "PARSE_ERROR", position: 1 });
    const onProgress = 5 as unknown as () => void;
    const early = await refusalOf(() => db.exec("CREATE TABLE u (a INT)", { onProgress }));
    expect(early).toMatchObject({ code: "INVALID_OPTION" });
  });

  test("of open say what they may be", async () => {
    const wrong: readonly (readonly [object, string])[] = [
      [{}, '"path"'],
      [{ path: "" }, '"path"'],
      [{ path: "a\0b" }, '"path"'],
      [{ path: Object.create(null) as unknown }, '"path"'],
      [{ path: ":memory:", sync: "always" }, '"sync"'],
      [{ path: ":memory:", sync: Object.create(null) as unknown }, '"sync"'],
      [{ path: ":memory:", sync: "none", syncOnCommit: true }, "not both"],
      [{ path: ":memory:", syncInterval: "soon" }, '"syncInterval"'],
      [{ path: ":memory:", syncInterval: NaN }, '"syncInterval"'],
      [{ path: ":memory:", syncInterval: "60d" }, '"syncInterval"'],
      [{ path: ":memory:", compression: "zip" }, '"compression"'],
      [{ path: ":memory:", bufferPoolSize: "1B" }, '"bufferPoolSize"'],
      [{ path: ":memory:", bufferPoolSize: Infinity }, '"bufferPoolSize"'],
      [{ path: ":memory:", maxMemoryPerQuery: -1 }, '"maxMemoryPerQuery"'],
      [{ path: ":memory:", kv: 5 }, '"kv"'],
      [{ path: ":memory:", kv: { maxSize: 1 } }, '"kv.maxSize"'],
    ];
    for (const [options, message] of wrong) {
      const refusal = await refusalOf(() => open(options as never));
      expect(refusal.code).toBe("INVALID_OPTION");
      expect(refusal.message).toContain(message);
    }
  });
});
