import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MAX_KV_KEY_BYTES } from "../limits.js";
import { KvFixture } from "../testing/kv-fixture.js";
import type { KeyValueStore } from "./index.js";

/** The store as plain JavaScript sees it: anything may be passed anywhere. */
type Untyped = Record<string, (...args: unknown[]) => unknown>;

let fixture: KvFixture;
let kv: KeyValueStore;
let untyped: Untyped;

beforeEach(() => {
  fixture = new KvFixture({ maxValueBytes: 1000 });
  kv = fixture.kv;
  untyped = kv as unknown as Untyped;
});

afterEach(() => fixture.close());

const error = (code: string, message?: RegExp): unknown =>
  expect.objectContaining({
    name: "AegisError",
    code,
    ...(message === undefined ? {} : { message: expect.stringMatching(message) as string }),
  });

/** Calls a write; a failure must be a rejection, so a throw fails the test. */
async function rejection(call: () => unknown): Promise<unknown> {
  const result = call();
  expect(result).toBeInstanceOf(Promise);
  return (result as Promise<unknown>).then(
    () => "resolved",
    (reason: unknown) => reason,
  );
}

const KEY_READS = ["get", "entry", "has"];
const KEY_WRITES: [name: string, ...rest: unknown[]][] = [
  ["set", 1],
  ["delete"],
  ["increment"],
  ["expire", "1h"],
  ["persist"],
];

describe("keys", () => {
  const bad: [what: string, key: unknown, code: string, message: RegExp][] = [
    ["undefined", undefined, "INVALID_KEY", /must be a string, not undefined/],
    ["null", null, "INVALID_KEY", /not null/],
    ["a number", 5, "INVALID_KEY", /not 5/],
    ["a bigint", 5n, "INVALID_KEY", /not 5n/],
    ["an object", { toString: () => "k" }, "INVALID_KEY", /not an object/],
    ["an array", ["k"], "INVALID_KEY", /not an array/],
    ["a symbol", Symbol("k"), "INVALID_KEY", /not a symbol/],
    ["a function", () => "k", "INVALID_KEY", /not a function/],
    ["empty", "", "INVALID_KEY", /must not be empty/],
    ["too long", "x".repeat(1025), "INVALID_KEY", /"x{40}…" has at least 1025 bytes.*1024/],
    ["too long in UTF-8", "é".repeat(513), "INVALID_KEY", /has 1026 bytes/],
    ["far too long", "x".repeat(10_000_000), "INVALID_KEY", /at least 10000000 bytes/],
    ["with NUL", "a\0b", "INVALID_TEXT", /"a\\u0000b" holds a NUL/],
    ["with a lone surrogate", "a\ud800", "INVALID_TEXT", /"a\\ud800" holds a lone surrogate/],
  ];

  test.each(bad)("%s: reads throw, writes reject", async (_, key, code, message) => {
    for (const namespace of [untyped, kv.namespace("none") as unknown as Untyped]) {
      for (const name of KEY_READS) {
        expect(() => namespace[name]!(key)).toThrow(error(code, message));
      }
      expect(() => namespace["getMany"]!([key])).toThrow(error(code, message));
      for (const [name, ...rest] of KEY_WRITES) {
        expect(await rejection(() => namespace[name]!(key, ...rest))).toEqual(error(code, message));
      }
      for (const entries of [[[key, 1]], [{ key, value: 1 }]]) {
        expect(await rejection(() => namespace["setMany"]!(entries))).toEqual(error(code, message));
      }
      expect(await rejection(() => namespace["deleteMany"]!([key]))).toEqual(error(code, message));
    }
    expect(kv.namespaces()).toEqual([]);
  });

  test("up to the limit work, in one byte and in four", async () => {
    for (const key of ["x".repeat(MAX_KV_KEY_BYTES), "🦊".repeat(256), "é".repeat(512), "\uffff"]) {
      await kv.set(key, "there");
      expect(kv.get(key)).toBe("there");
      expect([...kv.keys({ prefix: key })]).toEqual([key]);
      expect(await kv.delete(key)).toBe(true);
    }
  });

  test.each(["__proto__", "constructor", "toString", "hasOwnProperty", "__proto__.x", " ", "\n"])(
    "%j is a key as any other",
    async (key) => {
      expect(kv.get(key)).toBeUndefined();
      await kv.set(key, { own: key });
      expect(kv.get(key)).toEqual({ own: key });
      expect([...kv.keys()]).toEqual([key]);
      await kv.namespace(key).set(key, 1);
      expect(kv.namespace(key).get(key)).toBe(1);
      expect(kv.namespaces()).toContain(key);
    },
  );
});

describe("values", () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  const deep: unknown = Array.from({ length: 100_000 }).reduce<unknown>((inner) => [inner], 0);

  test.each([
    ["nothing", undefined],
    ["a function", () => 1],
    ["a symbol", Symbol("s")],
    ["a function inside", { a: [() => 1] }],
    ["a symbol inside", [Symbol("s")]],
    ["a cycle", cyclic],
    ["a depth beyond reason", deep],
    ["text with a lone surrogate", "a\udc00"],
    ["a property with NUL in its name", { "a\0": 1 }],
    ["a promise", Promise.resolve(1)],
    ["a weak map", new WeakMap()],
  ])("%s is refused, and changes nothing", async (_, value) => {
    await kv.set("k", "before");
    const reason = await rejection(() => kv.set("k", value));
    expect(reason).toMatchObject({
      name: "AegisError",
      code: expect.stringMatching(
        /^(UNSUPPORTED_VALUE|INVALID_TEXT|NESTING_TOO_DEEP|LIMIT_EXCEEDED)$/,
      ) as string,
    });
    expect(kv.get("k")).toBe("before");
    expect(
      await rejection(() =>
        kv.setMany([
          ["l", 1],
          ["k", value],
        ]),
      ),
    ).toBeInstanceOf(Error);
    expect(kv.has("l")).toBe(false);
  });

  test("with __proto__ keep it as a plain property and pollute nothing", async () => {
    const value = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}') as object;
    await kv.set("k", value);
    const got = kv.get<Record<string, unknown>>("k")!;
    expect(JSON.stringify(got)).toBe(JSON.stringify(value));
    expect(Object.getPrototypeOf(got)).toBe(Object.prototype);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test("beyond the limit are refused with both sizes, and up to it they are not", async () => {
    for (const value of [
      "x".repeat(1001),
      "🦊".repeat(300),
      new Uint8Array(1001),
      Array.from({ length: 600 }, () => "ab"),
      { deep: { deeper: ["x".repeat(2000)] } },
      new Map([["k", "x".repeat(2000)]]),
      2n ** 60000n,
    ]) {
      const reason = await rejection(() => kv.set("big", value));
      expect(reason).toMatchObject({ name: "AegisError" });
      expect(["VALUE_TOO_LARGE", "UNSUPPORTED_VALUE"]).toContain((reason as { code: string }).code);
    }
    expect(await rejection(() => kv.set("big", "x".repeat(5000)))).toEqual(
      error("VALUE_TOO_LARGE", /"big" takes 500\d bytes; the limit is 1000/),
    );
    for (const value of ["x".repeat(900), "é".repeat(450), new Uint8Array(900)]) {
      await kv.set("fits", value);
      expect(kv.get("fits")).toEqual(value);
    }
  });
});

describe("options", () => {
  const badWrites: [name: string, args: unknown[], message: RegExp][] = [
    ["set", ["k", 1, { tll: 5 }], /set has no option "tll"/],
    ["set", ["k", 1, { ttl: 0 }], /ttl must be above 0/],
    ["set", ["k", 1, { ttl: -1 }], /ttl must be above 0/],
    ["set", ["k", 1, { ttl: NaN }], /ttl must be above 0/],
    ["set", ["k", 1, { ttl: Infinity }], /ttl must be above 0/],
    ["set", ["k", 1, { ttl: "soon" }], /ttl is "soon"/],
    ["set", ["k", 1, { ttl: "0s" }], /ttl must be above 0/],
    ["set", ["k", 1, { ttl: new Date() }], /ttl is an object/],
    ["set", ["k", 1, { ttl: "1h", keepTtl: true }], /ttl and keepTtl/],
    ["set", ["k", 1, { ifAbsent: 1 }], /ifAbsent must be true or false/],
    ["set", ["k", 1, { ifAbsent: true, ifVersion: 1n }], /ifAbsent and ifVersion/],
    ["set", ["k", 1, { ifVersion: "7" }], /ifVersion is "7"/],
    ["set", ["k", 1, { ifVersion: -1 }], /ifVersion is -1/],
    ["set", ["k", 1, { ifVersion: 1.5 }], /ifVersion is 1.5/],
    ["set", ["k", 1, { ifVersion: 2n ** 70n }], /ifVersion is \d+n/],
    ["set", ["k", 1, null], /options of set must be an object, not null/],
    ["set", ["k", 1, 5], /options of set must be an object, not 5/],
    ["set", ["k", 1, "1h"], /options of set must be an object, not "1h"/],
    ["set", ["k", 1, []], /options of set must be an object, not an array/],
    ["setMany", [[["k", 1]], { ifAbsent: true }], /setMany has no option "ifAbsent"/],
    ["setMany", [[{ key: "k", value: 1, tll: 1 }]], /an entry of setMany has no option "tll"/],
    ["setMany", [[{ key: "k", value: 1, ttl: "x" }]], /ttl is "x"/],
    ["delete", ["k", { prefix: "x" }], /delete has no option "prefix"/],
    ["increment", ["k", 1, { by: 1 }], /increment has no option "by"/],
    ["expire", ["k", 0], /ttl must be above 0/],
    ["deletePrefix", [undefined], /prefix must be a string, not undefined/],
    ["deletePrefix", [5], /prefix must be a string, not 5/],
  ];

  test.each(badWrites)("%s is refused %#", async (name, args, message) => {
    expect(await rejection(() => untyped[name]!(...args))).toEqual(
      error("INVALID_OPTION", message),
    );
    expect(kv.count()).toBe(0);
  });

  test("an unknown option's error says what there is", async () => {
    const reason = await rejection(() => untyped["set"]!("k", 1, { px: 5 }));
    expect(reason).toMatchObject({ hint: "Its options are ttl, keepTtl, ifAbsent, ifVersion." });
  });

  test.each([
    ["list", [{ limit: -1 }], /limit must be a whole number from 0, not -1/],
    ["list", [{ limit: 1.5 }], /limit must be/],
    ["list", [{ limit: "5" }], /limit must be/],
    ["list", [{ revers: true }], /list has no option "revers"/],
    ["list", [{ reverse: "yes" }], /reverse must be true or false/],
    ["list", [{ prefix: 5 }], /prefix must be a string/],
    ["list", [{ start: null }], /start must be a string, not null/],
    ["keys", [{ end: {} }], /end must be a string, not an object/],
    ["keys", ["user:"], /options of keys must be an object, not "user:"/],
    ["count", [{ limit: 5 }], /count has no option "limit"/],
    ["count", [{ prefix: "x".repeat(3000) }], /prefix "x{40}…" is far longer/],
    ["watch", [{ key: "k" }], /watch has no option "key"/],
    ["watch", [{ signal: {} }], /signal must be an AbortSignal/],
    ["watch", [{ prefix: 7 }], /prefix must be a string/],
  ])("%s(%j) throws", (name, args, message) => {
    for (const namespace of [untyped, kv.namespace("none") as unknown as Untyped]) {
      expect(() => namespace[name]!(...args)).toThrow(error("INVALID_OPTION", message));
    }
  });

  test("undefined options are options left out", async () => {
    await kv.set("k", 1, { ttl: undefined, ifAbsent: undefined, ifVersion: undefined });
    const options = { prefix: undefined, start: undefined, end: undefined, limit: undefined };
    expect([...kv.list({ ...options, reverse: undefined })]).toHaveLength(1);
    expect(kv.entry("k")!.expiresAt).toBeUndefined();
  });
});

describe("other arguments", () => {
  test.each([
    ["setMany", ["text"]],
    ["setMany", [undefined]],
    ["setMany", [{ a: 1 }]],
    ["setMany", [[5]]],
    ["setMany", [["ab"]]],
    ["setMany", [[["only key"]]]],
    ["setMany", [[["k", 1, "extra"]]]],
    ["setMany", [[null]]],
    ["setMany", [[{ value: 1 }]]],
    ["deleteMany", ["text"]],
    ["deleteMany", [undefined]],
    ["increment", ["k", "1"]],
    ["increment", ["k", NaN]],
    ["increment", ["k", Infinity]],
    ["increment", ["k", null]],
    ["expire", ["k"]],
  ])("%s(%j) is refused", async (name, args) => {
    expect(await rejection(() => untyped[name]!(...args))).toEqual(error("INVALID_ARGUMENT"));
    expect(kv.count()).toBe(0);
  });

  test.each([["text"], [undefined], [5], [{ length: 1 }]])("getMany(%j) throws", (keys) => {
    expect(() => untyped["getMany"]!(keys)).toThrow(error("INVALID_ARGUMENT"));
  });

  test.each([
    [undefined, "INVALID_ARGUMENT"],
    [null, "INVALID_ARGUMENT"],
    [5, "INVALID_ARGUMENT"],
    ["", "INVALID_ARGUMENT"],
    ["x".repeat(1025), "INVALID_ARGUMENT"],
    ["a\0", "INVALID_TEXT"],
    ["\ud800", "INVALID_TEXT"],
  ])("namespace(%j) throws", (name, code) => {
    expect(() => untyped["namespace"]!(name)).toThrow(error(code));
  });

  test("an iterable that throws is a rejection, and nothing is written", async () => {
    const entries = (function* () {
      yield ["k", 1] as const;
      throw new Error("mine");
    })();
    expect(await rejection(() => kv.setMany(entries))).toEqual(new Error("mine"));
    expect(kv.has("k")).toBe(false);
  });

  test("a getter that writes or throws while it is stored does no harm", async () => {
    const writing = {
      get x() {
        void kv.set("other", 1);
        return "x".repeat(10);
      },
    };
    await kv.set("k", writing);
    expect(kv.get("k")).toEqual({ x: "xxxxxxxxxx" });
    expect(kv.get("other")).toBe(1);
    const throwing = {
      get x(): number {
        throw new Error("mine");
      },
    };
    expect(await rejection(() => kv.set("k", throwing))).toEqual(new Error("mine"));
    expect(kv.get("k")).toEqual({ x: "xxxxxxxxxx" });
  });

  test("after close, reads throw and writes reject", async () => {
    await kv.set("k", 1);
    await fixture.closeEngine();
    for (const read of [
      () => kv.get("k"),
      () => kv.entry("k"),
      () => kv.has("k"),
      () => kv.getMany(["k"]),
      () => kv.list(),
      () => kv.keys(),
      () => kv.count(),
      () => kv.watch(),
      () => kv.namespaces(),
    ]) {
      expect(read).toThrow(error("DATABASE_CLOSED"));
    }
    for (const [name, ...rest] of KEY_WRITES) {
      expect(await rejection(() => untyped[name]!("k", ...rest))).toEqual(error("DATABASE_CLOSED"));
    }
  });
});
