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

const fruit = ["apple", "apricot", "banana", "blueberry", "cherry"];

async function fill(keys: readonly string[]): Promise<void> {
  await kv.setMany(keys.map((key) => [key, key.length]));
}

describe("list and keys", () => {
  test("walk in key order, whatever the order of writing", async () => {
    await fill([...fruit].reverse());
    expect([...kv.keys()]).toEqual(fruit);
    expect([...kv.list()]).toEqual(fruit.map((key) => ({ key, value: key.length })));
  });

  test.each([
    [{ prefix: "ap" }, ["apple", "apricot"]],
    [{ prefix: "" }, fruit],
    [{ prefix: "z" }, []],
    [{ start: "banana" }, ["banana", "blueberry", "cherry"]],
    [{ end: "banana" }, ["apple", "apricot"]],
    [{ start: "apricot", end: "cherry" }, ["apricot", "banana", "blueberry"]],
    [{ start: "b", end: "b" }, []],
    [{ start: "c", end: "a" }, []],
    [{ end: "" }, []],
    [{ prefix: "b", start: "bl" }, ["blueberry"]],
    [{ prefix: "b", end: "bl" }, ["banana"]],
    [{ prefix: "b", start: "a", end: "z" }, ["banana", "blueberry"]],
    [{ prefix: "b", start: "c" }, []],
    [{ limit: 2 }, ["apple", "apricot"]],
    [{ limit: 0 }, []],
    [{ limit: 99 }, fruit],
    [{ reverse: true, limit: 2 }, ["cherry", "blueberry"]],
    [{ reverse: true, prefix: "a" }, ["apricot", "apple"]],
    [{ reverse: true, start: "apricot", end: "cherry" }, ["blueberry", "banana", "apricot"]],
    [{ reverse: true, start: "c", end: "a" }, []],
  ])("take %j", async (options, expected) => {
    await fill(fruit);
    expect([...kv.keys(options)]).toEqual(expected);
    expect([...kv.list(options)].map(({ key }) => key)).toEqual(expected);
    expect(await kv.keys(options).count()).toBe(expected.length);
  });

  test("order by code point, not by UTF-16 unit", async () => {
    const keys = ["a", "é", "\uffee", "🦊", "🦊a", "\u{10ffff}"];
    await fill(keys);
    expect([...kv.keys()]).toEqual(keys);
    expect([...kv.keys({ prefix: "🦊" })]).toEqual(["🦊", "🦊a"]);
    expect([...kv.keys({ prefix: "\u{10ffff}" })]).toEqual(["\u{10ffff}"]);
    expect([...kv.keys({ start: "\uffee", end: "🦊a" })]).toEqual(["\uffee", "🦊"]);
    expect(await kv.deletePrefix("🦊")).toBe(2);
    expect([...kv.keys()]).toEqual(["a", "é", "\uffee", "\u{10ffff}"]);
  });

  test("see one instant, and let others write meanwhile", async () => {
    await fill(fruit);
    const seen: string[] = [];
    for (const { key } of kv.list()) {
      seen.push(key);
      void kv.set(`${key}+`, 1);
      void kv.delete("cherry");
    }
    expect(seen).toEqual(fruit);
    const before = kv.keys();
    await kv.clear();
    expect([...before]).toHaveLength(9);
    expect([...kv.keys()]).toEqual([]);
  });

  test("are iterated once, and give back their instant however they end", async () => {
    await fill(fruit);
    const cursor = kv.list();
    expect(fixture.engine.held).toBe(1);
    for (const _ of cursor) break;
    expect([...cursor]).toEqual([]);
    expect(fixture.engine.held).toBe(0);
    expect([...kv.keys()]).toHaveLength(5);
    await kv.list().toArray();
    expect([...kv.list({ limit: 0 })]).toEqual([]);
    expect([...kv.namespace("none").list()]).toEqual([]);
    expect(() => {
      for (const _ of kv.keys()) throw new Error("left");
    }).toThrow("left");
    expect(fixture.engine.held).toBe(0);
  });

  test("give back their instant when an option turns out wrong", async () => {
    await fill(fruit);
    expect(() => kv.list({ prefix: "\ud800" })).toThrow(
      expect.objectContaining({ code: "INVALID_TEXT" }),
    );
    expect(() => kv.list({ start: 5 as unknown as string })).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION" }),
    );
    expect(fixture.engine.held).toBe(0);
  });
});

describe("the awaitable forms", () => {
  const many = Array.from({ length: 3000 }, (_, i) => `k${String(i).padStart(5, "0")}`);

  test("give all, letting the event loop turn", async () => {
    await fill(many);
    let turns = 0;
    const tick = (): void => {
      turns++;
      timer = setImmediate(tick);
    };
    let timer = setImmediate(tick);
    expect((await kv.keys().toArray()).length).toBe(3000);
    expect(await kv.list({ prefix: "k01" }).count()).toBe(1000);
    clearImmediate(timer);
    expect(turns).toBeGreaterThanOrEqual(4);
  });

  test("give what is left of a cursor", async () => {
    await fill(fruit);
    const cursor = kv.keys();
    cursor.next();
    expect(await cursor.toArray()).toEqual(fruit.slice(1));
    expect(await cursor.toArray()).toEqual([]);
  });

  test("stop on a signal", async () => {
    await fill(many);
    const controller = new AbortController();
    const reading = kv.list().toArray({ signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(reading).rejects.toMatchObject({ code: "ABORTED" });
    await expect(kv.keys().count({ signal: controller.signal })).rejects.toMatchObject({
      code: "ABORTED",
    });
    await expect(kv.keys().toArray({ signl: controller.signal } as object)).rejects.toMatchObject({
      code: "INVALID_OPTION",
    });
    expect(fixture.engine.held).toBe(0);
  });
});

describe("snapshots", () => {
  test("read one instant", async () => {
    await fill(["a", "b"]);
    const { kv: then, held } = fixture.snapshot();
    await kv.set("a", "new");
    await kv.namespace("late").set("k", 1);
    expect(then.get("a")).toBe(1);
    expect(then.getMany(["a", "b", "c"])).toEqual([1, 1, undefined]);
    expect([...then.list()].length).toBe(2);
    expect(then.namespace("late").get("k")).toBeUndefined();
    expect(then.namespaces()).toEqual(["default"]);
    expect(kv.namespaces()).toEqual(["default", "late"]);
    expect(kv.get("a")).toBe("new");
    held.release();
  });

  test("from before the first write hold nothing", async () => {
    const { kv: then, held } = fixture.snapshot();
    await fill(["a"]);
    expect(then.get("a")).toBeUndefined();
    expect(then.count()).toBe(0);
    expect(then.namespaces()).toEqual([]);
    held.release();
  });
});
