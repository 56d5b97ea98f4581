import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changeByte, cuts, filesOf, FLIPS, flips, wholeFiles, type Damage } from "./damage.js";
import { buildOriginal, openDatabase, type Original } from "./small-database.js";
import { tryDamages } from "./trial.js";
import { Watchdog } from "./watchdog.js";
import type { MemFs } from "../../packages/core/src/vfs/mem-fs.js";

/** Which of the damages are tried: those whose number is `first` modulo `stride`. */
export interface Selection {
  readonly stride: number;
  readonly first: number;
}

/**
 * A damaged LOCK of a dead process is taken over where it can be told whose it was, and what is not
 * part of the database is removed. A manifest that ends after a whole edit is an older one, and the
 * log has what it lacks, or it is refused. A segment whose records are all in runs may be gone: the
 * next truncation would have removed it.
 */
const HARMLESS = [
  /^\/db\/LOCK/,
  / is also /,
  /MANIFEST-\d+, cut at/,
  /^\/db\/log\/\d+\.log is removed/,
];

interface Kind {
  readonly damages: (disk: MemFs) => Iterable<Damage>;
  /** There are so few of them that at least each of so many is tried. */
  readonly maxStride: number;
}

const KINDS: Readonly<Record<string, Kind>> = {
  "a byte of it is changed": { damages: flips, maxStride: Infinity },
  "a file of it is cut short": { damages: cuts, maxStride: Infinity },
  "a file of it is gone, longer, another or there twice": { damages: wholeFiles, maxStride: 7 },
};

/** Defines the tests of damage, each of which writes what it counted if `tell` is given. */
export function testDamage(
  selection: Selection,
  timeout: number,
  tell: (text: string) => void = () => undefined,
): void {
  const watchdog = new Watchdog();
  afterAll(() => watchdog.stop());
  const title = `from number ${selection.first % selection.stride} on, each ${selection.stride}th`;

  describe.each([
    ["closed", true],
    ["killed", false],
  ])(`a database that was %s (${title})`, (how, closed) => {
    let original: Original;

    beforeAll(async () => {
      original = await buildOriginal(closed);
    });

    test("is read as it is while nothing is damaged, and check finds nothing", async () => {
      const nothing: Damage = { what: "nothing", kind: "file", path: "", apply: () => true };
      const { counts, failures } = await tryDamages(original, [nothing], watchdog, {
        stride: 1,
        first: 0,
      });
      expect(failures).toEqual([]);
      expect(counts.harmless).toBe(1);
      expect(filesOf(original.disk).length).toBeGreaterThanOrEqual(9);
    });

    test.each(Object.entries(KINDS))(
      "never gives a wrong answer when %s",
      { timeout },
      async (kind, { damages, maxStride }) => {
        const all = damages(original.disk);
        const stride = Math.min(selection.stride, maxStride);
        const which = { ...selection, stride };
        const { counts, harmless, failures } = await tryDamages(original, all, watchdog, which);
        tell(`${how}, ${kind}: ${JSON.stringify(counts)}`);
        expect(failures).toEqual([]);
        const silent = harmless.filter((what) => !HARMLESS.some((allowed) => allowed.test(what)));
        expect(silent).toEqual([]);
        expect(counts.refused).toBeGreaterThan(0);
      },
    );

    test("is checked to its last byte while it is open", { timeout }, async () => {
      const disk = original.disk.clone();
      const { db } = openDatabase(disk);
      const silent: string[] = [];
      let bytes = 0;
      for (const path of filesOf(disk)) {
        for (let offset = 0; offset < disk.size(path); offset++) {
          if (bytes++ % selection.stride !== selection.first % selection.stride) continue;
          const where = `${path}, byte ${offset}`;
          watchdog.begins(where);
          const invert = FLIPS["all bits"]!;
          changeByte(disk, path, offset, invert);
          if ((await db.check()).ok) silent.push(where);
          changeByte(disk, path, offset, invert);
        }
      }
      db.kv.close();
      tell(`${how}, check while it is open: ${bytes} bytes, ${silent.length} unnoticed`);
      expect(silent).toEqual([]);
    });
  });
}
