import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SWEEP_BATCH_ROWS } from "../limits.js";
import { KvFixture } from "../testing/kv-fixture.js";
import type { KeyValueStore } from "./index.js";
import { ENTRIES_TREE, EXPIRY_TREE } from "./layout.js";

let fixture: KvFixture;
let kv: KeyValueStore;

beforeEach(() => {
  fixture = new KvFixture();
  kv = fixture.kv;
});

afterEach(() => fixture.close());

/** Rows that lie in a tree, visible to readers or not. */
function rows(name: string): number {
  const view = fixture.engine.latest();
  const tree = view.tree(name);
  if (tree === undefined) return 0;
  const cursor = view.scan(tree);
  let count = 0;
  while (cursor.next()) count++;
  return count;
}

describe("an entry with a time to live", () => {
  test("is gone for every read at its moment, without any sweep", async () => {
    await kv.set("k", 1, { ttl: 1000 });
    await kv.set("stays", 1);
    fixture.clock.advance(999.999);
    expect(kv.get("k")).toBe(1);
    expect(kv.entry("k")!.expiresAt).toBeInstanceOf(Date);
    fixture.clock.advance(0.001);
    expect(kv.get("k")).toBeUndefined();
    expect(kv.has("k")).toBe(false);
    expect(kv.entry("k")).toBeUndefined();
    expect(kv.getMany(["k", "stays"])).toEqual([undefined, 1]);
    expect([...kv.keys()]).toEqual(["stays"]);
    expect([...kv.list({ reverse: true, limit: 5 })]).toHaveLength(1);
    expect(kv.count()).toBe(1);
    expect(rows(ENTRIES_TREE)).toBe(2);
  });

  test("stays in what was begun before its moment", async () => {
    await kv.set("k", 1, { ttl: 1000 });
    const cursor = kv.list();
    const { kv: then, held } = fixture.snapshot();
    fixture.clock.advance(1000);
    expect([...cursor]).toEqual([{ key: "k", value: 1 }]);
    expect(then.get("k")).toBe(1);
    expect(await then.keys().count()).toBe(1);
    held.release();
    expect(kv.count()).toBe(0);
  });

  test("is absent for conditions, deletes and counters", async () => {
    const ttl = { ttl: "1s" };
    await kv.setMany(
      [
        ["a", 1],
        ["b", 1],
        ["c", 1],
        ["d", 1],
      ],
      ttl,
    );
    const { version } = kv.entry("b")!;
    fixture.clock.advance(1000);
    expect(await kv.set("a", 2, { ifAbsent: true })).toBe(true);
    expect(await kv.set("b", 2, { ifVersion: version })).toBe(false);
    expect(await kv.delete("c")).toBe(false);
    expect(await kv.expire("c", "1h")).toBe(false);
    expect(await kv.persist("c")).toBe(false);
    expect(await kv.increment("d", 5)).toBe(5);
    expect(kv.entry("d")!.expiresAt).toBeUndefined();
    expect(kv.entry("d")!.createdAt).toEqual(kv.entry("a")!.createdAt);
    expect(await kv.deletePrefix("")).toBe(2);
    expect(rows(ENTRIES_TREE)).toBe(0);
    expect(rows(EXPIRY_TREE)).toBe(0);
  });

  test("lives on or not as the next write says", async () => {
    await kv.set("k", 1, { ttl: "1m" });
    const { expiresAt } = kv.entry("k")!;
    fixture.clock.advance(1000);
    await kv.set("k", 2, { keepTtl: true });
    expect(kv.entry("k")!.expiresAt).toEqual(expiresAt);
    await kv.increment("k");
    expect(kv.entry("k")!.expiresAt).toEqual(expiresAt);
    await kv.set("k", 3, { ttl: "1m" });
    expect(kv.entry("k")!.expiresAt!.getTime()).toBe(expiresAt!.getTime() + 1000);
    await kv.set("k", 4);
    expect(kv.entry("k")!.expiresAt).toBeUndefined();
    expect(rows(EXPIRY_TREE)).toBe(0);
    await kv.set("new", 1, { keepTtl: true });
    expect(kv.entry("new")!.expiresAt).toBeUndefined();
  });

  test("leaves nothing to the one that follows it", async () => {
    await kv.set("k", 1, { ttl: "1s" });
    await kv.set("l", 1, { ttl: "1s" });
    const { createdAt } = kv.entry("k")!;
    fixture.clock.advance(1001);
    await kv.set("k", 2, { keepTtl: true });
    await kv.setMany([["l", 2]]);
    for (const key of ["k", "l"]) {
      expect(kv.entry(key)!.expiresAt).toBeUndefined();
      expect(kv.entry(key)!.createdAt.getTime()).toBe(createdAt.getTime() + 1001);
    }
  });

  test("can be given more time, or all of it, without a new version", async () => {
    await kv.set("k", { a: [1n] }, { ttl: "1m" });
    const before = kv.entry("k")!;
    fixture.clock.advance(30_000);
    expect(await kv.expire("k", "1m")).toBe(true);
    expect(kv.entry("k")).toEqual({
      ...before,
      expiresAt: new Date(before.expiresAt!.getTime() + 30_000),
    });
    expect(await kv.persist("k")).toBe(true);
    expect(kv.entry("k")).toEqual({ ...before, expiresAt: undefined });
    expect(await kv.persist("k")).toBe(true);
    expect(rows(EXPIRY_TREE)).toBe(0);
    expect(await kv.expire("none", 5)).toBe(false);
  });

  test("makes a rate limit of a counter", async () => {
    const hit = (): Promise<number> => kv.increment("ip", 1, { ttl: "1m" });
    expect(await hit()).toBe(1);
    fixture.clock.advance(59_000);
    expect(await hit()).toBe(2);
    fixture.clock.advance(1000);
    expect(await hit()).toBe(1);
  });

  test("may have a time of its own among many", async () => {
    await kv.setMany(
      [
        { key: "short", value: 1, ttl: "1s" },
        { key: "default", value: 1 },
        { key: "twice", value: 1, ttl: "1s" },
        { key: "twice", value: 2, ttl: "1h" },
      ],
      { ttl: "1m" },
    );
    expect(rows(EXPIRY_TREE)).toBe(3);
    fixture.clock.advance(1000);
    expect(kv.getMany(["short", "default", "twice"])).toEqual([undefined, 1, 2]);
    fixture.clock.advance(59_000);
    expect(kv.getMany(["short", "default", "twice"])).toEqual([undefined, undefined, 2]);
    expect(kv.sweep()).toBe(2);
    expect(kv.sweep()).toBe(0);
  });
});

describe("the sweeper", () => {
  test("sets no timer while nothing expires", async () => {
    await kv.set("k", 1);
    expect(fixture.timers.pending).toBe(0);
    await kv.set("k", 1, { ttl: "1h" });
    await kv.set("k", 1, { ttl: "2h" });
    expect(fixture.timers.pending).toBe(1);
  });

  test("removes what is due when it is due, and only that", async () => {
    await kv.set("a", 1, { ttl: "10s" });
    await kv.set("b", 1, { ttl: "20s" });
    await kv.namespace("n").set("c", 1, { ttl: "5s" });
    fixture.timers.advance(4999);
    expect(rows(ENTRIES_TREE)).toBe(3);
    fixture.timers.advance(2);
    expect(rows(ENTRIES_TREE)).toBe(2);
    fixture.timers.advance(5000);
    expect([...kv.keys()]).toEqual(["b"]);
    expect(rows(ENTRIES_TREE)).toBe(1);
    expect(rows(EXPIRY_TREE)).toBe(1);
    fixture.timers.advance(10_000);
    expect(rows(ENTRIES_TREE)).toBe(0);
    expect(rows(EXPIRY_TREE)).toBe(0);
    expect(fixture.timers.pending).toBe(0);
  });

  test("works in bounded batches until all is gone", async () => {
    const count = SWEEP_BATCH_ROWS * 2 + 10;
    await kv.setMany(
      Array.from({ length: count }, (_, i) => [`k${i}`, i]),
      { ttl: 1000 },
    );
    fixture.clock.advance(1000);
    expect(kv.sweep()).toBe(SWEEP_BATCH_ROWS);
    expect(rows(ENTRIES_TREE)).toBe(count - SWEEP_BATCH_ROWS);
    fixture.timers.advance(10);
    expect(rows(ENTRIES_TREE)).toBe(0);
  });

  test("rests between sweeps", async () => {
    for (let i = 1; i <= 10; i++) await kv.set(`k${i}`, i, { ttl: i * 100 });
    fixture.timers.advance(101);
    expect(rows(ENTRIES_TREE)).toBe(9);
    fixture.timers.advance(950);
    expect(kv.count()).toBe(0);
    expect(rows(ENTRIES_TREE)).toBe(9);
    fixture.timers.advance(51);
    expect(rows(ENTRIES_TREE)).toBe(0);
  });

  test("takes up what an earlier run left", async () => {
    await kv.set("k", 1, { ttl: "1s" });
    kv.close();
    fixture.clock.advance(5000);
    const again = fixture.openStore();
    fixture.timers.advance(1);
    expect(rows(ENTRIES_TREE)).toBe(0);
    again.close();
  });

  test("stops with the database", async () => {
    await kv.set("k", 1, { ttl: "1s" });
    await fixture.closeEngine();
    fixture.timers.advance(1000);
    expect(fixture.timers.pending).toBe(0);
  });

  test("does nothing after close", async () => {
    await kv.set("k", 1, { ttl: "1s" });
    kv.close();
    fixture.timers.advance(5000);
    expect(rows(ENTRIES_TREE)).toBe(1);
    await kv.set("l", 1, { ttl: "1s" });
    expect(fixture.timers.pending).toBe(0);
  });
});
