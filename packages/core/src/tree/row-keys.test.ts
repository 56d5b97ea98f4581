import { describe, expect, test } from "vitest";
import { Prng } from "../base/prng.js";
import { RowKeys } from "./row-keys.js";
import { MemtableMemory, SharedMemory } from "./shared-memory.js";
import { SoughtKey } from "./sought-key.js";

const MAX_UNITS = 16 * 1024;

function randomKey(prng: Prng): string {
  const units = prng.chance(0.1) ? prng.int(MAX_UNITS + 1) : prng.int(40);
  const wide = prng.chance(0.3);
  const unit = (): number => (wide && prng.chance(0.2) ? 0x100 + prng.int(0xff00) : prng.int(256));
  return String.fromCharCode(...Array.from({ length: units }, unit));
}

/** Distinct keys, many of which share all but their ends. */
function randomKeys(prng: Prng, count: number): string[] {
  const keys = new Set<string>();
  while (keys.size < count) {
    const key = randomKey(prng);
    keys.add(key);
    keys.add(`${key}\0`);
    keys.add(key.slice(0, -1));
  }
  return [...keys];
}

describe("keys of rows", () => {
  test.each([1, 2, 3])("are read, compared and found as strings are (seed %d)", (seed) => {
    const prng = new Prng(seed);
    const texts = randomKeys(prng, 600);
    const rows = new RowKeys(new MemtableMemory(new SharedMemory(1 << 24)));
    const sought = new SoughtKey();
    texts.forEach((text, row) => {
      sought.set("", text);
      rows.add(row, sought);
    });
    const copies = [rows, new RowKeys(undefined, rows.share())];
    for (let i = 0; i < 3000; i++) {
      const [a, b] = [prng.int(texts.length), prng.int(texts.length)];
      const [textA, textB] = [texts[a]!, texts[b]!];
      const cut = prng.int(textB.length + 1);
      sought.set(textB.slice(0, cut), textB.slice(cut));
      for (const keys of copies) {
        expect(keys.textOf(a) === textA).toBe(true);
        expect(keys.lengthOf(a)).toBe(textA.length);
        expect(keys.isOf(a, sought)).toBe(a === b);
        expect(keys.isBefore(a, b)).toBe(textA < textB);
        expect(keys.isBelow(a, textB)).toBe(textA < textB);
        expect(keys.newest(a)).toBe(a);
      }
    }
  });

  test("belong to the newest row that was given them", () => {
    const keys = new RowKeys(new MemtableMemory(undefined));
    const sought = new SoughtKey();
    sought.set("", "one");
    keys.add(0, sought);
    sought.set("", "two");
    keys.add(1, sought);
    keys.renew(2, 0);
    keys.renew(3, 2);
    expect([0, 1, 2, 3].map((row) => keys.newest(row))).toEqual([3, 1, 3, 3]);
    expect([0, 1, 2, 3].map((row) => keys.textOf(row))).toEqual(["one", "two", "one", "one"]);
  });

  test("take what is counted", () => {
    const bytesOf = (text: string): number => {
      const memory = new MemtableMemory(undefined);
      const sought = new SoughtKey();
      const keys = new RowKeys(memory);
      for (let row = 0; row < 1000; row++) {
        sought.set(text, String(row).padStart(4, "0"));
        keys.add(row, sought);
      }
      return memory.bytes;
    };
    expect(bytesOf("x".repeat(996)) - bytesOf("x")).toBeGreaterThan(900_000);
    expect(bytesOf("\u0100".repeat(996)) - bytesOf("x")).toBeGreaterThan(1_900_000);
  });
});
