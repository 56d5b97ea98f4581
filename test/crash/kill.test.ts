import { join } from "node:path";
import { expect, test } from "vitest";
import { builtPackageDirectory, testKills } from "./kill-rounds.js";
import { brokenPromises, WriterProcess } from "./writer-process.mjs";

testKills(Number(process.env["AEGIS_KILLS"] ?? 10));

const root = builtPackageDirectory();

test("a second process is refused while the first lives, and takes over when it is dead", async () => {
  const directory = join(root, "locked");
  const first = new WriterProcess("writer.mjs", directory);
  await first.found;
  const second = new WriterProcess("writer.mjs", directory);
  await expect(second.found).rejects.toThrow(
    new RegExp(`DATABASE_LOCKED|in use by process ${first.child.pid}`),
  );
  expect(second.errors).toContain(String(first.child.pid));
  await first.kill();
  const third = new WriterProcess("writer.mjs", directory);
  expect(brokenPromises(await third.found, first.acknowledged)).toEqual([]);
  await third.kill();
}, 60_000);

test("a lost acknowledgement, a write too many and a problem are told", () => {
  const found = { kind: "found" as const, counts: [4, 7, 5, 6], problems: ["a key is lost"] };
  expect(brokenPromises(found, [5, 5, 5, 5])).toEqual([
    "a key is lost",
    "writer 0 has 4 of 5 acknowledged",
    "writer 1 has 7, but wrote 6",
  ]);
});
