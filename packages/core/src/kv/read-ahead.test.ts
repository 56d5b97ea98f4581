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

const keyOf = (i: number): string => `k${String(i).padStart(5, "0")}`;
const many = Array.from({ length: 1000 }, (_, i) => keyOf(i));

describe("a scan that reads ahead", () => {
  test("gives each entry once, whatever the limit", async () => {
    await kv.setMany(many.map((key, i) => [key, i]));
    for (const limit of [1, 15, 16, 17, 48, 300, 999, 1000, 1001]) {
      const entries = [...kv.list({ limit })];
      expect(entries).toEqual(many.slice(0, limit).map((key, i) => ({ key, value: i })));
      expect(await kv.list({ limit }).count()).toBe(Math.min(limit, 1000));
    }
    expect(fixture.engine.held).toBe(0);
  });

  test("counts and gives what is left, in any combination", async () => {
    await kv.setMany(many.map((key, i) => [key, i]));
    for (const first of [0, 1, 16, 20, 999, 1000]) {
      const cursor = kv.list({ prefix: "k" });
      for (let i = 0; i < first; i++)
        expect(cursor.next().value).toEqual({ key: many[i], value: i });
      expect(await cursor.count()).toBe(1000 - first);
      expect(cursor.next()).toEqual({ done: true, value: undefined });
    }
  });

  test("skips what has expired, also many in a row", async () => {
    await kv.setMany(many.map((key, i) => ({ key, value: i, ttl: i % 100 === 7 ? "1h" : "1m" })));
    fixture.clock.advance(90_000);
    const left = many.filter((_, i) => i % 100 === 7);
    expect([...kv.keys()]).toEqual(left);
    expect([...kv.keys({ limit: 3 })]).toEqual(left.slice(0, 3));
    expect(await kv.list().count()).toBe(10);
  });

  test("reads large values few at a time, in order and none twice", async () => {
    const large = "x".repeat(100_000);
    await kv.setMany(many.slice(0, 100).map((key, i) => [key, i % 10 < 5 ? `${i}${large}` : i]));
    const seen = [...kv.list()];
    expect(seen.map(({ key }) => key)).toEqual(many.slice(0, 100));
    for (const [i, { value }] of seen.entries()) {
      expect(value).toBe(i % 10 < 5 ? `${i}${large}` : i);
    }
  });

  test("reads keys of any alphabet back, also where it goes on from one", async () => {
    const large = "x".repeat(200_000);
    const keys = ["a", "é", "\uffee", "🦊", "🦊a", "\u{10ffff}"];
    await kv.setMany(keys.map((key) => [key, large]));
    expect([...kv.list()].map(({ key }) => key)).toEqual(keys);
  });

  test("goes on through flushes, with what it has not read yet", async () => {
    await kv.setMany(many.map((key, i) => [key, i]));
    const cursor = kv.list();
    const seen: unknown[] = [];
    for (const { value } of cursor) {
      seen.push(value);
      if (seen.length % 100 !== 0) continue;
      await kv.setMany(many.map((key) => [key, "later"]));
      await fixture.checkpoint();
    }
    expect(seen).toEqual(many.map((_, i) => i));
  });

  test("is refused once its database is closed, also for entries that it has read", async () => {
    await kv.setMany(many.map((key, i) => [key, i]));
    const cursor = kv.list();
    expect(cursor.next().value).toEqual({ key: many[0], value: 0 });
    await fixture.closeEngine();
    expect(() => cursor.next()).toThrow(expect.objectContaining({ code: "DATABASE_CLOSED" }));
  });

  test("in a transaction only notes what the caller has seen", async () => {
    await kv.setMany(many.map((key, i) => [key, i]));
    let runs = 0;
    await fixture.transaction(async (tx) => {
      runs++;
      expect(tx.list().next().value).toEqual({ key: many[0], value: 0 });
      if (runs === 1) await kv.set(keyOf(5), "changed meanwhile");
      tx.set("z", 1);
    });
    expect(runs).toBe(1);
  });
});
