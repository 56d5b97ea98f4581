import { describe, expect, it } from "vitest";
import { createKeyCodec } from "../base/keycode.js";
import { Prng, randomSeed } from "../base/prng.js";
import { TreeFixture } from "../testing/tree-fixture.js";
import { createFlushJob } from "../tree/flush.js";
import type { Layout, LayoutColumn } from "../tree/layout.js";
import { Memtable } from "../tree/memtable.js";
import { FrozenRows, shareMemtable } from "./shared-memtable.js";

const value: LayoutColumn[] = [
  { name: "t", type: { kind: "text" } },
  { name: "n", type: { kind: "int" } },
  { name: "b", type: { kind: "bool" } },
];

const KEYS: Readonly<Record<string, readonly LayoutColumn[]>> = {
  "an int": [{ name: "i", type: { kind: "int" } }],
  "a text": [{ name: "s", type: { kind: "text" } }],
  "int and text": [
    { name: "i", type: { kind: "int" } },
    { name: "s", type: { kind: "text" }, descending: true },
  ],
};

function keyValues(kind: string, prng: Prng, wide: boolean): (number | bigint | string)[] {
  const n = prng.int(80) - 40;
  const int = wide && prng.chance(0.2) ? BigInt(n) * 2n ** 54n : n;
  const text = `${"k".repeat(prng.int(4))}${n}é`;
  if (kind === "an int") return [int];
  return kind === "a text" ? [text] : [int, text];
}

/** The bytes of the run file that a flush of the memtable, or of what a thread sees of it, makes. */
function flushed(
  fixture: TreeFixture,
  memtable: Memtable | FrozenRows,
  openSnapshots: readonly number[],
): Uint8Array | undefined {
  const target = { ...fixture.target(), takeFileId: () => 7 };
  const parts = [{ treeId: 1, memtable, bottom: false }];
  const metas = fixture.finish(createFlushJob({ ...target, parts, openSnapshots }));
  if (metas.length === 0) return undefined;
  const bytes = fixture.vfs.readFile("runs/00000007.run");
  fixture.vfs.remove("runs/00000007.run");
  return bytes;
}

describe("a memtable that another thread flushes", () => {
  const first = randomSeed();
  for (const kind of Object.keys(KEYS)) {
    it(`gives the same file: ${kind} (seeds from ${first})`, () => {
      for (let seed = first; seed < first + 30; seed++) {
        const prng = new Prng(seed);
        const wide = prng.chance(0.3);
        const layout: Layout = { key: KEYS[kind]!, value, access: "point", pointReads: true };
        const fixture = new TreeFixture(layout);
        const memtable = new Memtable(layout, createKeyCodec(layout.key));
        const rows = 1 + prng.int(300);
        for (let seq = 1; seq <= rows; seq++) {
          const key = keyValues(kind, prng, wide);
          if (prng.chance(0.2)) fixture.delete(seq, key, memtable);
          else fixture.put(seq, [...key, prng.chance(0.1) ? null : `v${seq}`, seq, true], memtable);
        }
        const snapshots = [1 + prng.int(rows), 1 + prng.int(rows)].sort((a, b) => a - b);
        const openSnapshots = prng.chance(0.5) ? snapshots : [];
        const message = structuredClone(shareMemtable(memtable));
        const there = flushed(fixture, new FrozenRows(message), openSnapshots);
        expect(there, `seed ${seed}`).toEqual(flushed(fixture, memtable, openSnapshots));
      }
    });
  }

  it("shares its memory and copies nothing", () => {
    const layout: Layout = { key: KEYS["an int"]!, value, access: "scan", pointReads: true };
    const fixture = new TreeFixture(layout);
    const memtable = new Memtable(layout, createKeyCodec(layout.key));
    fixture.put(1, [1, "before", 1, true], memtable);
    const there = new FrozenRows(structuredClone(shareMemtable(memtable)));
    memtable.chunk(0)[1]!.bytes![0] = "B".charCodeAt(0);
    const { bytes } = there.chunk(0)[1]!;
    expect(String.fromCharCode(bytes![0]!)).toBe("B");
  });
});
