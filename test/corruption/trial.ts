import { expect } from "vitest";
import { AegisError } from "../../packages/core/src/errors.js";
import type { Damage } from "./damage.js";
import { contentsOf, DIRECTORY, openDatabase, type Original } from "./small-database.js";
import type { Watchdog } from "./watchdog.js";

/**
 * What a reader of a damaged database finds:
 * - `refused`: to open or to read it is CORRUPTION;
 * - `checked`: every read gives the right answer, and `check` tells of the damage;
 * - `told`: the answers are right, and the report of the recovery tells that bytes were dropped;
 * - `older`: the same, but the answers are those of a state before the last writes;
 * - `harmless`: the answers are right and nothing is told.
 */
type Finding = "refused" | "checked" | "told" | "older" | "harmless";

/** No length that a damaged byte gives makes the database take more than this. */
const MAX_MEMORY_GROWTH_BYTES = 64 * 1024 * 1024;

/** Damages a copy of a database, and expects that nothing but these findings come of it. */
async function tryDamage(
  original: Original,
  damage: Damage,
  watchdog: Watchdog,
): Promise<Finding | "unchanged"> {
  const disk = original.disk.clone();
  if (!damage.apply(disk)) return "unchanged";
  watchdog.begins(damage.what);
  const before = process.memoryUsage().arrayBuffers;
  let db: ReturnType<typeof openDatabase>["db"] | undefined;
  let finding: Finding;
  try {
    ({ db } = openDatabase(disk));
    const contents = contentsOf(db);
    expect(original.states, `${damage.what}: an answer that was never right`).toContain(contents);
    const { recovery } = db.stats();
    const dropped =
      recovery.tornLogBytes + recovery.missingLogBytes + recovery.tornManifestBytes > 0;
    if (contents !== original.states.at(-1)) {
      expect(recovery.cleanClose, `${damage.what}: writes are lost after a clean close`).toBe(
        false,
      );
      expect(dropped || isLastSegment(original, damage), `${damage.what}: not told`).toBe(true);
      finding = "older";
    } else {
      const { problems } = await db.check();
      finding = problems.length > 0 ? "checked" : dropped ? "told" : "harmless";
    }
  } catch (error) {
    if (!(error instanceof AegisError)) throw error;
    expectRefusal(error, damage);
    finding = "refused";
  } finally {
    db?.kv.close();
  }
  const growth = process.memoryUsage().arrayBuffers - before;
  expect(growth, `${damage.what}: memory`).toBeLessThan(MAX_MEMORY_GROWTH_BYTES);
  return finding;
}

/** The error says which file is damaged or missing, and where it is damaged. */
function expectRefusal(error: AegisError, { what, kind }: Damage): void {
  const said = `${what}: ${error.code}: ${error.message}`;
  // The version of a manifest has no checksum of its own, so that any program can read it.
  const code = what.includes("MANIFEST") && /byte (8|9) /.test(what) ? error.code : "CORRUPTION";
  expect(["CORRUPTION", "UNSUPPORTED_FORMAT"], said).toContain(error.code);
  expect(error.code, said).toBe(code);
  expect(error.message, said).toContain(DIRECTORY);
  if (kind !== "file" && error.code === "CORRUPTION") {
    expect(error.message, said).toMatch(/offset \d+| is missing/);
  }
}

/**
 * A log that was not closed does not know that a segment is gone from its end, if the one before is
 * whole: a crash may have come before it was made.
 */
function isLastSegment({ disk }: Original, { what, path }: Damage): boolean {
  const segments = disk.list(`${DIRECTORY}/log`);
  return what.endsWith("is removed") && path === `${DIRECTORY}/log/${segments.at(-1)}`;
}

export type Counts = Record<Finding | "unchanged", number>;

/** Failures that a test lists; what they have in common shows in as many. */
const MAX_FAILURES = 20;

/** Tries the damages whose number in their order is `first` modulo `stride`. */
export async function tryDamages(
  original: Original,
  damages: Iterable<Damage>,
  watchdog: Watchdog,
  { stride, first }: { readonly stride: number; readonly first: number },
): Promise<{ readonly counts: Counts; readonly harmless: string[]; readonly failures: string[] }> {
  const counts: Counts = { refused: 0, checked: 0, told: 0, older: 0, harmless: 0, unchanged: 0 };
  const harmless: string[] = [];
  const failures: string[] = [];
  let number = 0;
  for (const damage of damages) {
    if (number++ % stride !== first % stride) continue;
    try {
      const finding = await tryDamage(original, damage, watchdog);
      counts[finding]++;
      if (finding === "harmless") harmless.push(damage.what);
    } catch (error) {
      failures.push(error instanceof Error ? `${damage.what}: ${error.stack}` : String(error));
      if (failures.length >= MAX_FAILURES) break;
    }
  }
  return { counts, harmless, failures };
}
