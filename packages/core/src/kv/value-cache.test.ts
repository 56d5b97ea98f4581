import { describe, expect, test } from "vitest";
import { KvFixture } from "../testing/kv-fixture.js";

const MB = 1024 * 1024;
/** Reads after which a value is kept, objects (whose shape is compiled then) too. */
const READS = 12;
/** A pool of 1 MB leaves half to kept values, and the smallest table of keys read before. */
const SMALL = { bufferPoolBytes: MB };
const DOORS = 4096;

function pooled(fixture: KvFixture): number {
  return fixture.opened.pool.stats().bytes;
}

function readOften(read: () => unknown): unknown {
  let value: unknown;
  for (let i = 0; i < READS; i++) value = read();
  return value;
}

describe("values that are kept", () => {
  test.each<[string, (fixture: KvFixture) => unknown, unknown]>([
    ["a set", ({ kv }) => kv.set("k", 2), 2],
    ["a set of many", ({ kv }) => kv.setMany([["k", 3]]), 3],
    ["an increment", ({ kv }) => kv.increment("k"), 2],
    ["a deletion", ({ kv }) => kv.delete("k"), undefined],
    ["a deletion of many", ({ kv }) => kv.deleteMany(["k"]), undefined],
    ["a deletion by prefix", ({ kv }) => kv.deletePrefix("k"), undefined],
    ["a clear", ({ kv }) => kv.clear(), undefined],
    ["a transaction", ({ transaction, kv }) => kv && transaction((tx) => tx.set("k", 4)), 4],
    ["another store", (fixture) => fixture.openStore().set("k", 5), 5],
  ])("are given up after %s", async (_, write, after) => {
    const fixture = new KvFixture();
    const bound = Object.assign(fixture, { transaction: fixture.transaction.bind(fixture) });
    await fixture.kv.set("k", 1);
    expect(readOften(() => fixture.kv.get("k"))).toBe(1);
    const written = write(bound);
    expect(fixture.kv.get("k")).toBe(after);
    await written;
    expect(readOften(() => fixture.kv.get("k"))).toBe(after);
    await fixture.close();
  });

  test("end at the moment of their expiry, and stay when it is taken away", async () => {
    const fixture = new KvFixture();
    await fixture.kv.set("a", 1, { ttl: 1000 });
    await fixture.kv.set("b", 1, { ttl: 1000 });
    readOften(() => fixture.kv.get("a"));
    readOften(() => fixture.kv.get("b"));
    await fixture.kv.persist("b");
    fixture.clock.advance(999);
    expect(readOften(() => [fixture.kv.get("a"), fixture.kv.get("b")])).toEqual([1, 1]);
    fixture.clock.advance(1);
    expect(fixture.kv.get("a")).toBeUndefined();
    expect(fixture.kv.get("b")).toBe(1);
    await fixture.close();
  });

  test("are the caller's own to change", async () => {
    const fixture = new KvFixture();
    const value = { n: 1, list: [1, { deep: true }] };
    await fixture.kv.set("k", value);
    const got = readOften(() => fixture.kv.get("k")) as typeof value;
    got.n = 2;
    got.list.push(3);
    (got.list[1] as { deep: boolean }).deep = false;
    expect(fixture.kv.get("k")).toStrictEqual({ n: 1, list: [1, { deep: true }] });
    await fixture.close();
  });

  test("leave snapshots and transactions what they see, and namespaces apart", async () => {
    const fixture = new KvFixture();
    const other = fixture.kv.namespace("other");
    await fixture.kv.set("k", "old");
    await other.set("k", "other");
    readOften(() => fixture.kv.get("k"));
    const { kv, held } = fixture.snapshot();
    await fixture.transaction(async (tx) => {
      tx.set("k", "own");
      expect(readOften(() => fixture.kv.get("k"))).toBe("old");
      await Promise.resolve();
      expect(tx.get("k")).toBe("own");
    });
    expect(readOften(() => fixture.kv.get("k"))).toBe("own");
    expect(readOften(() => other.get("k"))).toBe("other");
    expect(kv.get("k")).toBe("old");
    held.release();
    await fixture.close();
  });

  test("cannot be read when the database is closed", async () => {
    const fixture = new KvFixture();
    await fixture.kv.set("k", 1);
    readOften(() => fixture.kv.get("k"));
    await fixture.closeEngine();
    expect(() => fixture.kv.get("k")).toThrow(
      expect.objectContaining({ code: "DATABASE_CLOSED" }) as Error,
    );
  });

  test("take half of the pool at most, and give it back at the end", async () => {
    const fixture = new KvFixture({}, SMALL);
    const keys = Array.from({ length: 2000 }, (_, i) => `key ${i}, longer than what is inlined`);
    await fixture.kv.setMany(keys.map((key) => [key, key.repeat(16)]));
    const before = pooled(fixture);
    for (let round = 0; round < 3; round++) for (const key of keys) fixture.kv.get(key);
    const taken = pooled(fixture) - before;
    expect(taken).toBeGreaterThan(0.4 * MB);
    expect(taken).toBeLessThanOrEqual(0.5 * MB + MB / 256);
    for (const key of keys) expect(fixture.kv.get(key)).toBe(key.repeat(16));
    fixture.kv.close();
    expect(pooled(fixture)).toBe(before);
    await fixture.closeEngine();
  });

  test("are those that are read, when there is no room for all", async () => {
    const fixture = new KvFixture({}, SMALL);
    const text = "x".repeat(1000);
    const keys = Array.from({ length: 2000 }, (_, i) => `k${i}`);
    await fixture.kv.setMany([["hot", text], ...keys.map((key): [string, string] => [key, text])]);
    const read = (fixture.engine.readKeys = [] as string[]);
    readOften(() => fixture.kv.get("hot"));
    for (const key of [...keys, ...keys]) {
      fixture.kv.get(key);
      fixture.kv.get("hot");
    }
    read.length = 0;
    fixture.kv.get("hot");
    expect(read).toEqual([]);
    fixture.kv.get("k0");
    expect(read).toEqual(["k0"]);
    await fixture.close();
  });

  test("are not looked for while next to no key is read twice", async () => {
    const fixture = new KvFixture({}, SMALL);
    const keys = Array.from({ length: 2 * DOORS }, (_, i) => `k${i}`);
    await fixture.kv.setMany([["hot", 1], ...keys.map((key): [string, number] => [key, 1])]);
    const read = (fixture.engine.readKeys = [] as string[]);
    for (const key of keys) fixture.kv.get(key);
    read.length = 0;
    readOften(() => fixture.kv.get("hot"));
    expect(read).toHaveLength(READS);
    // The rest is over after seven times as many reads as led to it.
    for (let i = 0; i < 7 * DOORS; i++) fixture.kv.get("hot");
    read.length = 0;
    readOften(() => fixture.kv.get("hot"));
    expect(read).toEqual([]);
    await fixture.close();
  });
});
