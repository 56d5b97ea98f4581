import type { Value } from "@aegisdb/sql/contract";
import { describe, expect, it } from "vitest";
import { AegisError } from "../errors.js";
import {
  createTree,
  mapLayout,
  openTestEngine,
  rowsOf,
} from "../testing/simulation/engine-fixture.js";
import { MemFs } from "../vfs/mem-fs.js";
import { ErrorFs } from "../vfs/error-fs.js";
import { check } from "./check.js";
import { checkpoint, close } from "./life-cycle.js";
import type { OpenedEngine } from "./open-engine.js";

/** Some rows in runs, with older versions and tombstones, and some in the log alone. */
async function makeDatabase(): Promise<{ disk: MemFs; rows: Value[][] }> {
  const disk = new MemFs();
  const opened = openTestEngine({ vfs: disk });
  const tree = createTree(opened, "t", mapLayout({ kind: "text" }));
  const snapshot = opened.engine.snapshot();
  for (let round = 0; round < 2; round++) {
    for (let key = 0; key < 20; key++) {
      opened.engine.autocommit((tx) => tx.put(tree, [key, `round ${round}`]));
    }
    opened.engine.autocommit((tx) => tx.delete(tree, [round]));
    await checkpoint(opened);
  }
  opened.engine.autocommit((tx) => tx.put(tree, [100, "in the log"]));
  await opened.engine.durable();
  const rows = rowsOf(opened.engine.latest(), tree);
  const left = disk.clone();
  snapshot.release();
  await close(opened);
  left.remove("db/LOCK");
  return { disk: left, rows };
}

async function problemsOf(disk: MemFs): Promise<string[]> {
  const opened = openTestEngine({ vfs: disk });
  const { ok, problems } = await check(opened, {});
  expect(ok).toBe(problems.length === 0);
  return problems.map(({ problem }) => problem);
}

function readAll(opened: OpenedEngine): Value[][] {
  const view = opened.engine.latest();
  return rowsOf(view, view.tree("t")!);
}

describe("check", () => {
  it("finds nothing in a sound database, and counts what it has looked at", async () => {
    const { disk } = await makeDatabase();
    const opened = openTestEngine({ vfs: disk });
    const progress: number[] = [];
    const report = await check(opened, { onProgress: ({ done }) => progress.push(done) });
    expect(report).toMatchObject({ ok: true, problems: [], trees: 2, logRecords: 1 });
    expect(report.sections).toBeGreaterThanOrEqual(3);
    expect(progress).toEqual([1, 2, 3]);
    await close(opened);
  });

  it("finds any damaged byte of a section, and no read gives a wrong answer for it", async () => {
    const { disk, rows } = await makeDatabase();
    const sections = openTestEngine({ vfs: disk.clone() }).manifest.sections();
    let unread = 0;
    let total = 0;
    for (const { meta } of sections) {
      const path = `db/runs/${String(meta.fileId).padStart(8, "0")}.run`;
      for (let offset = meta.offset; offset < meta.offset + meta.length; offset++) {
        const damaged = disk.clone();
        const byte = damaged.readFile(path)[offset]!;
        damaged.openWrite(path, { create: false }).write(Uint8Array.of(byte ^ 0x55), offset);
        const where = `byte ${offset} of ${path}`;
        total++;
        let opened: OpenedEngine;
        try {
          opened = openTestEngine({ vfs: damaged });
          // What was not needed for the answer may be damaged; the answer may not be wrong.
          expect(readAll(opened), where).toEqual(rows);
          unread++;
        } catch (error) {
          expect(error instanceof AegisError && error.code, where).toBe("CORRUPTION");
          continue;
        }
        const { problems } = await check(opened, {});
        expect(problems.length, `check finds ${where}`).toBeGreaterThan(0);
      }
    }
    // Most bytes are needed by a scan of everything.
    expect(unread).toBeLessThan(total / 2);
  });

  it("finds a damaged record of the log that is still needed", async () => {
    const { disk } = await makeDatabase();
    const opened = openTestEngine({ vfs: disk });
    const [name] = disk.list("db/log");
    const path = `db/log/${name!}`;
    const at = Buffer.from(disk.readFile(path)).indexOf("in the log");
    disk.openWrite(path, { create: false }).write(Uint8Array.of(0), at);
    const { problems } = await check(opened, {});
    expect(problems).toMatchObject([{ code: "CORRUPTION", where: "log" }]);
  });

  it.each([
    ["lock", "db/LOCK", 20],
    ["manifest", "db/CURRENT", 3],
    ["manifest", "db/MANIFEST-000001", 8],
    ["manifest", "db/MANIFEST-000001", 40],
    ["runs", "db/runs/00000001.run", 4],
    ["runs", "db/runs/00000001.run", -4],
    ["log", "db/log/0000000000000000.log", 70],
    ["log", "db/log/0000000000000000.log", -1],
  ])("looks at what no read needs: %s, in %s at %i", async (where, path, at) => {
    const { disk } = await makeDatabase();
    const opened = openTestEngine({ vfs: disk });
    expect((await check(opened, {})).ok).toBe(true);
    const offset = at < 0 ? disk.size(path) + at : at;
    const byte = disk.readFile(path)[offset]! ^ 1;
    disk.openWrite(path, { create: false }).write(Uint8Array.of(byte), offset);
    expect((await check(opened, {})).problems).toMatchObject([{ code: "CORRUPTION", where }]);
  });

  it("stops on its signal, and does not take a disk that cannot be read for damage", async () => {
    const { disk } = await makeDatabase();
    const fs = new ErrorFs(disk);
    const opened = openTestEngine({ vfs: fs });
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(check(opened, { signal })).rejects.toMatchObject({ code: "ABORTED" });
    for (const path of ["db/runs", "db/log"]) {
      fs.inject({ kind: ["read", "openRead"], path, lasting: true, fault: { kind: "fail" } });
      await expect(check(opened, {})).rejects.toMatchObject({ code: "IO_ERROR" });
      fs.heal();
    }
    expect((await check(opened, {})).ok).toBe(true);
    expect(opened.engine.parts.snapshots.size).toBe(0);
    await close(opened);
    expect(await problemsOf(disk)).toEqual([]);
  });
});
