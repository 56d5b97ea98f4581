import { describe, expect, test } from "vitest";
import { KvFixture } from "../testing/kv-fixture.js";
import { ErrorFs } from "../vfs/error-fs.js";
import { MemFs } from "../vfs/mem-fs.js";

const onDisk = (vfs: ErrorFs | MemFs): KvFixture => new KvFixture({}, { vfs, memory: false });

/** The disk as a power cut leaves it when nothing that was not synced has reached it. */
const afterPowerCut = (disk: MemFs): MemFs => disk.crashClone({ int: () => 0 }, { style: "lost" });

describe("what was acknowledged", () => {
  test("is there after a power cut, with its versions, times and namespaces", async () => {
    const disk = new MemFs();
    const first = onDisk(disk);
    const users = first.kv.namespace<unknown>("users");
    await users.set("alice", { age: 30n, tags: new Set(["a"]) }, { ttl: "1h" });
    await first.kv.increment("visits", 5);
    await users.delete("nobody");
    await first.transaction((tx) => tx.namespace("other").set("k", 1));
    const before = [users.entry("alice"), first.kv.entry("visits")];

    const second = onDisk(afterPowerCut(disk));
    const again = second.kv.namespace("users");
    expect([again.entry("alice"), second.kv.entry("visits")]).toEqual(before);
    expect(second.kv.namespaces()).toEqual(["default", "other", "users"]);

    await second.kv.namespace("new").set("k", 2);
    await again.set("bob", 1);
    expect(again.entry("bob")!.version).toBeGreaterThan(before[0]!.version);
    expect(second.kv.namespace("other").get("k")).toBe(1);
    second.clock.advance(2 * 3_600_000);
    expect(again.get("alice")).toBeUndefined();
    expect(second.kv.sweep()).toBe(1);
    await Promise.all([first.close(), second.close()]);
  });

  test("is there after a clean close, from run files, and grows on", async () => {
    const disk = new MemFs();
    for (let round = 0; round < 4; round++) {
      const fixture = onDisk(disk);
      const n = fixture.kv.namespace<number>("n");
      expect([...n.keys()]).toHaveLength(round * 10);
      await n.setMany(Array.from({ length: 10 }, (_, i) => [`${round}:${i}`, i]));
      expect(await fixture.kv.increment("rounds")).toBe(round + 1);
      await fixture.close();
    }
  });
});

describe("writes of one group", () => {
  test("share one promise", async () => {
    const fixture = onDisk(new MemFs());
    await fixture.kv.set("first", 1);
    const promises = Array.from({ length: 100 }, (_, i) => fixture.kv.set(`k${i}`, i));
    expect(new Set(promises).size).toBeLessThan(5);
    expect(new Set(await Promise.all(promises))).toEqual(new Set([true]));
    await fixture.close();
  });
});

describe("when the disk fails", () => {
  test("pending writes and watches end with the error, later calls are refused", async () => {
    const disk = new ErrorFs(new MemFs());
    const fixture = onDisk(disk);
    await fixture.kv.set("safe", 1, { ttl: "1s" });
    const watch = fixture.kv.watch();
    disk.powerOff();
    const writes = await Promise.allSettled([
      fixture.kv.set("a", 1),
      fixture.kv.increment("n"),
      fixture.kv.setMany([["b", 2]]),
      fixture.kv.delete("safe"),
    ]);
    for (const write of writes) {
      expect(write).toMatchObject({ status: "rejected", reason: { code: "DURABILITY_LOST" } });
    }
    await expect(watch.next()).rejects.toMatchObject({ code: "DURABILITY_LOST" });
    expect(() => fixture.kv.get("safe")).toThrow(
      expect.objectContaining({ code: "DURABILITY_LOST" }),
    );
    await expect(fixture.kv.set("c", 3)).rejects.toMatchObject({ code: "DURABILITY_LOST" });
    fixture.timers.advance(5000);
    expect(fixture.timers.pending).toBe(0);
    await fixture.close().catch(() => undefined);
  });
});
