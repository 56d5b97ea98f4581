import { expect } from "vitest";
import { bytes, type VfsCases } from "./vfs-fixture.js";

/** The Vfs contract: what files hold, and asynchronous calls. */
export const contentCases: VfsCases = {
  "reads back what was written, at any offset": (fixture) => {
    fixture.withFile("a", (file) => {
      file.write(bytes(1, 2, 3, 4), 0);
      file.write(bytes(9, 8), 1);
      file.write(bytes(7), 6);
      const content = new Uint8Array(10);
      expect(file.read(content, 0)).toBe(7);
      expect([...content.subarray(0, 7)]).toEqual([1, 9, 8, 4, 0, 0, 7]);
      expect(file.size()).toBe(7);
    });
    expect([...fixture.vfs.readFile(fixture.path("a"))]).toEqual([1, 9, 8, 4, 0, 0, 7]);
    expect(fixture.vfs.size(fixture.path("a"))).toBe(7);
  },

  "reads fewer bytes only at the end of the file": (fixture) => {
    fixture.put("a", bytes(1, 2, 3));
    const file = fixture.vfs.openRead(fixture.path("a"));
    const into = bytes(0, 0, 0, 0);
    expect(file.size()).toBe(3);
    expect(file.read(into, 1)).toBe(2);
    expect([...into]).toEqual([2, 3, 0, 0]);
    expect(file.read(into, 3)).toBe(0);
    expect(file.read(into, 100)).toBe(0);
    expect(file.read(into.subarray(2), 0)).toBe(2);
    expect([...into]).toEqual([2, 3, 1, 2]);
    file.close();
  },

  "copies the data of a write before it returns": (fixture) => {
    const data = bytes(1, 2, 3);
    fixture.withFile("a", (file) => {
      file.write(data, 0);
      data.fill(0);
    });
    expect([...fixture.vfs.readFile(fixture.path("a"))]).toEqual([1, 2, 3]);
  },

  "takes and fills memory that is shared between threads": (fixture) => {
    const shared = new Uint8Array(new SharedArrayBuffer(8), 2, 4);
    shared.set([5, 6, 7, 8]);
    fixture.withFile("a", (file) => {
      file.write(shared, 0);
      shared.fill(0);
      expect(file.read(shared, 0)).toBe(4);
    });
    expect([...shared]).toEqual([5, 6, 7, 8]);
  },

  "truncates and grows with zeros": (fixture) => {
    fixture.withFile("a", (file) => {
      file.write(bytes(1, 2, 3, 4), 0);
      file.truncate(2);
      expect(file.size()).toBe(2);
      file.truncate(5);
    });
    expect([...fixture.vfs.readFile(fixture.path("a"))]).toEqual([1, 2, 0, 0, 0]);
  },

  "shows a write to every open file at once, and syncs either way": (fixture) => {
    fixture.withFile("a", (file) => {
      const reader = fixture.vfs.openRead(fixture.path("a"));
      file.write(bytes(1), 0);
      file.sync();
      expect(reader.size()).toBe(1);
      const second = fixture.vfs.openWrite(fixture.path("a"), { create: false, dataSync: true });
      second.write(bytes(2, 3), 1);
      second.close();
      expect([...fixture.vfs.readFile(fixture.path("a"))]).toEqual([1, 2, 3]);
      reader.close();
    });
  },

  "writes files of synchronous data": (fixture) => {
    fixture.withFile(
      "a",
      (file) => {
        file.write(bytes(1, 2, 3), 0);
      },
      true,
    );
    expect([...fixture.vfs.readFile(fixture.path("a"))]).toEqual([1, 2, 3]);
  },

  "writes nothing for no data": (fixture) => {
    fixture.put("a", bytes());
    expect(fixture.vfs.size(fixture.path("a"))).toBe(0);
    expect(fixture.vfs.readFile(fixture.path("a")).length).toBe(0);
    fixture.withFile("b", (file) => {
      file.write(bytes(), 10);
    });
    expect(fixture.vfs.size(fixture.path("b"))).toBe(0);
  },
  "writes and syncs off the main thread": async (fixture) => {
    for (const dataSync of [false, true]) {
      const name = `synchronous ${String(dataSync)}`;
      const file = fixture.vfs.openWrite(fixture.path(name), { create: true, dataSync });
      await Promise.all([file.writeAsync(bytes(1, 2), 0), file.writeAsync(bytes(3), 2)]);
      await file.syncAsync();
      file.close();
      expect([...fixture.vfs.readFile(fixture.path(name))]).toEqual([1, 2, 3]);
    }
  },

  "finishes what is under way when a file is closed": async (fixture) => {
    const file = fixture.vfs.openWrite(fixture.path("a"), { create: true });
    const written = file.writeAsync(new Uint8Array(100_000).fill(7), 0);
    file.close();
    await written;
    expect(fixture.vfs.readFile(fixture.path("a")).every((byte: number) => byte === 7)).toBe(true);
    expect(fixture.vfs.size(fixture.path("a"))).toBe(100_000);
  },

  "rejects asynchronous calls on a closed file": async (fixture) => {
    const file = fixture.vfs.openWrite(fixture.path("a"), { create: true });
    file.close();
    await expect(file.writeAsync(bytes(1), 0)).rejects.toMatchObject({ code: "IO_ERROR" });
    await expect(file.syncAsync()).rejects.toMatchObject({ code: "IO_ERROR" });
  },
};
