import { expect } from "vitest";
import { bytes, expectCode, type VfsCases } from "./vfs-fixture.js";

/** The Vfs contract: names, directories and errors. */
export const nameCases: VfsCases = {
  "lists names in order, directories too": (fixture) => {
    expect(fixture.vfs.list(fixture.root)).toEqual([]);
    fixture.put("b", bytes(1));
    fixture.vfs.makeDirectory(fixture.path("c"));
    fixture.put("a", bytes(1));
    fixture.put("c/inner", bytes(1));
    expect(fixture.vfs.list(fixture.root)).toEqual(["a", "b", "c"]);
    expect(fixture.vfs.list(fixture.path("c"))).toEqual(["inner"]);
    fixture.vfs.syncDirectory(fixture.path("c"));
    fixture.vfs.syncDirectory(fixture.root);
  },

  "tells what exists, files and directories": (fixture) => {
    expect(fixture.vfs.exists(fixture.path("a"))).toBe(false);
    fixture.put("a", bytes());
    expect(fixture.vfs.exists(fixture.path("a"))).toBe(true);
    expect(fixture.vfs.exists(fixture.root)).toBe(true);
    expect(fixture.vfs.exists(fixture.path("no/such"))).toBe(false);
  },

  "renames over a file, and open files keep what they opened": (fixture) => {
    fixture.put("old", bytes(1));
    fixture.put("new", bytes(2, 2));
    const reader = fixture.vfs.openRead(fixture.path("old"));
    fixture.vfs.rename(fixture.path("new"), fixture.path("old"));
    expect(fixture.vfs.list(fixture.root)).toEqual(["old"]);
    expect([...fixture.vfs.readFile(fixture.path("old"))]).toEqual([2, 2]);
    expect(reader.size()).toBe(1);
    reader.close();
  },

  "renames between directories": (fixture) => {
    fixture.vfs.makeDirectory(fixture.path("d"));
    fixture.put("a", bytes(1));
    fixture.vfs.rename(fixture.path("a"), fixture.path("d/b"));
    expect(fixture.vfs.list(fixture.root)).toEqual(["d"]);
    expect(fixture.vfs.list(fixture.path("d"))).toEqual(["b"]);
  },

  "removes files that are open, and empty directories": (fixture) => {
    fixture.put("a", bytes(1, 2));
    const reader = fixture.vfs.openRead(fixture.path("a"));
    fixture.vfs.remove(fixture.path("a"));
    expect(fixture.vfs.exists(fixture.path("a"))).toBe(false);
    expect(reader.size()).toBe(2);
    reader.close();
    fixture.vfs.makeDirectory(fixture.path("d"));
    fixture.vfs.remove(fixture.path("d"));
    expect(fixture.vfs.list(fixture.root)).toEqual([]);
  },
  "throws NOT_FOUND, with the path, for what is missing": (fixture) => {
    const missing = fixture.path("missing");
    for (const call of [
      () => fixture.vfs.openRead(missing),
      () => fixture.vfs.openWrite(missing, { create: false }),
      () => fixture.vfs.readFile(missing),
      () => fixture.vfs.list(missing),
      () => fixture.vfs.size(missing),
      () => {
        fixture.vfs.remove(missing);
      },
      () => {
        fixture.vfs.rename(missing, fixture.path("b"));
      },
      () => {
        fixture.vfs.syncDirectory(missing);
      },
      () => fixture.vfs.openWrite(fixture.path("no/dir"), { create: true }),
      () => {
        fixture.vfs.makeDirectory(fixture.path("no/dir"));
      },
    ]) {
      expectCode(call, "NOT_FOUND");
    }
    expect(() => fixture.vfs.openRead(missing)).toThrowError(/"[^"]*missing" failed: ENOENT/);
  },

  "throws IO_ERROR for what is there already, is of another kind or is not empty": (fixture) => {
    fixture.put("a", bytes(1));
    fixture.vfs.makeDirectory(fixture.path("d"));
    fixture.put("d/x", bytes());
    expectCode(() => fixture.vfs.openWrite(fixture.path("a"), { create: true }), "IO_ERROR");
    expectCode(() => {
      fixture.vfs.makeDirectory(fixture.path("a"));
    }, "IO_ERROR");
    expectCode(() => {
      fixture.vfs.remove(fixture.path("d"));
    }, "IO_ERROR");
    expectCode(() => fixture.vfs.list(fixture.path("a")), "IO_ERROR");
    expectCode(() => fixture.vfs.readFile(fixture.path("d")), "IO_ERROR");
    expectCode(() => {
      fixture.vfs.rename(fixture.path("a"), fixture.path("d"));
    }, "IO_ERROR");
    expect([...fixture.vfs.readFile(fixture.path("a"))]).toEqual([1]);
  },

  "refuses every call on a closed file, but a second close": (fixture) => {
    const file = fixture.vfs.openWrite(fixture.path("a"), { create: true });
    file.write(bytes(1), 0);
    file.close();
    file.close();
    const reader = fixture.vfs.openRead(fixture.path("a"));
    reader.close();
    reader.close();
    for (const call of [
      () => {
        file.write(bytes(1), 0);
      },
      () => file.read(bytes(1), 0),
      () => file.size(),
      () => {
        file.truncate(0);
      },
      () => {
        file.sync();
      },
      () => reader.size(),
      () => reader.read(bytes(1), 0),
    ]) {
      expectCode(call, "IO_ERROR");
    }
  },
};
