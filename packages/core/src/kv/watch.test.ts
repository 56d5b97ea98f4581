import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MAX_WATCH_BACKLOG } from "../limits.js";
import { KvFixture, START_MICROS } from "../testing/kv-fixture.js";
import type { KeyValueChange, KeyValueStore } from "./index.js";

let fixture: KvFixture;
let kv: KeyValueStore;

beforeEach(() => {
  fixture = new KvFixture();
  kv = fixture.kv;
});

afterEach(() => fixture.close());

type Watch = AsyncIterableIterator<KeyValueChange<unknown>, undefined>;

async function take(watch: Watch, count: number): Promise<KeyValueChange<unknown>[]> {
  const changes: KeyValueChange<unknown>[] = [];
  while (changes.length < count) {
    const { done, value } = await watch.next();
    if (done === true) break;
    changes.push(value);
  }
  return changes;
}

const short = ({ type, key, value }: KeyValueChange<unknown>): unknown[] => [type, key, value];

describe("watch", () => {
  test("gives changes in order with all that is known of them", async () => {
    const watch = kv.watch();
    await kv.set("a", { n: 1 });
    fixture.clock.advance(1000);
    await kv.set("a", 2, { ttl: "1m" });
    await kv.delete("a");
    const version = expect.any(BigInt) as bigint;
    const gone = { value: undefined, version: undefined, expiresAt: undefined };
    const start = START_MICROS / 1000;
    const common = { namespace: "default", key: "a" };
    expect(await take(watch, 3)).toEqual([
      {
        type: "set",
        ...common,
        value: { n: 1 },
        version,
        expiresAt: undefined,
        timestamp: new Date(start),
      },
      {
        type: "set",
        ...common,
        value: 2,
        version,
        expiresAt: new Date(start + 61_000),
        timestamp: new Date(start + 1000),
      },
      { type: "delete", ...common, ...gone, timestamp: new Date(start + 1000) },
    ]);
    await watch.return!();
  });

  test("tells only of durable changes, and only of those after the call", async () => {
    const earlier = kv.watch();
    void kv.set("before", 1);
    const watch = kv.watch();
    let told = false;
    const first = watch.next().then((result) => {
      told = true;
      return result;
    });
    const durable = kv.set("after", 2);
    expect(told).toBe(false);
    await durable;
    expect((await first).value).toMatchObject({ key: "after" });
    expect((await take(earlier, 2)).map(({ key }) => key)).toEqual(["before", "after"]);
    await Promise.all([watch.return!(), earlier.return!()]);
  });

  test("knows a deletion from an expiry", async () => {
    const watch = kv.watch();
    await kv.set("deleted", 1, { ttl: "1m" });
    await kv.set("expired", 1, { ttl: "1s" });
    await kv.set("replaced", 1, { ttl: "1s" });
    await kv.delete("deleted");
    fixture.clock.advance(1001);
    await kv.set("replaced", 2);
    kv.sweep();
    await kv.delete("replaced");
    await kv.set("p:expired", 1, { ttl: "1s" });
    await kv.set("p:stays", 1);
    fixture.clock.advance(1001);
    await kv.deletePrefix("p:");
    expect((await take(watch, 11)).map(short)).toEqual([
      ["set", "deleted", 1],
      ["set", "expired", 1],
      ["set", "replaced", 1],
      ["delete", "deleted", undefined],
      ["set", "replaced", 2],
      ["expire", "expired", undefined],
      ["delete", "replaced", undefined],
      ["set", "p:expired", 1],
      ["set", "p:stays", 1],
      ["expire", "p:expired", undefined],
      ["delete", "p:stays", undefined],
    ]);
    await watch.return!();
  });

  test("keeps to its namespace and prefix", async () => {
    const users = kv.namespace("users");
    const all = kv.watch();
    const some = users.watch({ prefix: "user:" });
    await users.set("user:1", 1);
    await users.set("other", 2);
    await kv.set("user:1", 3);
    await kv.namespace("more").set("user:1", 4);
    await users.deletePrefix("user:");
    expect((await take(some, 2)).map(short)).toEqual([
      ["set", "user:1", 1],
      ["delete", "user:1", undefined],
    ]);
    expect((await take(all, 1)).map(short)).toEqual([["set", "user:1", 3]]);
    await Promise.all([some.return!(), all.return!()]);
  });

  test("may begin before the namespace exists, and creates none", async () => {
    const watch = kv.namespace("later").watch();
    expect(kv.namespaces()).toEqual([]);
    await kv.namespace("sooner").set("k", 1);
    await kv.namespace("later").set("k", 2);
    expect((await take(watch, 1)).map(short)).toEqual([["set", "k", 2]]);
    expect(kv.namespaces()).toEqual(["later", "sooner"]);
    await watch.return!();
  });

  test("sees a transaction as one commit, and nothing of one rolled back", async () => {
    const watch = kv.watch();
    await fixture
      .transaction((tx) => {
        tx.set("x", 1);
        throw new Error("no");
      })
      .catch(() => undefined);
    await fixture.transaction((tx) => {
      tx.set("a", 1);
      tx.set("b", 2);
    });
    const changes = await take(watch, 2);
    expect(changes.map(short)).toEqual([
      ["set", "a", 1],
      ["set", "b", 2],
    ]);
    expect(changes[0]!.timestamp).toEqual(changes[1]!.timestamp);
    await watch.return!();
  });

  test("gives every watcher a value of its own", async () => {
    const [one, two] = [kv.watch(), kv.watch()];
    await kv.set("k", { list: [1] });
    const first = (await take(one, 1))[0]!.value as { list: number[] };
    first.list.push(2);
    expect((await take(two, 1))[0]!.value).toEqual({ list: [1] });
    await Promise.all([one.return!(), two.return!()]);
  });
});

describe("the end of a watch", () => {
  test("comes with the signal, leaving nothing behind", async () => {
    const controller = new AbortController();
    const loop = (async () => {
      const seen: string[] = [];
      for await (const { key } of kv.watch({ signal: controller.signal })) seen.push(key);
      return seen;
    })();
    await kv.set("a", 1);
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    expect(await loop).toEqual(["a"]);
    expect(fixture.engine.listening).toBe(0);
    expect(await kv.watch({ signal: controller.signal }).next()).toMatchObject({ done: true });
    expect(fixture.engine.listening).toBe(0);
  });

  test.each(["break", "throw"])("comes when the loop is left by %s", async (how) => {
    const watch = kv.watch();
    const other = kv.watch({ prefix: "z" });
    await kv.set("a", 1);
    const loop = (async () => {
      for await (const { key } of watch) {
        if (how === "throw") throw new Error(key);
        break;
      }
    })();
    if (how === "throw") await expect(loop).rejects.toThrow("a");
    else await loop;
    expect(fixture.engine.listening).toBe(2);
    await other.return!();
    expect(fixture.engine.listening).toBe(0);
  });

  test("comes with the database, after what was queued", async () => {
    const watch = kv.watch();
    await kv.set("a", 1);
    await fixture.closeEngine();
    expect((await take(watch, 5)).map(short)).toEqual([["set", "a", 1]]);
    expect(() => kv.watch()).toThrow(expect.objectContaining({ code: "DATABASE_CLOSED" }));
  });

  test("comes with an error for one that falls too far behind", async () => {
    const slow = kv.watch();
    const filtered = kv.watch({ prefix: "other" });
    const batch = Array.from({ length: 10_000 }, (_, i) => [`k${i}`, i] as const);
    for (let i = 0; i < MAX_WATCH_BACKLOG / batch.length; i++) await kv.setMany(batch);
    await kv.set("one more", 1);
    await new Promise((resolve) => setImmediate(resolve));
    await expect(slow.next()).rejects.toMatchObject({ code: "WATCH_LAGGED" });
    expect(await slow.next()).toEqual({ done: true, value: undefined });
    await kv.set("other", 1);
    expect((await take(filtered, 1)).map(short)).toEqual([["set", "other", 1]]);
    await filtered.return!();
    expect(fixture.engine.listening).toBe(0);
  });
});
