import { describe, expect, test } from "vitest";
import { sleep } from "../base/clock.js";
import { open } from "../open.js";

describe("compaction of entries that expire", () => {
  test("leaves nothing of those that have, and tells watchers of each", async () => {
    const db = await open({ path: ":memory:", kv: { sweepInterval: "1h" } });
    const changes = db.kv.watch();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const change of changes) if (change.type === "expire") seen.push(change.key);
    })();
    const short = Array.from({ length: 1200 }, (_, i) => ({ key: `short ${i}`, value: i }));
    await db.kv.setMany(short, { ttl: 1 });
    await db.kv.set("long", 1, { ttl: "1h" });
    await db.kv.set("stays", 1);
    await db.checkpoint();
    const before = db.stats().runs;
    expect(before.rows).toBeGreaterThan(2 * short.length);
    expect(db.kv.namespaces()).toEqual(["default"]);
    expect(db.stats().openSnapshots).toBe(0);
    await sleep(5);
    await db.compact();
    // Two entries, the expiry of one, and what catalogs hold.
    expect(db.stats().runs.rows).toBeLessThan(40);
    expect(db.stats().runs.bytes).toBeLessThan(before.bytes / 4);
    expect([...db.kv.keys()]).toEqual(["long", "stays"]);
    await db.flush();
    await sleep(1);
    await db.close();
    await watching;
    expect(seen.sort()).toEqual(short.map(({ key }) => key).sort());
  });

  test("can be given up", async () => {
    const db = await open(":memory:");
    await db.kv.set("k", 1, { ttl: 1 });
    await sleep(5);
    const abort = AbortSignal.abort();
    await expect(db.compact({ signal: abort })).rejects.toMatchObject({ code: "ABORTED" });
    await db.close();
    await expect(db.compact()).rejects.toMatchObject({ code: "DATABASE_CLOSED" });
  });
});
