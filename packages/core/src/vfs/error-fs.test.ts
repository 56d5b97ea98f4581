import { describe, expect, it } from "vitest";
import { vfsSuite } from "../testing/vfs-suite.js";
import { ErrorFs, type ErrorFsOptions } from "./error-fs.js";
import type { Fault, Operation } from "./faults.js";
import { MemFs } from "./mem-fs.js";

vfsSuite("error-fs without faults", () => {
  const inner = new MemFs();
  inner.makeDirectory("root");
  return { vfs: new ErrorFs(inner, { trace: true }), root: "root", close: () => undefined };
});

const data = (length: number): Uint8Array => new Uint8Array(length).fill(7);

function fixture(options: ErrorFsOptions = {}): { inner: MemFs; vfs: ErrorFs } {
  const inner = new MemFs();
  return { inner, vfs: new ErrorFs(inner, options) };
}

describe("error-fs", () => {
  it("fails the nth operation of a kind, once", () => {
    const { vfs } = fixture();
    vfs.inject({ kind: "write", nth: 2, fault: { kind: "fail" } });
    const file = vfs.openWrite("a", { create: true });
    file.write(data(1), 0);
    expect(() => {
      file.write(data(1), 1);
    }).toThrowError(
      expect.objectContaining({ code: "IO_ERROR", message: 'write "a" failed: EIO' }),
    );
    file.write(data(1), 1);
    expect(file.size()).toBe(2);
  });

  it("fails every operation on a path from the nth on, if told so", () => {
    const { vfs } = fixture();
    vfs.inject({ path: "log", nth: 2, lasting: true, fault: { kind: "fail", code: "ENOSPC" } });
    vfs.openWrite("a.log", { create: true });
    expect(() => vfs.readFile("a.log")).toThrowError(/ENOSPC/);
    expect(() => vfs.openRead("a.log")).toThrowError(/ENOSPC/);
    expect(vfs.openWrite("run", { create: true }).size()).toBe(0);
    vfs.heal();
    expect(vfs.exists("a.log")).toBe(true);
  });

  it.each([0, 1, 3])("stores the first %i bytes of a short write, then throws", (bytes) => {
    const { vfs, inner } = fixture();
    vfs.inject({ kind: "write", fault: { kind: "short", bytes } });
    const file = vfs.openWrite("a", { create: true });
    expect(() => {
      file.write(data(4), 0);
    }).toThrowError(/EIO/);
    expect(inner.size("a")).toBe(bytes);
  });

  it("stores the first bytes of a short asynchronous write, then rejects", async () => {
    const { vfs, inner } = fixture();
    vfs.inject({ kind: "writeAsync", fault: { kind: "short", bytes: 2 } });
    const file = vfs.openWrite("a", { create: true });
    await expect(file.writeAsync(data(4), 0)).rejects.toMatchObject({ code: "IO_ERROR" });
    expect(inner.size("a")).toBe(2);
  });

  it("is full after its capacity, counting growth alone", async () => {
    const { vfs, inner } = fixture({ capacity: 10 });
    const file = vfs.openWrite("a", { create: true });
    file.write(data(6), 0);
    file.write(data(6), 0);
    expect(() => {
      file.write(data(6), 5);
    }).toThrowError(expect.objectContaining({ code: "DISK_FULL" }));
    expect(inner.size("a")).toBe(10);
    await expect(file.writeAsync(data(1), 10)).rejects.toMatchObject({ code: "DISK_FULL" });
    expect(() => {
      file.truncate(20);
    }).toThrowError(expect.objectContaining({ code: "DISK_FULL" }));
    vfs.heal();
    file.write(data(1), 10);
    expect(inner.size("a")).toBe(11);
  });

  it.each([
    ["fail", 0],
    ["late", 3],
  ] as const)("reports a sync as failed (%s) with %i bytes durable", async (kind, survives) => {
    for (const sync of ["sync", "syncAsync"] as const) {
      const { vfs, inner } = fixture();
      const file = vfs.openWrite("a", { create: true });
      vfs.syncDirectory(".");
      file.write(data(3), 0);
      vfs.inject({ kind: sync, fault: { kind } });
      await expect(
        (async () => {
          await file[sync]();
        })(),
      ).rejects.toMatchObject({ code: "IO_ERROR" });
      expect(inner.crashClone({ int: () => 0 }, { style: "lost" }).size("a")).toBe(survives);
    }
  });

  it("closes what a late failure had opened", () => {
    const { vfs, inner } = fixture();
    vfs.inject({ kind: "create", fault: { kind: "late" } });
    expect(() => vfs.openWrite("a", { create: true })).toThrowError(/EIO/);
    expect(inner.exists("a")).toBe(true);
    expect(inner.openFiles).toBe(0);
  });

  it("asks the hook before every operation", () => {
    const seen: string[] = [];
    const before = ({ index, kind, path }: Operation): Fault | undefined => {
      seen.push(`${String(index)} ${kind} ${path}`);
      return kind === "remove" ? { kind: "fail", code: "EPERM" } : undefined;
    };
    const { vfs } = fixture({ before });
    vfs.openWrite("a", { create: true }).close();
    expect(() => {
      vfs.remove("a");
    }).toThrowError(/EPERM/);
    vfs.rename("a", "b");
    expect(seen).toEqual(["0 create a", "1 close a", "2 remove a", "3 rename a"]);
    expect([vfs.count(), vfs.count("close"), vfs.count("sync")]).toEqual([4, 1, 0]);
  });

  it("lets a simulator cut the power before any operation", () => {
    for (let cut = 0; cut < 4; cut++) {
      const inner = new MemFs();
      let picture: MemFs | undefined;
      const vfs: ErrorFs = new ErrorFs(inner, {
        before: ({ index }) => {
          if (index !== cut) return undefined;
          picture = inner.crashClone({ int: () => 0 }, { style: "kept" });
          vfs.powerOff();
          return undefined;
        },
      });
      expect(() => {
        const file = vfs.openWrite("a", { create: true });
        file.write(data(5), 0);
        file.sync();
        vfs.syncDirectory(".");
      }).toThrowError(/EIO/);
      expect(() => vfs.exists("a")).toThrowError(/EIO/);
      expect(picture!.exists("a")).toBe(cut > 0);
      if (cut > 1) expect(picture!.size("a")).toBe(5);
    }
  });

  it("rejects what is under way when the power goes", async () => {
    const { vfs } = fixture();
    const file = vfs.openWrite("a", { create: true });
    const written = file.writeAsync(data(5), 0);
    vfs.powerOff();
    await expect(written).rejects.toMatchObject({ code: "IO_ERROR" });
  });

  it("records what started, ended and was marked, in order", async () => {
    const { vfs } = fixture({ trace: true });
    const file = vfs.openWrite("a", { create: true });
    vfs.inject({ kind: "sync", fault: { kind: "fail" } });
    await file.syncAsync().then(() => {
      vfs.mark("settled");
    });
    expect(() => {
      file.sync();
    }).toThrowError();
    expect(
      vfs.trace.map((e) => (e.kind === "mark" ? e.label : `${e.operation.kind} ${e.kind}`)),
    ).toEqual([
      "create started",
      "create done",
      "syncAsync started",
      "syncAsync done",
      "settled",
      "sync started",
      "sync failed",
    ]);
  });
});
