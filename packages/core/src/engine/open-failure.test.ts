import { describe, expect, it, vi } from "vitest";
import {
  createTree,
  mapLayout,
  openTestEngine,
  rowsOf,
} from "../testing/simulation/engine-fixture.js";
import { SimulatedHost } from "../testing/simulation/simulated-host.js";
import { ErrorFs } from "../vfs/error-fs.js";
import type { Operation } from "../vfs/faults.js";
import { MemFs } from "../vfs/mem-fs.js";
import { checkpoint, close, compact } from "./life-cycle.js";

vi.mock(import("../limits.js"), async (original) => {
  const { smallLimits } = await import("../testing/simulation/small-limits.js");
  return { ...(await original()), ...smallLimits };
});

const BYTES = mapLayout({ kind: "bytes" });
const ROWS = 80;
/** So little that a replay flushes. */
const WRITE_BUFFER = 8 * 1024;

/** A database as a process that ended left it: runs, and log segments with much to replay. */
async function leftOpen(): Promise<MemFs> {
  const disk = new MemFs();
  const opened = openTestEngine({ vfs: disk });
  const tree = createTree(opened, "t", BYTES);
  const put = (key: number): void => {
    opened.engine.autocommit((tx) => tx.put(tree, [key, new Uint8Array(500)]));
  };
  for (let key = 0; key < ROWS / 4; key++) put(key);
  await compact(opened, {});
  for (let key = ROWS / 4; key < ROWS / 2; key++) put(key);
  await checkpoint(opened);
  for (let key = ROWS / 2; key < ROWS; key++) put(key);
  await opened.engine.durable();
  return disk.clone();
}

function openOn(vfs: MemFs | ErrorFs): ReturnType<typeof openTestEngine> {
  const host = new SimulatedHost(2);
  return openTestEngine({ vfs, host, writeBufferBytes: WRITE_BUFFER });
}

/** Opens the disk, which must fail; nothing may stay open, and what undoes the failure is enough. */
async function expectGivenBack(disk: MemFs, code: string, repair: () => void): Promise<void> {
  expect(() => openOn(disk)).toThrow(expect.objectContaining({ code }) as Error);
  expect(disk.openFiles).toBe(0);
  repair();
  const opened = openOn(disk);
  const view = opened.engine.latest();
  expect(rowsOf(view, view.tree("t")!)).toHaveLength(ROWS);
  await close(opened);
  expect(disk.openFiles).toBe(0);
}

/** Overwrites a byte; returns what puts it back. */
function damage(disk: MemFs, path: string, offset: number): () => void {
  const before = disk.readFile(path).slice(offset, offset + 1);
  const write = (bytes: Uint8Array): void => {
    const file = disk.openWrite(path, { create: false });
    file.write(bytes, offset);
    file.close();
  };
  write(Uint8Array.of(before[0]! ^ 0xff));
  return () => {
    write(before);
  };
}

function pathsOf(disk: MemFs, directory: string): string[] {
  return disk.list(directory).map((name) => `${directory}/${name}`);
}

describe("an open that fails gives every file back", () => {
  it("when the manifest or CURRENT is damaged", async () => {
    const disk = await leftOpen();
    const manifest = pathsOf(disk, "db").find((path) => path.includes("MANIFEST"))!;
    for (const path of [manifest, "db/CURRENT"]) {
      await expectGivenBack(disk, "CORRUPTION", damage(disk, path, 3));
    }
  });

  it("when a run that must be read is damaged, or missing", async () => {
    const disk = await leftOpen();
    for (const path of pathsOf(disk, "db/runs")) {
      const copy = disk.clone();
      const content = copy.readFile(path).slice();
      copy.remove(path);
      await expectGivenBack(copy, "CORRUPTION", () => {
        const file = copy.openWrite(path, { create: true });
        file.write(content, 0);
        file.close();
      });
    }
  });

  it("when the log is damaged", async () => {
    const disk = await leftOpen();
    const segments = pathsOf(disk, "db/log");
    expect(segments.length).toBeGreaterThan(1);
    for (const path of segments) {
      const copy = disk.clone();
      await expectGivenBack(copy, "CORRUPTION", damage(copy, path, 5));
    }
  });

  it("when another process holds it", async () => {
    const disk = await leftOpen();
    const holder = openOn(disk);
    const held = disk.openFiles;
    const host = new SimulatedHost(2);
    expect(() => openTestEngine({ vfs: disk, host })).toThrow("is in use by");
    expect(disk.openFiles).toBe(held);
    await close(holder);
    expect(disk.openFiles).toBe(0);
  });

  it.each([
    ["EIO", 2],
    ["ENOSPC", 3],
  ])("whatever operation fails (%s)", async (errno, stride) => {
    const disk = await leftOpen();
    let failed = 0;
    for (let nth = 0; ; nth += stride) {
      const copy = disk.clone();
      let seen = 0;
      let struck = false;
      const before = ({ kind }: Operation): { kind: "fail"; code: string } | undefined => {
        // A close that fails leaves the file open in this simulation.
        if (kind === "close" || seen++ !== nth) return undefined;
        struck = true;
        return { kind: "fail", code: errno };
      };
      const fs = new ErrorFs(copy, { before });
      try {
        const opened = openOn(fs);
        seen = Infinity;
        await close(opened).catch(() => undefined);
        expect(copy.openFiles, `operation ${nth}`).toBe(0);
        if (!struck) break;
      } catch (error) {
        failed++;
        expect(error, `operation ${nth}`).toHaveProperty("code");
        expect(copy.openFiles, `operation ${nth}: ${String(error)}`).toBe(0);
      }
      const again = openTestEngine({ vfs: copy, host: new SimulatedHost(3) });
      const view = again.engine.latest();
      expect(rowsOf(view, view.tree("t")!)).toHaveLength(ROWS);
      await close(again);
      expect(copy.openFiles).toBe(0);
    }
    expect(failed).toBeGreaterThan(10);
  });
});
