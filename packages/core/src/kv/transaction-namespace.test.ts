import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { KvFixture } from "../testing/kv-fixture.js";
import type { KeyValueStore } from "./index.js";

let fixture: KvFixture;
let kv: KeyValueStore;

beforeEach(() => {
  fixture = new KvFixture();
  kv = fixture.kv;
});

afterEach(() => fixture.close());

describe("inside a transaction", () => {
  test("writes give plain values and are read back at once", async () => {
    await kv.set("old", 1, { ttl: "1h" });
    const seen = await fixture.transaction((tx) => {
      expect(tx.set("a", 1)).toBe(true);
      expect(tx.set("a", 2, { ifAbsent: true })).toBe(false);
      expect(tx.get("a")).toBe(1);
      tx.setMany([
        ["b", 2],
        ["c", 3],
      ]);
      expect(tx.increment("a", 10)).toBe(11);
      expect(tx.increment("big", 1n)).toBe(1n);
      expect(tx.delete("c")).toBe(true);
      expect(tx.delete("c")).toBe(false);
      expect(tx.expire("b", "1m")).toBe(true);
      expect(tx.entry("b")!.expiresAt).toBeInstanceOf(Date);
      expect(tx.persist("old")).toBe(true);
      expect(tx.entry("old")!.expiresAt).toBeUndefined();
      expect(tx.has("c")).toBe(false);
      expect(tx.getMany(["a", "b", "c"])).toEqual([11, 2, undefined]);
      expect([...tx.keys()]).toEqual(["a", "b", "big", "old"]);
      expect(tx.count()).toBe(4);
      expect(tx.deletePrefix("b")).toBe(2);
      expect(kv.get("a")).toBeUndefined();
      return [...tx.list({ reverse: true })];
    });
    expect(seen).toEqual([
      { key: "old", value: 1 },
      { key: "a", value: 11 },
    ]);
    expect([...kv.keys()]).toEqual(["a", "old"]);
  });

  test("several namespaces change together", async () => {
    const accounts = kv.namespace<number>("accounts");
    await accounts.setMany([
      ["alice", 100],
      ["bob", 0],
    ]);
    await fixture.transaction((tx) => {
      const inside = tx.namespace<number>("accounts");
      inside.increment("alice", -30);
      inside.increment("bob", 30);
      tx.namespace("journal").set("1", { from: "alice", to: "bob", amount: 30 });
      tx.set("last", "1");
      expect(tx.namespaces()).toEqual(["accounts", "default", "journal"]);
      expect(kv.namespaces()).toEqual(["accounts"]);
    });
    expect(accounts.getMany(["alice", "bob"])).toEqual([70, 30]);
    expect(kv.namespace("journal").count()).toBe(1);
    expect(kv.get("last")).toBe("1");
  });

  test("a throw takes everything back, new namespaces too", async () => {
    await kv.set("k", 1);
    const failing = fixture.transaction((tx) => {
      tx.set("k", 2, { ttl: "1m" });
      tx.namespace("new").set("x", 1);
      expect(tx.namespace("new").get("x")).toBe(1);
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(kv.get("k")).toBe(1);
    expect(kv.namespaces()).toEqual(["default"]);
    await kv.namespace("other").set("x", 2);
    expect(kv.namespace("new").get("x")).toBeUndefined();
    await kv.namespace("new").set("x", 3);
    expect(kv.namespace("other").get("x")).toBe(2);
  });

  test("a write that fails leaves nothing of itself, and the rest goes on", async () => {
    await fixture.transaction((tx) => {
      tx.set("k", 1);
      expect(() =>
        tx.setMany([
          ["k", 2],
          ["l", () => undefined],
        ]),
      ).toThrow(expect.objectContaining({ code: "UNSUPPORTED_VALUE" }));
      expect(() => tx.set("", 1)).toThrow(expect.objectContaining({ code: "INVALID_KEY" }));
      expect(() => tx.increment("k", NaN)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
      expect(tx.get("k")).toBe(1);
      expect(tx.has("l")).toBe(false);
    });
    expect([...kv.list()]).toEqual([{ key: "k", value: 1 }]);
  });

  test("writing while iterating does not disturb the iteration", async () => {
    await kv.setMany(["a", "b", "c"].map((key) => [key, 1]));
    await fixture.transaction((tx) => {
      const seen: string[] = [];
      for (const { key } of tx.list()) {
        seen.push(key);
        tx.set(`${key}+`, 2);
        tx.delete("c");
      }
      expect(seen).toEqual(["a", "b", "c"]);
      expect([...tx.keys()]).toEqual(["a", "a+", "b", "b+", "c+"]);
    });
  });

  test("asynchronous increments conflict, are retried, and all count", async () => {
    const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    await Promise.all(
      Array.from({ length: 20 }, () =>
        fixture.transaction(
          async (tx) => {
            const before = tx.get<number>("n") ?? 0;
            await pause();
            tx.set("n", before + 1);
          },
          { maxRetries: 1000 },
        ),
      ),
    );
    expect(kv.get("n")).toBe(20);
  });

  test("two that make namespaces at once end with two namespaces", async () => {
    const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    await Promise.all(
      ["a", "b", "a"].map((name, i) =>
        fixture.transaction(
          async (tx) => {
            tx.namespace(name).set(`k${i}`, i);
            await pause();
          },
          { isolation: i === 0 ? "snapshot" : "serializable" },
        ),
      ),
    );
    expect(kv.namespaces()).toEqual(["a", "b"]);
    expect([...kv.namespace("a").keys()]).toEqual(["k0", "k2"]);
    expect([...kv.namespace("b").keys()]).toEqual(["k1"]);
  });

  test("a read-only transaction refuses writes, in a new namespace too", async () => {
    await kv.set("k", 1);
    await fixture.transaction(
      (tx) => {
        expect(tx.get("k")).toBe(1);
        for (const write of [
          () => tx.set("k", 2),
          () => tx.delete("k"),
          () => tx.namespace("new").set("k", 2),
          () => tx.deletePrefix("k"),
        ]) {
          expect(write).toThrow(expect.objectContaining({ code: "READ_ONLY_TRANSACTION" }));
        }
      },
      { readOnly: true },
    );
    expect(kv.get("k")).toBe(1);
  });

  test("after its end a transaction's accessors refuse", async () => {
    await kv.set("k", 1);
    const kept = await fixture.transaction((tx) => ({ tx }));
    expect(() => kept.tx.get("k")).toThrow(expect.objectContaining({ code: "TRANSACTION_ENDED" }));
    expect(() => kept.tx.set("k", 2)).toThrow(
      expect.objectContaining({ code: "TRANSACTION_ENDED" }),
    );
    expect(kv.get("k")).toBe(1);
  });
});
