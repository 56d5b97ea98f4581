import { describe, expect, it } from "vitest";
import { Prng } from "../base/prng.js";
import { ManualScheduler } from "./io-scheduler.js";
import { MemFs } from "./mem-fs.js";

const fill = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte);

/** What can be told of a disk: every file with its content, "" for none. */
function describeDisk(fs: MemFs, directory = "."): string {
  return fs
    .list(directory)
    .map((name) => {
      const path = `${directory}/${name}`;
      try {
        return `${name}=${Buffer.from(fs.readFile(path)).toString("latin1")}`;
      } catch {
        return `${name}/{${describeDisk(fs, path)}}`;
      }
    })
    .join(" ");
}

function allStates(fs: MemFs, tear?: "none" | "sector" | "byte"): string[] {
  const states = new Set<string>();
  for (const state of fs.crashStates(tear === undefined ? {} : { tear })) {
    states.add(describeDisk(state));
  }
  return [...states].sort();
}

const text = (s: string): Uint8Array => new TextEncoder().encode(s);

function write(fs: MemFs, path: string, content: string, offset = 0): void {
  const create = !fs.exists(path);
  const file = fs.openWrite(path, { create });
  file.write(text(content), offset);
  file.close();
}

function writeSynced(fs: MemFs, path: string, content: string): void {
  write(fs, path, content);
  const file = fs.openWrite(path, { create: false });
  file.sync();
  file.close();
  fs.syncDirectory(".");
}

describe("mem-fs after a power cut: names", () => {
  it("may have lost a file that was created, synced or not, until its directory is", () => {
    const fs = new MemFs();
    write(fs, "a", "x");
    const file = fs.openWrite("a", { create: false });
    file.sync();
    expect(allStates(fs)).toEqual(["", "a=x"]);
    fs.syncDirectory(".");
    expect(allStates(fs)).toEqual(["a=x"]);
  });

  it("may keep a later name and lose an earlier one", () => {
    const fs = new MemFs();
    write(fs, "a", "");
    write(fs, "b", "");
    expect(allStates(fs)).toEqual(["", "a=", "a= b=", "b="]);
  });

  it("renames all or nothing, and never without the creation before", () => {
    const fs = new MemFs();
    writeSynced(fs, "current", "1");
    write(fs, "new", "2");
    const file = fs.openWrite("new", { create: false });
    file.sync();
    fs.rename("new", "current");
    expect(allStates(fs)).toEqual(["current=1", "current=1 new=2", "current=2"]);
    fs.syncDirectory(".");
    expect(allStates(fs)).toEqual(["current=2"]);
  });

  it("may have lost the content of a file that was renamed without a sync", () => {
    const fs = new MemFs();
    writeSynced(fs, "current", "1");
    write(fs, "new", "2");
    fs.rename("new", "current");
    fs.syncDirectory(".");
    expect(allStates(fs)).toEqual(["current=", "current=\0", "current=2"]);
  });

  it("may bring back what was removed until the directory is synced", () => {
    const fs = new MemFs();
    writeSynced(fs, "a", "1");
    fs.remove("a");
    expect(allStates(fs)).toEqual(["", "a=1"]);
    fs.syncDirectory(".");
    expect(allStates(fs)).toEqual([""]);
  });

  it("loses a directory whose own name is not durable, with all it holds", () => {
    const fs = new MemFs();
    fs.makeDirectory("d");
    write(fs, "d/a", "1");
    const file = fs.openWrite("d/a", { create: false });
    file.sync();
    fs.syncDirectory("d");
    expect(allStates(fs)).toEqual(["", "d/{a=1}"]);
    fs.syncDirectory(".");
    expect(allStates(fs)).toEqual(["d/{a=1}"]);
  });

  it("makes a rename between directories durable as one", () => {
    const fs = new MemFs();
    fs.makeDirectory("d");
    writeSynced(fs, "a", "1");
    fs.rename("a", "d/b");
    expect(allStates(fs)).toEqual(["a=1 d/{}", "d/{b=1}"]);
    fs.syncDirectory("d");
    expect(allStates(fs)).toEqual(["d/{b=1}"]);
  });
});

describe("mem-fs after a power cut: content", () => {
  function synced(content: Uint8Array): { fs: MemFs; file: ReturnType<MemFs["openWrite"]> } {
    const fs = new MemFs();
    const file = fs.openWrite("a", { create: true });
    file.write(content, 0);
    file.sync();
    fs.syncDirectory(".");
    return { fs, file };
  }

  it("has what was synced, and all, nothing or the sectors of what was not", () => {
    const { fs, file } = synced(fill(1024, 65));
    file.write(fill(1024, 66), 0);
    const [A, B] = ["A".repeat(512), "B".repeat(512)];
    expect(allStates(fs)).toEqual([`a=${A}${A}`, `a=${A}${B}`, `a=${B}${A}`, `a=${B}${B}`]);
    expect(allStates(fs, "none")).toEqual([`a=${A}${A}`, `a=${B}${B}`]);
    file.sync();
    expect(allStates(fs)).toEqual([`a=${B}${B}`]);
  });

  it("tears sectors at any byte, if told so", () => {
    const { fs, file } = synced(text("aaaa"));
    file.write(text("bbbb"), 0);
    expect(allStates(fs, "byte")).toEqual(["a=aaaa", "a=baaa", "a=bbaa", "a=bbba", "a=bbbb"]);
  });

  it("may have grown in part, with zeros where data is missing", () => {
    const { fs, file } = synced(text(""));
    file.write(text("xy"), 0);
    expect(allStates(fs, "byte")).toEqual(["a=", "a=\0", "a=\0\0", "a=x", "a=x\0", "a=xy"]);
  });

  it("holds in a sector any number of the writes to it, in their order", () => {
    const { fs, file } = synced(text("a"));
    file.write(text("b"), 0);
    file.write(text("c"), 0);
    expect(allStates(fs)).toEqual(["a=a", "a=b", "a=c"]);
  });

  it("may undo a truncation", () => {
    const { fs, file } = synced(text("abc"));
    file.truncate(1);
    expect(allStates(fs)).toEqual(["a=a", "a=abc"]);
    file.truncate(3);
    expect(allStates(fs, "byte")).toEqual(["a=a", "a=a\0", "a=a\0\0", "a=abc"]);
    file.sync();
    expect(allStates(fs)).toEqual(["a=a\0\0"]);
  });

  it("has every write of a file opened for synchronous data, whatever else is lost", () => {
    const { fs, file } = synced(text("----"));
    file.write(text("aaaaaa"), 0);
    const direct = fs.openWrite("a", { create: false, dataSync: true });
    direct.write(text("DD"), 3);
    file.write(text("z"), 0);
    for (const state of allStates(fs, "byte")) expect(state).toMatch(/^a=[-az][-a][-a]DD[\0a]?$/);
    expect(allStates(fs, "none")).toEqual(["a=---DD", "a=aaaDDa", "a=zaaDDa"]);
  });

  it("keeps losing what a failed sync dropped, though reads see it and later syncs succeed", () => {
    const { fs, file } = synced(text("a"));
    file.write(text("b"), 0);
    fs.loseUnsynced("a");
    file.sync();
    file.write(text("c"), 1);
    file.sync();
    expect(Buffer.from(fs.readFile("a")).toString()).toBe("bc");
    expect(allStates(fs)).toEqual(["a=ac", "a=bc"]);
  });
});

describe("mem-fs after a power cut: time", () => {
  it("covers with an asynchronous sync only what was written before the call", async () => {
    const scheduler = new ManualScheduler();
    const fs = new MemFs({ scheduler });
    const file = fs.openWrite("a", { create: true });
    fs.syncDirectory(".");
    file.write(text("1"), 0);
    const done = file.syncAsync();
    file.write(text("2"), 1);
    expect(allStates(fs, "none")).toEqual(["a=", "a=1", "a=12"]);
    scheduler.runAll();
    await done;
    expect(allStates(fs, "none")).toEqual(["a=1", "a=12"]);
  });

  it("may have an asynchronous write before it settles, and has it after, if synchronous", async () => {
    const scheduler = new ManualScheduler();
    const fs = new MemFs({ scheduler });
    const file = fs.openWrite("a", { create: true, dataSync: true });
    fs.syncDirectory(".");
    const done = file.writeAsync(text("1"), 0);
    expect(allStates(fs)).toEqual(["a="]);
    scheduler.step();
    await Promise.resolve();
    expect(allStates(fs, "none")).toEqual(["a=", "a=1"]);
    scheduler.runAll();
    await done;
    expect(allStates(fs)).toEqual(["a=1"]);
  });

  it("notices when the buffer of an asynchronous write changes before it settles", async () => {
    const scheduler = new ManualScheduler();
    const fs = new MemFs({ scheduler });
    const file = fs.openWrite("a", { create: true });
    const buffer = text("1");
    const done = file.writeAsync(buffer, 0);
    scheduler.step();
    await Promise.resolve();
    buffer[0] = 0;
    scheduler.runAll();
    await expect(done).rejects.toMatchObject({ code: "INTERNAL" });
  });

  it("gives with one style a prefix of time", () => {
    const fs = new MemFs();
    for (let i = 0; i < 5; i++) write(fs, `f${String(i)}`, String(i));
    const states = new Set<string>();
    for (let seed = 0; seed < 60; seed++) {
      states.add(describeDisk(fs.crashClone(new Prng(seed), { style: "ordered", tear: "byte" })));
    }
    const whole = ["f0=0", "f1=1", "f2=2", "f3=3", "f4=4"];
    for (const state of states) {
      const files = state === "" ? [] : state.split(" ");
      const complete = files.slice(0, -1);
      expect(complete).toEqual(whole.slice(0, complete.length));
      expect([whole[complete.length], `f${String(complete.length)}=`, undefined]).toContain(
        files.at(-1),
      );
    }
    expect(states.size).toBeGreaterThan(5);
  });
});

describe("mem-fs after a power cut: random histories", () => {
  /** For each byte, the values that may be found there: the durable one and all written since. */
  class Expectation {
    #allowed: Set<number>[] = [];
    #current: number[] = [];

    write(data: Uint8Array, offset: number): void {
      data.forEach((byte, i) => {
        while (this.#current.length <= offset + i) this.#current.push(0);
        this.#current[offset + i] = byte;
        while (this.#allowed.length <= offset + i) this.#allowed.push(new Set([0]));
        this.#allowed[offset + i]!.add(byte);
      });
    }

    truncate(size: number): void {
      for (let i = size; i < this.#current.length; i++) this.#allowed[i]!.add(0);
      this.#current.length = Math.min(size, this.#current.length);
    }

    sync(): void {
      this.#allowed = this.#current.map((byte) => new Set([byte]));
    }

    /** Neither a byte that was never there, nor a size beyond every size there was. */
    check(content: Uint8Array): void {
      expect(content.length).toBeLessThanOrEqual(this.#allowed.length);
      expect(content.findIndex((byte, i) => !this.#allowed[i]!.has(byte))).toBe(-1);
    }

    get current(): Buffer {
      return Buffer.from(this.#current);
    }
  }

  it("never shows what was not written, and always what was synced", () => {
    for (let seed = 0; seed < 150; seed++) {
      const prng = new Prng(seed);
      const fs = new MemFs();
      const file = fs.openWrite("a", { create: true });
      fs.syncDirectory(".");
      const expected = new Expectation();
      for (let step = 0; step < 12; step++) {
        const action = prng.int(10);
        if (action < 7) {
          const data = prng.bytes(1 + prng.int(700));
          const offset = prng.int(1500);
          file.write(data, offset);
          expected.write(data, offset);
        } else if (action === 7) {
          const size = prng.int(Math.max(1, file.size()));
          file.truncate(size);
          expected.truncate(size);
        } else {
          file.sync();
          expected.sync();
          const found = fs.crashClone(prng).readFile("a");
          expect(expected.current.equals(found), `seed ${String(seed)}`).toBe(true);
        }
        const tear = prng.pick(["none", "sector", "byte"] as const);
        const crashed = fs.crashClone(prng, { style: prng.pick(["mixed", "ordered"]), tear });
        expected.check(crashed.readFile("a"));
        // What was found is durable: another cut changes nothing.
        expect(describeDisk(crashed.crashClone(prng))).toBe(describeDisk(crashed));
      }
    }
  });

  it("gives the same disk for the same decisions, and clones that go their own way", () => {
    const fs = new MemFs();
    write(fs, "a", "one");
    fs.makeDirectory("d");
    write(fs, "d/b", "two");
    const clone = fs.clone();
    expect(allStates(clone, "byte")).toEqual(allStates(fs, "byte"));
    const crash = (disk: MemFs): string => describeDisk(disk.crashClone(new Prng(5)));
    expect(crash(clone)).toBe(crash(fs));
    write(clone, "a", "ONE");
    clone.remove("d/b");
    clone.syncDirectory("d");
    expect(describeDisk(fs)).toBe("a=one d/{b=two}");
    expect(describeDisk(clone)).toBe("a=ONE d/{}");
  });
});
