import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { KvFixture, START_MICROS } from "../testing/kv-fixture.js";
import type { KeyValueStore } from "./index.js";

let fixture: KvFixture;
let kv: KeyValueStore;

beforeEach(() => {
  fixture = new KvFixture();
  kv = fixture.kv;
});

afterEach(() => fixture.close());

describe("get, set, has, delete", () => {
  test("a value is there when set returns, and still when its promise settles", async () => {
    const done = kv.set("greeting", "hello");
    expect(kv.get("greeting")).toBe("hello");
    expect(await done).toBe(true);
    expect(kv.get("greeting")).toBe("hello");
    expect(kv.has("greeting")).toBe(true);
  });

  test("what is not there is undefined, and null is a value", async () => {
    expect(kv.get("nothing")).toBeUndefined();
    expect(kv.has("nothing")).toBe(false);
    await kv.set("null", null);
    expect(kv.get("null")).toBeNull();
    expect(kv.has("null")).toBe(true);
  });

  test("delete tells whether there was something", async () => {
    await kv.set("k", 1);
    const first = kv.delete("k");
    expect(kv.has("k")).toBe(false);
    expect(await first).toBe(true);
    expect(await kv.delete("k")).toBe(false);
    expect(await kv.delete("never")).toBe(false);
  });

  test("values come back as they went in", async () => {
    const values: readonly unknown[] = [
      "",
      "text with ünïcödé and 🦊",
      0,
      -1.5,
      1e308,
      Number.MAX_SAFE_INTEGER,
      true,
      false,
      null,
      [],
      [1, [2, [3]]],
      {},
      { a: { b: { c: [1, "two", null] } } },
      new Date(1_700_000_000_123),
      123n,
      -(2n ** 63n),
      new Uint8Array([0, 1, 255]),
      new Map<unknown, unknown>([
        ["a", 1],
        [2, new Map([["b", null]])],
      ]),
      new Set([1, "two", 3n]),
      { when: new Date(0), bytes: new Uint8Array(3), big: 2n ** 62n },
    ];
    for (const [i, value] of values.entries()) {
      await kv.set(`v${i}`, value);
      expect(kv.get(`v${i}`)).toEqual(value);
    }
  });

  test("what was stored does not change with the object, nor with what get gave", async () => {
    const value = { list: [1] };
    await kv.set("k", value);
    value.list.push(2);
    const got = kv.get<{ list: number[] }>("k")!;
    expect(got).toEqual({ list: [1] });
    got.list.push(3);
    expect(kv.get("k")).toEqual({ list: [1] });
  });

  test("getMany gives the values in the order of the keys", async () => {
    await kv.setMany([
      ["a", 1],
      ["b", 2],
    ]);
    expect(kv.getMany(["b", "missing", "a", "b"])).toEqual([2, undefined, 1, 2]);
    expect(kv.getMany(new Set(["a"]))).toEqual([1]);
    expect(kv.getMany([])).toEqual([]);
  });
});

describe("entry", () => {
  test("has version and times", async () => {
    await kv.set("k", "one");
    const first = kv.entry("k")!;
    expect(first).toEqual({
      key: "k",
      value: "one",
      version: expect.any(BigInt) as bigint,
      createdAt: new Date(START_MICROS / 1000),
      updatedAt: new Date(START_MICROS / 1000),
      expiresAt: undefined,
    });
    fixture.clock.advance(5000);
    await kv.set("k", "two", { ttl: "1m" });
    const second = kv.entry("k")!;
    expect(second.version).toBeGreaterThan(first.version);
    expect(second.createdAt).toEqual(first.createdAt);
    expect(second.updatedAt.getTime()).toBe(first.updatedAt.getTime() + 5000);
    expect(second.expiresAt!.getTime()).toBe(second.updatedAt.getTime() + 60_000);
    expect(kv.entry("missing")).toBeUndefined();
  });

  test("a key that was deleted begins a new life", async () => {
    await kv.set("k", 1);
    await kv.delete("k");
    fixture.clock.advance(1000);
    await kv.set("k", 2);
    expect(kv.entry("k")!.createdAt.getTime()).toBe(START_MICROS / 1000 + 1000);
  });
});

describe("conditions", () => {
  test("ifAbsent writes once", async () => {
    expect(await kv.set("lock", "a", { ifAbsent: true })).toBe(true);
    expect(await kv.set("lock", "b", { ifAbsent: true })).toBe(false);
    expect(kv.get("lock")).toBe("a");
  });

  test("ifVersion writes only over that version", async () => {
    await kv.set("k", 1);
    const { version } = kv.entry("k")!;
    expect(await kv.set("k", 2, { ifVersion: version })).toBe(true);
    expect(await kv.set("k", 3, { ifVersion: version })).toBe(false);
    expect(await kv.set("k", 3, { ifVersion: Number(kv.entry("k")!.version) })).toBe(true);
    expect(await kv.set("missing", 1, { ifVersion: version })).toBe(false);
    expect(kv.has("missing")).toBe(false);
    expect(await kv.delete("k", { ifVersion: version })).toBe(false);
    expect(await kv.delete("k", { ifVersion: kv.entry("k")!.version })).toBe(true);
  });

  test("a condition that fails creates no namespace", async () => {
    expect(await kv.namespace("n").set("k", 1, { ifVersion: 1n })).toBe(false);
    expect(fixture.engine.latest().tree("kv.entries")).toBeUndefined();
  });

  test("of many that set one key if it is absent, one wins", async () => {
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, i) => kv.set("leader", i, { ifAbsent: true })),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(kv.get("leader")).toBe(results.indexOf(true));
  });
});

describe("setMany, deleteMany, deletePrefix, clear", () => {
  test("setMany takes pairs, objects, maps and generators", async () => {
    await kv.setMany(new Map([["map", 1]]));
    await kv.setMany([["pair", 2], { key: "object", value: 3 }]);
    await kv.setMany(
      (function* () {
        yield ["generated", 4] as const;
      })(),
    );
    expect(kv.getMany(["map", "pair", "object", "generated"])).toEqual([1, 2, 3, 4]);
    await kv.setMany([]);
  });

  test("setMany is all or nothing, and the last of a key wins", async () => {
    await kv.setMany([
      ["a", 1],
      ["b", 2],
      ["a", 3],
    ]);
    expect(kv.get("a")).toBe(3);
    await expect(
      kv.setMany([
        ["a", 4],
        ["", 5],
      ]),
    ).rejects.toMatchObject({ code: "INVALID_KEY" });
    expect(kv.get("a")).toBe(3);
  });

  test("the iterable of setMany may use the database itself", async () => {
    await kv.setMany(
      (function* () {
        for (let i = 0; i < 3; i++) {
          void kv.increment("made");
          yield [`k${i}`, kv.get("made")] as const;
        }
      })(),
    );
    expect(kv.getMany(["k0", "k1", "k2"])).toEqual([1, 2, 3]);
  });

  test("deleteMany counts what was there", async () => {
    await kv.setMany([
      ["a", 1],
      ["b", 2],
      ["c", 3],
    ]);
    expect(await kv.deleteMany(["a", "a", "c", "x"])).toBe(2);
    expect(kv.keys().next().value).toBe("b");
  });

  test("deletePrefix and clear stay within their namespace", async () => {
    const other = kv.namespace("other");
    await kv.setMany(["user:1", "user:2", "users", "us"].map((key) => [key, 1]));
    await other.set("user:1", 1);
    expect(await kv.deletePrefix("user:")).toBe(2);
    expect([...kv.keys()]).toEqual(["us", "users"]);
    expect(await kv.deletePrefix("nothing")).toBe(0);
    expect(await kv.clear()).toBe(2);
    expect(kv.count()).toBe(0);
    expect(other.count()).toBe(1);
    expect(await kv.namespace("never").clear()).toBe(0);
  });
});

describe("increment", () => {
  test("counts from zero and gives the sum", async () => {
    expect(await kv.increment("n")).toBe(1);
    expect(await kv.increment("n", 10)).toBe(11);
    expect(await kv.increment("n", -1.5)).toBe(9.5);
    expect(kv.get("n")).toBe(9.5);
  });

  test("keeps bigints exact", async () => {
    expect(await kv.increment("big", 2n ** 62n)).toBe(2n ** 62n);
    expect(await kv.namespace<bigint>("default").increment("big", 1)).toBe(2n ** 62n + 1n);
    expect(kv.get("big")).toBe(2n ** 62n + 1n);
  });

  test("refuses what is not a number and leaves it", async () => {
    await kv.set("text", "5");
    await expect(kv.increment("text")).rejects.toMatchObject({ code: "NOT_A_NUMBER" });
    expect(kv.get("text")).toBe("5");
    await kv.set("full", Number.MAX_SAFE_INTEGER);
    await expect(kv.increment("full")).rejects.toMatchObject({ code: "NUMERIC_OUT_OF_RANGE" });
    expect(kv.get("full")).toBe(Number.MAX_SAFE_INTEGER);
  });

  test("loses none of many at once", async () => {
    const sums = await Promise.all(Array.from({ length: 500 }, () => kv.increment("n")));
    expect(sums).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
    expect(kv.get("n")).toBe(500);
  });
});

describe("namespaces", () => {
  test("keep their keys apart", async () => {
    const a = kv.namespace<number>("a");
    const b = kv.namespace<number>("b");
    await Promise.all([a.set("k", 1), b.set("k", 2), kv.set("k", 3)]);
    expect([a.get("k"), b.get("k"), kv.get("k")]).toEqual([1, 2, 3]);
    expect([...a.keys()]).toEqual(["k"]);
    await a.delete("k");
    expect([a.get("k"), b.get("k"), kv.get("k")]).toEqual([undefined, 2, 3]);
  });

  test("come into being with their first entry and are listed while they hold one", async () => {
    const late = kv.namespace<number>("late");
    expect(late.get("k")).toBeUndefined();
    expect(late.has("k")).toBe(false);
    expect(late.entry("k")).toBeUndefined();
    expect(late.count()).toBe(0);
    expect([...late.list()]).toEqual([]);
    expect(kv.namespaces()).toEqual([]);
    expect(fixture.engine.latest().tree("kv.namespaces")).toBeUndefined();
    await late.set("k", 1);
    await kv.namespace("early").set("k", 1);
    expect(kv.namespaces()).toEqual(["early", "late"]);
    await kv.set("k", 1);
    expect(kv.namespaces()).toEqual(["default", "early", "late"]);
    await late.clear();
    expect(kv.namespaces()).toEqual(["default", "early"]);
  });

  test("of the same name are the same, and the default one is called default", async () => {
    await kv.namespace("n").set("k", 1);
    expect(kv.namespace("n").get("k")).toBe(1);
    await kv.set("d", 1);
    expect(kv.namespace("default").get("d")).toBe(1);
    expect(kv.name).toBe("default");
  });

  test("are found again by another store over the same engine", async () => {
    await kv.namespace("n").set("k", 1);
    await kv.namespace("m").set("k", 2);
    const again = fixture.openStore();
    expect(again.namespace("n").get("k")).toBe(1);
    await again.namespace("o").set("k", 3);
    expect(kv.namespaces()).toEqual(["m", "n", "o"]);
    expect([kv.namespace("m").get("k"), kv.namespace("o").get("k")]).toEqual([2, 3]);
    again.close();
  });
});
