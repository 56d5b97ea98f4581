import { describe, expectTypeOf, test } from "vitest";
import { KvFixture } from "../testing/kv-fixture.js";
import type { Entry, KeyValue, KeyValueChange } from "./index.js";

interface Session {
  user: string;
  visits: number;
}

const { kv } = new KvFixture();
const sessions = kv.namespace<Session>("sessions");

describe("types", () => {
  test("a namespace gives what it holds, or undefined", () => {
    expectTypeOf(sessions.get("k")).toEqualTypeOf<Session | undefined>();
    expectTypeOf(sessions.entry("k")).toEqualTypeOf<Entry<Session> | undefined>();
    expectTypeOf(sessions.has("k")).toEqualTypeOf<boolean>();
    expectTypeOf(sessions.getMany(["k"])).toEqualTypeOf<(Session | undefined)[]>();
    expectTypeOf([...sessions.list()]).toEqualTypeOf<KeyValue<Session>[]>();
    expectTypeOf(sessions.list().toArray()).toEqualTypeOf<Promise<KeyValue<Session>[]>>();
    expectTypeOf([...sessions.keys()]).toEqualTypeOf<string[]>();
    expectTypeOf(sessions.count()).toEqualTypeOf<number>();
    expectTypeOf(kv.namespaces()).toEqualTypeOf<string[]>();
  });

  test("a namespace takes nothing else", () => {
    expectTypeOf(sessions.set).parameter(1).toEqualTypeOf<Session>();
    type Entries = Parameters<typeof sessions.setMany>[0];
    expectTypeOf<Map<string, Session>>().toExtend<Entries>();
    expectTypeOf<{ key: string; value: Session; ttl: string }[]>().toExtend<Entries>();
    expectTypeOf<[string, number][]>().not.toExtend<Entries>();
  });

  test("the default namespace holds anything, and says what it is told", () => {
    expectTypeOf(kv.get("k")).toEqualTypeOf<unknown>();
    expectTypeOf(kv.get<Session>("k")).toEqualTypeOf<Session | undefined>();
    expectTypeOf(kv.entry<number>("k")).toEqualTypeOf<Entry<number> | undefined>();
    expectTypeOf(kv.namespace("any").get("k")).toEqualTypeOf<unknown>();
  });

  test("writes give promises outside of transactions, values inside", () => {
    const typed = () => {
      expectTypeOf(sessions.set("k", { user: "a", visits: 1 })).toEqualTypeOf<Promise<boolean>>();
      expectTypeOf(sessions.setMany([])).toEqualTypeOf<Promise<void>>();
      expectTypeOf(sessions.delete("k")).toEqualTypeOf<Promise<boolean>>();
      expectTypeOf(sessions.deletePrefix("k")).toEqualTypeOf<Promise<number>>();
      expectTypeOf(sessions.expire("k", "1h")).toEqualTypeOf<Promise<boolean>>();
    };
    expectTypeOf(typed).returns.toEqualTypeOf<void>();
    const inside = (tx: ReturnType<typeof kv.inTransaction>) => {
      const namespace = tx.namespace<Session>("sessions");
      expectTypeOf(namespace.get("k")).toEqualTypeOf<Session | undefined>();
      expectTypeOf(namespace.set("k", { user: "a", visits: 1 })).toEqualTypeOf<boolean>();
      expectTypeOf(namespace.setMany([])).toEqualTypeOf<void>();
      expectTypeOf(namespace.delete("k")).toEqualTypeOf<boolean>();
      expectTypeOf(namespace.deletePrefix("k")).toEqualTypeOf<number>();
      expectTypeOf(tx.increment("k")).toEqualTypeOf<number>();
      expectTypeOf(tx.increment("k", 1n)).toEqualTypeOf<bigint>();
    };
    expectTypeOf(inside).returns.toEqualTypeOf<void>();
  });

  test("increment gives bigints where counters are bigints", () => {
    const typed = () => {
      expectTypeOf(kv.increment("k")).toEqualTypeOf<Promise<number>>();
      expectTypeOf(kv.increment("k", 1n)).toEqualTypeOf<Promise<bigint>>();
      const numbers = kv.namespace<number>("n");
      expectTypeOf(numbers.increment("k", 2)).toEqualTypeOf<Promise<number>>();
      const bigints = kv.namespace<bigint>("b");
      expectTypeOf(bigints.increment("k", 2)).toEqualTypeOf<Promise<bigint>>();
      const either = kv.namespace<number | bigint>("e");
      expectTypeOf(either.increment("k")).toEqualTypeOf<Promise<number | bigint>>();
    };
    expectTypeOf(typed).returns.toEqualTypeOf<void>();
  });

  test("a change is a set with its value or an end without one", () => {
    type Change = KeyValueChange<Session>;
    const typed = async () => {
      for await (const change of sessions.watch()) {
        expectTypeOf(change).toEqualTypeOf<Change>();
        if (change.type === "set") expectTypeOf(change.value).toEqualTypeOf<Session>();
        else expectTypeOf(change.value).toEqualTypeOf<undefined>();
      }
    };
    expectTypeOf(typed).returns.toEqualTypeOf<Promise<void>>();
  });
});
