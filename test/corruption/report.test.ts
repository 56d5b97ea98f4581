import { expect, test, vi } from "vitest";
import type { RecoveryReport } from "../../packages/core/src/engine/stats.js";
import type { MemFs } from "../../packages/core/src/vfs/mem-fs.js";
import { changeByte, filesOf, type Damage } from "./damage.js";
import { buildOriginal, DIRECTORY, openDatabase } from "./small-database.js";
import { tryDamages } from "./trial.js";
import { Watchdog } from "./watchdog.js";

vi.mock(import("../../packages/core/src/limits.js"), async (original) => {
  const { tinyLimits } = await import("./tiny-limits.js");
  return { ...(await original()), ...tinyLimits };
});

function recoveryOf(disk: MemFs): RecoveryReport {
  const { db } = openDatabase(disk);
  db.kv.close();
  return db.stats().recovery;
}

const NOTHING_DROPPED = { tornLogBytes: 0, missingLogBytes: 0, tornManifestBytes: 0 };

test("stats tell what the files said when the database was opened", async () => {
  const { disk: closed } = await buildOriginal(true);
  const clean = { cleanClose: true, replayedRecords: 0, ...NOTHING_DROPPED };
  expect(recoveryOf(closed.clone())).toEqual(clean);
  const { disk: killed } = await buildOriginal(false);
  const found = recoveryOf(killed.clone());
  expect(found).toMatchObject({ cleanClose: false, ...NOTHING_DROPPED });
  expect(found.replayedRecords).toBeGreaterThan(2);
});

test("stats tell the bytes of a torn tail", async () => {
  const { disk } = await buildOriginal(false);
  const log = `${DIRECTORY}/log/${disk.list(`${DIRECTORY}/log`).at(-1)!}`;
  const end = disk.readFile(log).findLastIndex((byte) => byte !== 0);
  const { replayedRecords } = recoveryOf(disk.clone());
  const torn = disk.clone();
  changeByte(torn, log, end, (byte) => byte ^ 1);
  const found = recoveryOf(torn);
  expect(found.replayedRecords).toBe(replayedRecords - 1);
  expect(found.tornLogBytes).toBeGreaterThan(8);
  // They are told once: what is left is whole.
  expect(recoveryOf(torn)).toMatchObject({ ...found, ...NOTHING_DROPPED });

  const manifest = `${DIRECTORY}/MANIFEST-000001`;
  const longer = disk.clone();
  longer.openWrite(manifest, { create: false }).write(new Uint8Array(30), longer.size(manifest));
  expect(recoveryOf(longer)).toMatchObject({ replayedRecords, tornManifestBytes: 30 });
});

test("an answer that was never right is noticed, and so are writes lost without a word", async () => {
  const original = await buildOriginal(true);
  const { disk: other } = await buildOriginal(false);
  const replaced: Damage = {
    what: "all files are another database's",
    kind: "file",
    path: "",
    apply: (disk) => {
      for (const path of filesOf(disk)) disk.remove(path);
      for (const path of filesOf(other)) {
        disk.openWrite(path, { create: true }).write(other.readFile(path), 0);
      }
      return true;
    },
  };
  const watchdog = new Watchdog();
  const all = { stride: 1, first: 0 };
  const wrong = { ...original, states: ["another answer"] };
  const older = { ...original, states: [...original.states, "a later answer"] };
  expect((await tryDamages(wrong, [replaced], watchdog, all)).failures[0]).toContain("never right");
  expect((await tryDamages(older, [replaced], watchdog, all)).failures[0]).toContain("not told");
  expect((await tryDamages(original, [replaced], watchdog, all)).counts.harmless).toBe(1);
  await watchdog.stop();
});
