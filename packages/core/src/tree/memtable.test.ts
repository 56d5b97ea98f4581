import type { Value } from "@aegisdb/sql/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Key } from "../base/key.js";
import { MEMTABLE_CHUNK_ROWS } from "../limits.js";
import { TreeFixture } from "../testing/tree-fixture.js";
import { TreeOracle } from "../testing/tree-oracle.js";
import type { Layout } from "./layout.js";
import type { Memtable } from "./memtable.js";
import { MemtableCursor } from "./memtable-cursor.js";
import { MemtableRow } from "./memtable-row.js";

function layoutOf(keyKind: "int" | "text"): Layout {
  return {
    key: [{ name: "id", type: { kind: keyKind } }],
    value: [
      { name: "n", type: { kind: "int" } },
      { name: "t", type: { kind: "text" } },
    ],
    access: "scan",
    pointReads: true,
  };
}

function versionsOf(memtable: Memtable, key: Key): number[] {
  const seqs: number[] = [];
  for (let row = memtable.find(key, Infinity); row >= 0; row = memtable.older(row)) {
    seqs.push(memtable.seqOf(row));
  }
  return seqs;
}

describe("versions", () => {
  test("chain from the newest to the oldest, each ended by the next", () => {
    const fixture = new TreeFixture(layoutOf("int"));
    const memtable = fixture.tree.active;
    fixture.put(1, [5, 10, "a"]);
    fixture.delete(3, [5]);
    fixture.put(7, [5, 11, null]);
    expect(versionsOf(memtable, 5)).toEqual([7, 3, 1]);
    expect([0, 1, 2].map((row) => memtable.endSeqOf(row))).toEqual([3, 7, Infinity]);
    expect([0, 1, 2].map((row) => memtable.isTombstone(row))).toEqual([false, true, false]);
    expect([0, 1, 2, 3, 6, 7, 8].map((seq) => memtable.find(5, seq))).toEqual([
      -1, 0, 0, 1, 1, 2, 2,
    ]);
    expect([memtable.minSeq, memtable.maxSeq]).toEqual([1, 7]);
    expect([memtable.rowCount, memtable.keyCount, memtable.tombstoneCount]).toEqual([3, 1, 1]);
  });

  test("of one seq: the later replaces the earlier", () => {
    const fixture = new TreeFixture(layoutOf("text"));
    const memtable = fixture.tree.active;
    fixture.put(1, ["k", 1, "first"]);
    fixture.put(2, ["k", 2, "second"]);
    fixture.delete(2, ["k"]);
    fixture.put(2, ["k", 3, "last"]);
    expect(versionsOf(memtable, "k")).toEqual([2, 1]);
    expect(new MemtableRow().set(memtable, memtable.find("k", 2)).text(2)).toBe("last");
    expect([0, 1, 2, 3].map((row) => memtable.endSeqOf(row))).toEqual([2, 2, 2, Infinity]);
  });

  test("are refused out of order", () => {
    const fixture = new TreeFixture(layoutOf("int"));
    fixture.put(2, [1, 1, ""]);
    expect(() => fixture.put(1, [2, 1, ""])).toThrow(/order of the log/);
  });
});

describe("vectors", () => {
  test("turn wide in the chunk that holds an unsafe integer, and only there", () => {
    const fixture = new TreeFixture(layoutOf("int"));
    const memtable = fixture.tree.active;
    for (let i = 0; i < MEMTABLE_CHUNK_ROWS; i++) fixture.put(i + 1, [i, -i, null]);
    const before = memtable.chunk(0)[1]!.values;
    for (let i = 0; i < 10; i++) {
      fixture.put(MEMTABLE_CHUNK_ROWS + i + 1, [100_000 + i, i === 7 ? -(2n ** 63n) : i, ""]);
    }
    expect(before).toBeInstanceOf(Float64Array);
    expect(memtable.chunk(0)[1]!.values).toBe(before);
    const wide = memtable.chunk(1)[1]!;
    expect(wide.values).toBeInstanceOf(BigInt64Array);
    expect(wide.length).toBe(10);
    expect([...(wide.values as BigInt64Array).subarray(5, 9)]).toEqual([5n, 6n, -(2n ** 63n), 8n]);
    const row = new MemtableRow();
    expect(row.set(memtable, memtable.find(100_007, Infinity)).number(1)).toBe(-(2n ** 63n));
    expect(row.set(memtable, memtable.find(100_008, Infinity)).number(1)).toBe(8);
  });

  test("have nulls only where a row is NULL, and lie in shared memory", () => {
    const fixture = new TreeFixture(layoutOf("int"));
    const memtable = fixture.tree.active;
    for (let i = 0; i < 200; i++) fixture.put(i + 1, [i, i, i === 150 ? null : `text ${i}`]);
    const [id, n, t] = memtable.chunk(0);
    expect([id!.nulls, n!.nulls]).toEqual([null, null]);
    expect([...t!.nulls!.subarray(0, 200)].indexOf(1)).toBe(150);
    for (const array of [id!.values!, t!.starts!, t!.bytes!, t!.nulls!]) {
      expect(array.buffer).toBeInstanceOf(SharedArrayBuffer);
    }
  });

  test("are counted to the byte", () => {
    const fixture = new TreeFixture(layoutOf("int"));
    const memtable = fixture.tree.active;
    const held = (): number => {
      let bytes = 0;
      for (let chunk = 0; chunk < memtable.chunkCount(); chunk++) {
        const { seqs, endSeqs, olderRows, tombstones } = memtable.chunkRows(chunk);
        const arrays: { readonly buffer: ArrayBufferLike }[] = [
          seqs,
          endSeqs,
          olderRows,
          tombstones,
        ];
        for (const { values, nulls, starts, ends, bytes: arena } of memtable.chunk(chunk)) {
          for (const array of [values, nulls, starts, ends, arena]) {
            if (array !== null) arrays.push(array);
          }
        }
        // Starts and ends share their memory.
        for (const buffer of new Set(arrays.map((array) => array.buffer)))
          bytes += buffer.byteLength;
      }
      return bytes;
    };
    // What is not in chunks: the hash table, the keys and the arrivals, which start small.
    const outside = memtable.bytes - held();
    expect(outside).toBeLessThan(2048);
    for (let i = 0; i < 60; i++) fixture.put(i + 1, [i % 20, i, i % 3 === 0 ? null : "text"]);
    expect(memtable.bytes - held()).toBe(outside);
    fixture.put(61, [2n ** 60n, 2n ** 60n, "x".repeat(100_000)]);
    expect(memtable.bytes - held()).toBeLessThan(outside + 500);
    for (let i = 0; i < 6000; i++) fixture.put(i + 62, [i, i, null]);
    // Beside the chunks: 4 bytes a slot, 8 a key, 4 an arrival, with room to grow.
    expect(memtable.bytes - held()).toBeLessThan(outside + 6000 * 40);
  });

  test("of a tiny memtable stay small", () => {
    const fixture = new TreeFixture(layoutOf("text"));
    fixture.put(1, ["key", 1, "value"]);
    expect(fixture.tree.active.bytes).toBeLessThan(12_000);
  });
});

describe("the ordered walk", () => {
  test("goes on from its key whatever arrives, and sees new keys from its next seek on", () => {
    const fixture = new TreeFixture(layoutOf("int"));
    const memtable = fixture.tree.active;
    for (let i = 0; i < 1000; i++) fixture.put(1, [i * 10, i, ""]);
    const walk = memtable.cursor();
    const other = memtable.cursor();
    walk.seek(5000);
    for (let i = 0; i < 2000; i++) fixture.put(2, [i * 10 + 5, i, ""]);
    walk.next();
    expect(walk.key).toBe(5010);
    other.seek(5011);
    expect(other.key).toBe(5015);
    walk.next();
    expect(walk.key).toBe(5015);
    walk.previous();
    walk.previous();
    expect(walk.key).toBe(5005);
    fixture.put(3, [5005, -1, ""]);
    walk.seekBefore(5006);
    expect([walk.key, walk.row]).toEqual([5005, 3000]);
    walk.seek(1e9);
    expect(walk.valid).toBe(false);
    walk.seekBefore(0);
    expect(walk.valid).toBe(false);
  });

  type Op =
    | { readonly put: number; readonly burst: number }
    | { readonly seek: number }
    | { readonly move: 1 | -1 };

  const op: fc.Arbitrary<Op> = fc.oneof(
    fc.record({
      put: fc.integer({ min: 0, max: 3000 }),
      burst: fc.constantFrom(1, 1, 1, 30, 700),
    }),
    fc.record({ seek: fc.integer({ min: -1, max: 3001 }) }),
    fc.record({ move: fc.constantFrom(1 as const, -1 as const) }),
  );

  test.each(["int", "text"] as const)("over %s keys is that of a sorted list", (kind) => {
    const keyOf = (n: number): Key => (kind === "int" ? n : `key ${String(n).padStart(6, "0")}`);
    fc.assert(
      fc.property(fc.array(op, { maxLength: 60, size: "max" }), (ops) => {
        const fixture = new TreeFixture(layoutOf(kind));
        const oracle = new TreeOracle();
        let seq = 0;
        let cursor = new MemtableCursor(fixture.tree.active, 0);
        let keys: readonly Key[] = [];
        let at = -1;
        const put = (n: number): void => {
          const values: Value[] = [keyOf(n), seq, ""];
          if (n % 7 === 0) oracle.delete(fixture.delete(seq, [keyOf(n)]), seq);
          else oracle.put(fixture.put(seq, values), seq, values);
        };
        for (const each of ops) {
          if ("put" in each) {
            seq++;
            for (let i = 0; i < each.burst; i++) put((each.put + i * 37) % 3001);
          } else if ("seek" in each) {
            // A new cursor at this seq; later writes must not show in it.
            cursor = new MemtableCursor(fixture.tree.active, seq);
            keys = oracle.keys();
            const key = keyOf(Math.max(each.seek, 0));
            const found = keys.findIndex((other) => other >= key);
            at = found < 0 ? keys.length : found;
            if (each.seek % 2 === 0) {
              cursor.seek(key);
            } else {
              cursor.seekBefore(key);
              at--;
            }
          } else if (cursor.valid) {
            if (each.move > 0) cursor.next();
            else cursor.previous();
            at += each.move;
          }
          expect(cursor.valid ? cursor.key : undefined).toBe(keys[at]);
          if (!cursor.valid) continue;
          expect(cursor.tombstone).toBe(oracle.get(cursor.key, cursor.seq) === null);
        }
      }),
      { numRuns: 40 },
    );
  });
});
