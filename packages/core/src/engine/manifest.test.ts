import type { Value } from "@aegisdb/sql/contract";
import { describe, expect, it } from "vitest";
import { Prng } from "../base/prng.js";
import { AegisError } from "../errors.js";
import {
  createTree,
  mapLayout,
  openTestEngine,
  rowsOf,
} from "../testing/simulation/engine-fixture.js";
import { SimulatedHost } from "../testing/simulation/simulated-host.js";
import { MemFs } from "../vfs/mem-fs.js";
import { check } from "./check.js";
import { checkpoint, close, compact } from "./life-cycle.js";
import { Manifest } from "./manifest.js";
import type { OpenedEngine } from "./open-engine.js";

const INTS = mapLayout({ kind: "int" });

type Rows = Readonly<Record<string, Value[][]>>;

function contentOf(opened: OpenedEngine): Rows {
  const view = opened.engine.latest();
  const names = ["a", "b", "c"].filter((name) => view.tree(name) !== undefined);
  return Object.fromEntries(names.map((name) => [name, rowsOf(view, view.tree(name)!)]));
}

/** A database whose manifest has edits of every kind, left as a crash leaves it. */
async function makeDatabase(): Promise<{ disk: MemFs; rows: Rows }> {
  const disk = new MemFs();
  const opened = openTestEngine({ vfs: disk });
  const [a, b, c] = ["a", "b", "c"].map((name) => createTree(opened, name, INTS));
  for (let round = 0; round < 3; round++) {
    for (let key = 0; key < 5; key++) {
      opened.engine.autocommit((tx) => {
        tx.put(a!, [key, round]);
        tx.put(b!, [key * round, key]);
        tx.put(c!, [key, null]);
      });
    }
    await checkpoint(opened);
  }
  await compact(opened, {});
  opened.engine.autocommit((tx) => tx.dropTree(c!));
  await checkpoint(opened);
  opened.engine.autocommit((tx) => tx.delete(a!, [1]));
  await opened.engine.durable();
  const rows = contentOf(opened);
  return { disk: disk.clone(), rows };
}

/** Opens a damaged disk: either it says what is wrong, or every answer is right. */
async function expectRefusedOrRight(disk: MemFs, rows: Rows, where: string): Promise<boolean> {
  let opened: OpenedEngine;
  const files = [disk.list("db/runs"), disk.list("db/log")];
  try {
    opened = openTestEngine({ vfs: disk, host: new SimulatedHost(2) });
  } catch (error) {
    const code = error instanceof AegisError ? error.code : String(error);
    expect(["CORRUPTION", "UNSUPPORTED_FORMAT"], `${where}: ${String(error)}`).toContain(code);
    // What the damaged file does not name may be needed to repair it.
    expect([disk.list("db/runs"), disk.list("db/log")], where).toEqual(files);
    return true;
  }
  expect(contentOf(opened), where).toEqual(rows);
  expect((await check(opened, {})).problems, where).toEqual([]);
  await close(opened);
  return false;
}

function withByte(disk: MemFs, path: string, offset: number, change: number): MemFs {
  const copy = disk.clone();
  const byte = disk.readFile(path)[offset]!;
  copy.openWrite(path, { create: false }).write(Uint8Array.of(byte ^ change), offset);
  return copy;
}

function withLength(disk: MemFs, path: string, length: number): MemFs {
  const copy = disk.clone();
  copy.openWrite(path, { create: false }).truncate(length);
  return copy;
}

function manifestOf(disk: MemFs): string {
  return `db/${disk.list("db").find((name) => name.startsWith("MANIFEST-"))!}`;
}

describe("damage to", () => {
  it("any byte of the manifest is refused, or changes no answer", async () => {
    const { disk, rows } = await makeDatabase();
    const path = manifestOf(disk);
    let refused = 0;
    const size = disk.size(path);
    for (let offset = 0; offset < size; offset++) {
      const change = offset % 2 === 0 ? 0xff : 1 << (offset % 8);
      const damaged = withByte(disk, path, offset, change);
      if (await expectRefusedOrRight(damaged, rows, `byte ${offset} of ${size}`)) refused++;
    }
    expect(refused).toBeGreaterThan(size / 2);
  });

  it("the length of the manifest is refused, or changes no answer", async () => {
    const { disk, rows } = await makeDatabase();
    const path = manifestOf(disk);
    for (let length = 0; length < disk.size(path); length++) {
      await expectRefusedOrRight(withLength(disk, path, length), rows, `${length} bytes`);
    }
    expect(await expectRefusedOrRight(disk.clone(), rows, "undamaged")).toBe(false);
  });

  it("any byte, or the length, of CURRENT is refused", async () => {
    const { disk, rows } = await makeDatabase();
    const size = disk.size("db/CURRENT");
    for (let offset = 0; offset < size; offset++) {
      for (const change of [0xff, 1, 0x20]) {
        const damaged = withByte(disk, "db/CURRENT", offset, change);
        expect(await expectRefusedOrRight(damaged, rows, `byte ${offset}`)).toBe(true);
      }
      const cut = withLength(disk, "db/CURRENT", offset);
      expect(await expectRefusedOrRight(cut, rows, `${offset} bytes`)).toBe(true);
    }
  });

  it("a missing CURRENT, manifest or run is refused", async () => {
    const { disk, rows } = await makeDatabase();
    const paths = ["db/CURRENT", manifestOf(disk), `db/runs/${disk.list("db/runs")[0]!}`];
    for (const path of paths) {
      const damaged = disk.clone();
      damaged.remove(path);
      expect(await expectRefusedOrRight(damaged, rows, `no ${path}`)).toBe(true);
    }
  });

  it("any byte of LOCK is refused, but for the last; its length does not matter", async () => {
    const { disk, rows } = await makeDatabase();
    const size = disk.size("db/LOCK");
    for (let offset = 0; offset < size; offset++) {
      const damaged = withByte(disk, "db/LOCK", offset, 0xff);
      const refused = await expectRefusedOrRight(damaged, rows, `byte ${offset}`);
      expect(refused, `byte ${offset}`).toBe(offset < size - 1);
      const cut = withLength(disk, "db/LOCK", offset);
      expect(await expectRefusedOrRight(cut, rows, `${offset} bytes`)).toBe(false);
    }
  });
});

describe("a manifest", () => {
  const section = (fileId: number, firstKey: number | string): { level: number; meta: never } => ({
    level: fileId % 3,
    meta: {
      fileId,
      treeId: 1,
      offset: 64,
      length: 1000 + fileId,
      rows: 10,
      tombstones: 1,
      firstKey,
      lastKey: firstKey,
      minSeq: 1,
      maxSeq: 2 ** 50,
    } as never,
  });

  it("holds after any crash what was appended before it, and at most one edit more", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const prng = new Prng(seed);
      const disk = new MemFs();
      disk.makeDirectory("db");
      disk.syncDirectory(".");
      const manifest = Manifest.open(disk, "db", () => undefined);
      manifest.settle();
      const edits = 1 + prng.int(8);
      for (let i = 1; i <= edits; i++) {
        const key = prng.chance(0.5) ? prng.int(100) : `k${prng.int(100)}`;
        const removed = i > 2 && prng.chance(0.3) ? [{ fileId: i - 2, treeId: 1 }] : [];
        if (removed.some(({ fileId }) => !isThere(manifest, fileId))) removed.length = 0;
        const flushed = { position: i * 1000, lastTime: i };
        manifest.append({ added: [section(i, key)], removed, flushed, nextTreeId: i });
      }
      const found = Manifest.open(disk.crashClone(prng), "db", () => undefined);
      expect(found.sections(), `seed ${seed}`).toEqual(manifest.sections());
      expect(found.flushedPosition).toBe(edits * 1000);
      expect(found.lastTime).toBe(edits);
      expect(found.nextTreeId).toBe(edits);
    }
  });

  it("is dead after a failed write: the next edit could follow a torn one", () => {
    const disk = new MemFs();
    disk.makeDirectory("db");
    const manifest = Manifest.open(disk, "db", () => undefined);
    manifest.close();
    const append = (): void => manifest.append({ added: [], removed: [], flushed: undefined });
    for (let i = 0; i < 2; i++) {
      expect(append).toThrow(expect.objectContaining({ code: "DURABILITY_LOST" }) as Error);
    }
  });
});

function isThere(manifest: Manifest, fileId: number): boolean {
  return manifest.sections().some(({ meta }) => meta.fileId === fileId);
}
