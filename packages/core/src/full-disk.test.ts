import { describe, expect, it, vi } from "vitest";
import { yieldToEventLoop } from "./base/clock.js";
import { Database } from "./database.js";
import { resolveOptions } from "./options.js";
import { openTestEngine } from "./testing/simulation/engine-fixture.js";
import { ErrorFs } from "./vfs/error-fs.js";
import type { Fault, Operation } from "./vfs/faults.js";
import { MemFs } from "./vfs/mem-fs.js";

vi.mock(import("./limits.js"), async (original) => {
  const { smallLimits } = await import("./testing/simulation/small-limits.js");
  const { LOG_SEGMENT_BYTES, MAX_UNSYNCED_BYTES, LEVEL_ZERO_SECTIONS } = smallLimits;
  const MANIFEST_ROTATE_BYTES = 2048;
  return {
    ...(await original()),
    LOG_SEGMENT_BYTES,
    MAX_UNSYNCED_BYTES,
    LEVEL_ZERO_SECTIONS,
    MANIFEST_ROTATE_BYTES,
  };
});

const ROUNDS = 24;

function openOn(vfs: ErrorFs | MemFs): Database {
  const opened = openTestEngine({ vfs, writeBufferBytes: 8 * 1024, inlineBackground: false });
  return new Database(opened, resolveOptions("db"));
}

/** What a user was told is there. */
interface Told {
  readonly keys: Map<string, string>;
  readonly rows: Map<number, string>;
  refused: number;
}

/** Does one thing; whether it was done. Nothing but a full disk may refuse it. */
async function done(told: Told, call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: "DISK_FULL" });
    told.refused++;
    return false;
  }
}

async function work(db: Database, told: Told): Promise<void> {
  for (let i = 0; i < ROUNDS; i++) {
    const key = `k${i % 9}`;
    const value = `${i}`.repeat(1 + ((i * 397) % 1500));
    if (await done(told, () => db.kv.set(key, value))) told.keys.set(key, value);
    const id = i % 11;
    const upsert = `INSERT INTO t VALUES ($1, $2)
      ON CONFLICT (id) DO UPDATE SET note = excluded.note`;
    if (await done(told, () => db.query(upsert, [id, value]))) told.rows.set(id, value);
    const both = (): Promise<void> =>
      db.transaction((tx) => {
        tx.kv.set("both", value);
        tx.query("UPDATE t SET note = $1 WHERE id = 0", [value]);
      });
    if (i % 5 === 0 && (await done(told, both))) {
      told.keys.set("both", value);
      if (told.rows.has(0)) told.rows.set(0, value);
    }
    if (i % 7 === 6) await done(told, () => db.checkpoint());
    await yieldToEventLoop();
  }
}

async function expectTold(db: Database, told: Told): Promise<void> {
  for (const [key, value] of told.keys) expect(db.kv.get(key)).toBe(value);
  const { rows } = await db.query<{ id: number; note: string }>(
    "SELECT id, note FROM t ORDER BY id",
  );
  const expected = [...told.rows].sort(([a], [b]) => a - b).map(([id, note]) => ({ id, note }));
  expect(rows).toEqual(expected);
}

interface Strike {
  /** Part of the path of the files that find no room. */
  readonly place: string;
  /** The first time that they find none; the only one unless `lasting`. */
  readonly nth: number;
  readonly lasting: boolean;
}

/** A workload on a disk that is full when some files grow; how often they did. */
async function strike({ place, nth, lasting }: Strike): Promise<Told & { growths: number }> {
  const memory = new MemFs();
  let growths = -1;
  const before = ({ kind, path, offset, length }: Operation): Fault | undefined => {
    const writes = kind === "write" || kind === "writeAsync";
    const grows = kind === "create" || (writes && offset! + length! > memory.size(path));
    if (
      !grows ||
      !path.includes(place) ||
      growths === -1 ||
      !(lasting ? growths++ >= nth : growths++ === nth)
    ) {
      return undefined;
    }
    return { kind: "fail", code: "ENOSPC" };
  };
  const fs = new ErrorFs(memory, { before });
  const db = openOn(fs);
  await db.exec("CREATE TABLE t (id int PRIMARY KEY, note text); CREATE INDEX ON t (note)");
  const told: Told = { keys: new Map(), rows: new Map(), refused: 0 };
  growths = 0;
  await work(db, told);
  const counted = growths;
  await expectTold(db, told);
  if (nth % 2 === 0) {
    growths = -1;
    await db.kv.set("last", "1");
    told.keys.set("last", "1");
    await db.query("INSERT INTO t VALUES (99, 'last')");
    told.rows.set(99, "last");
    expect((await db.check()).problems).toEqual([]);
  }
  await db.close();
  growths = -1;
  const again = openOn(memory);
  await expectTold(again, told);
  await again.checkpoint();
  expect((await again.check()).problems).toEqual([]);
  await again.close();
  expect(memory.openFiles).toBe(0);
  return { ...told, growths: counted };
}

/** Who asks for room, how many such moments a workload meets, and whether a user's write is refused. */
const PLACES = [
  ["/log/", 8],
  ["/MANIFEST", 8],
  ["/runs/", 12],
] as const;

describe.each(PLACES)("a full disk under %s", (place, runs) => {
  it.each([
    ["passing", false],
    ["lasting", true],
  ] as const)("refuses writes and keeps all else, wherever it strikes (%s)", async (_, lasting) => {
    const { growths, refused } = await strike({ place, nth: Infinity, lasting });
    expect(refused).toBe(0);
    const stride = Math.ceil(growths / runs);
    let struck = 0;
    for (let nth = 0; nth < growths; nth += stride) {
      if ((await strike({ place, nth, lasting })).refused > 0) struck++;
    }
    // A job in the background that is tried again soon refuses nobody.
    if (lasting || place === "/log/") expect(struck).toBeGreaterThan(3);
  });
});
