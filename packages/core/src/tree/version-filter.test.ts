import { ColumnVector } from "@aegisdb/sql/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Key } from "../base/key.js";
import type { SectionWriter } from "../run/contract.js";
import { VersionFilter } from "./version-filter.js";

interface Version {
  readonly key: Key;
  readonly seq: number;
  readonly tombstone: boolean;
}

/** What the filter writes of versions in order. */
function filtered(
  versions: readonly Version[],
  openSnapshots: readonly number[],
  dropTombstones: boolean,
): Version[] {
  const written: Version[] = [];
  const output: Pick<SectionWriter, "add"> = {
    add: (key, seq, tombstone) => written.push({ key, seq, tombstone }),
  };
  const filter = new VersionFilter({ openSnapshots, dropTombstones });
  const columns = [new ColumnVector({ kind: "int" }, 1, new Float64Array(1))];
  for (const { key, seq, tombstone } of versions) {
    filter.add(output, key, seq, tombstone, columns, 0);
  }
  return written;
}

/** `7 5x 2` are versions 7, 5 (a tombstone) and 2 of one key. */
function filteredText(text: string, openSnapshots: readonly number[], drop = false): string {
  const versions = text.split(" ").map((each) => ({
    key: 1,
    seq: Number.parseInt(each, 10),
    tombstone: each.endsWith("x"),
  }));
  return filtered(versions, openSnapshots, drop)
    .map(({ seq, tombstone }) => `${seq}${tombstone ? "x" : ""}`)
    .join(" ");
}

describe("the version filter", () => {
  test("keeps the newest, and what an open snapshot sees", () => {
    expect(filteredText("9 7 5 3", [])).toBe("9");
    expect(filteredText("9 7 5 3", [9])).toBe("9");
    expect(filteredText("9 7 5 3", [8])).toBe("9 7");
    expect(filteredText("9 7 5 3", [7])).toBe("9 7");
    expect(filteredText("9 7 5 3", [6, 7])).toBe("9 7 5");
    expect(filteredText("9 7 5 3", [4])).toBe("9 3");
    expect(filteredText("9 7 5 3", [2])).toBe("9");
    expect(filteredText("9 9 5", [5])).toBe("9 5");
  });

  test("keeps tombstones unless told that nothing lies below", () => {
    expect(filteredText("9x 7", [])).toBe("9x");
    expect(filteredText("9x 7", [], true)).toBe("");
    expect(filteredText("9x 7", [7], true)).toBe("9x 7");
    expect(filteredText("9 7x 5", [7], true)).toBe("9");
    expect(filteredText("9 7x 5x 3", [4, 6, 8], true)).toBe("9 7x 5x 3");
    expect(filteredText("9 7x 5x", [6, 8], true)).toBe("9");
  });

  test("never changes what an open or a later snapshot sees", () => {
    const version = fc.record({
      key: fc.integer({ min: 0, max: 2 }),
      seq: fc.integer({ min: 1, max: 12 }),
      tombstone: fc.boolean(),
    });
    const snapshots = fc.uniqueArray(fc.integer({ min: 0, max: 12 }), { maxLength: 4 });
    const versions = fc.uniqueArray(version, {
      selector: ({ key, seq }) => key * 100 + seq,
      maxLength: 20,
    });
    const live = (list: readonly Version[], key: Key, atSeq: number): number | null => {
      const seen = list.filter((v) => v.key === key && v.seq <= atSeq);
      const newest = seen.sort((a, b) => b.seq - a.seq)[0];
      return newest === undefined || newest.tombstone ? null : newest.seq;
    };
    fc.assert(
      fc.property(versions, snapshots, fc.boolean(), (list, open, drop) => {
        const sorted = [...list].sort((a, b) => a.key - b.key || b.seq - a.seq);
        const openSnapshots = [...open].sort((a, b) => a - b);
        const written = filtered(sorted, openSnapshots, drop);
        expect(written).toEqual(
          sorted.filter((v) => written.some((w) => w.seq === v.seq && w.key === v.key)),
        );
        for (const atSeq of [...openSnapshots, 12, 13]) {
          for (const key of [0, 1, 2]) {
            expect(live(written, key, atSeq)).toBe(live(sorted, key, atSeq));
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
