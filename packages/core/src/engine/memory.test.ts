import { expect, test } from "vitest";
import { open } from "../index.js";

const MB = 1024 * 1024;

/** Half-random text, so that LZ4 cannot make the data fit the pool. */
function valueOf(i: number): string {
  let text = "";
  for (let k = 0; text.length < 400; k++) text += Math.imul(i * 31 + k, 0x9e37_79b1).toString(36);
  return text;
}

test("reads, scans and compaction keep the buffer pool within its size", async () => {
  await using db = await open({ path: ":memory:", bufferPoolSize: "2MB", writeBufferSize: "1MB" });
  for (let i = 0; i < 40_000; i += 1000) {
    await db.kv.setMany(
      Array.from({ length: 1000 }, (_, k) => [`key:${i + k}`, valueOf(i + k)] as const),
    );
  }
  await db.checkpoint();
  await db.compact();
  expect(db.stats().runs.bytes).toBeGreaterThan(8 * MB);
  for (let i = 0; i < 40_000; i += 7) expect(db.kv.get(`key:${i}`)).toBe(valueOf(i));
  expect(db.stats().bufferPool.bytes).toBeLessThan(3 * MB);
  let rows = 0;
  for (const { key, value } of db.kv.list({ prefix: "key:" })) {
    expect(value).toBe(valueOf(Number(key.slice(4))));
    rows++;
  }
  expect(rows).toBe(40_000);
  expect(db.kv.count()).toBe(40_000);
  await db.transaction((tx) => {
    for (let i = 0; i < 40_000; i += 11) tx.kv.get(`key:${i}`);
  });
  expect(db.stats().bufferPool.bytes).toBeLessThan(3 * MB);
  expect(db.stats().bufferPool.evictions).toBeGreaterThan(1000);
});
