import { describe, expect, it } from "vitest";
import { Prng } from "../base/prng.js";
import type { Key } from "../base/key.js";
import {
  MAX_HISTORY_KEYS,
  MAX_TRACKED_POINTS,
  MAX_TRACKED_RANGES,
  MAX_UNSORTED_READS,
} from "../limits.js";
import { CommitHistory } from "./history.js";
import { KeyIntervals } from "./key-intervals.js";
import { OpenSnapshots } from "./open-snapshots.js";
import { ReadSet } from "./read-set.js";

const isRead = (reads: ReadSet, key: Key, treeId = 1): boolean => {
  const settled = reads.settled(treeId);
  return settled !== undefined && (settled.points.has(key) || settled.ranges.contains(key));
};

describe("a read set", () => {
  it("knows points, by tree", () => {
    const reads = new ReadSet();
    reads.addPoint(1, 5);
    reads.addPoint(1, 2n ** 60n);
    reads.addPoint(2, 7);
    expect([4, 5, 6, 2n ** 60n, 7].map((key) => isRead(reads, key))).toEqual([
      ...[false, true, false],
      ...[true, false],
    ]);
    expect([isRead(reads, 7, 2), isRead(reads, 7, 3)]).toEqual([true, false]);
    expect([...reads.treeIds()]).toEqual([1, 2]);
  });

  it("knows whole ranges: from the start, before the end", () => {
    const reads = new ReadSet();
    reads.addRange(1, "b", "d");
    const hits = ["a", "b", "c", "cz", "d", "e"].filter((key) => isRead(reads, key));
    expect(hits).toEqual(["b", "c", "cz"]);
    const open = new ReadSet();
    open.addRange(1, undefined, undefined);
    expect(isRead(open, -1)).toBe(true);
  });

  it("agrees with a list of everything a scan has passed (seeds 1 to 500)", () => {
    for (let seed = 1; seed <= 500; seed++) {
      const prng = new Prng(seed);
      const bound = (): number | undefined => (prng.chance(0.2) ? undefined : prng.int(20));
      const [start, end, reverse] = [bound(), bound(), prng.chance(0.5)];
      const rows = Array.from({ length: 20 }, (_, key) => key).filter(
        (key) => prng.chance(0.3) && key >= (start ?? 0) && key < (end ?? 20),
      );
      if (reverse) rows.reverse();
      const steps = prng.int(rows.length + 2);
      const reads = new ReadSet();
      const range = reads.addScan(1, { start, end, reverse });
      for (let i = 0; i < steps; i++) range.reached(rows[i]);
      // The scan stands on the last row it reached; everything up to there it has seen.
      const last = steps === 0 ? undefined : rows[steps - 1];
      for (let key = 0; key < 20; key++) {
        const inside = key >= (start ?? 0) && key < (end ?? 20);
        const passed = last === undefined || (reverse ? key >= last : key <= last);
        const expected = steps > 0 && inside && passed;
        expect(isRead(reads, key), `seed ${seed}, key ${key}`).toBe(expected);
      }
    }
  });

  it("keeps intervals of what was read when it is too much, and misses nothing", () => {
    const reads = new ReadSet();
    for (let key = 0; key < MAX_TRACKED_POINTS + MAX_UNSORTED_READS; key++) {
      reads.addPoint(1, key * 2);
    }
    const { points, ranges } = reads.settled(1)!;
    expect(points.size).toBeLessThan(MAX_UNSORTED_READS + 1);
    expect(ranges.list.length).toBeLessThanOrEqual(MAX_TRACKED_RANGES);
    const read = [
      0,
      2000,
      2 * MAX_TRACKED_POINTS,
      2 * (MAX_TRACKED_POINTS + MAX_UNSORTED_READS) - 2,
    ];
    expect(read.filter((key) => !isRead(reads, key))).toEqual([]);
    expect(isRead(reads, -1)).toBe(false);
  });

  it("merges many ranges while one of them goes on", () => {
    const reads = new ReadSet();
    const long = reads.addScan(1, { start: 1_000_000 });
    long.reached(1_000_001);
    for (let i = 0; i < 2 * MAX_TRACKED_RANGES + 5; i++) reads.addRange(1, i * 10, i * 10 + 3);
    expect(reads.settled(1)!.ranges.list.length).toBeLessThan(1.5 * MAX_TRACKED_RANGES);
    long.reached(1_000_009);
    const hits = [0, 2, 100_002, 1_000_001, 1_000_009, 1_000_010].filter((key) =>
      isRead(reads, key),
    );
    expect(hits).toEqual([0, 2, 100_002, 1_000_001, 1_000_009]);
  });
});

describe("intervals of keys", () => {
  it("agree with a list of them, also where they are joined (seeds 1 to 300)", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const prng = new Prng(seed);
      const bound = (): number | undefined => (prng.chance(0.05) ? undefined : prng.int(60));
      const intervals = Array.from({ length: prng.int(12) }, () => ({
        low: bound(),
        high: bound(),
        highIncluded: prng.chance(0.5),
      }));
      const exact = new KeyIntervals(intervals);
      const coarse = new KeyIntervals(intervals, 2);
      expect(coarse.list.length).toBeLessThanOrEqual(2);
      for (let key = 0; key < 60; key++) {
        const inside = intervals.some(
          ({ low, high, highIncluded }) =>
            (low === undefined || key >= low) &&
            (high === undefined || key < high || (highIncluded && key === high)),
        );
        expect(exact.contains(key), `seed ${seed}, key ${key}`).toBe(inside);
        if (inside) expect(coarse.contains(key), `seed ${seed}, key ${key}`).toBe(true);
      }
    }
  });
});

describe("the history of commits", () => {
  const commit = (seq: number): { seq: number; treeIds: number[]; keys: number[] } => ({
    seq,
    treeIds: [1],
    keys: [seq],
  });
  const seqs = (history: CommitHistory, after: number): Key[] => {
    const seen: Key[] = [];
    history.find(after, (_, key) => {
      seen.push(key);
      return false;
    });
    return seen;
  };

  it("keeps nothing while nobody watches", () => {
    const history = new CommitHistory();
    history.add(commit(1));
    expect(history.watched).toBe(false);
    history.watch(1);
    expect(seqs(history, 1)).toEqual([]);
  });

  it("keeps what the oldest watcher may need, and forgets it after", () => {
    const history = new CommitHistory();
    history.watch(1);
    history.add(commit(2));
    history.watch(2);
    history.watch(2);
    history.add(commit(3));
    history.add(commit(4));
    expect(seqs(history, 1)).toEqual([2, 3, 4]);
    expect(seqs(history, 2)).toEqual([3, 4]);
    history.unwatch(1);
    expect(seqs(history, 2)).toEqual([3, 4]);
    history.unwatch(2);
    expect(seqs(history, 2)).toEqual([3, 4]);
    history.unwatch(2);
    expect(history.watched).toBe(false);
    expect(seqs(history, 0)).toEqual([]);
  });

  it("forgets in bulk what many transactions leave behind", () => {
    const history = new CommitHistory();
    for (let seq = 1; seq <= 1000; seq++) {
      history.watch(seq);
      history.add(commit(seq + 1));
    }
    for (let seq = 1; seq < 1000; seq++) {
      history.unwatch(seq);
      expect(seqs(history, seq + 1)[0]).toBe(seq + 2);
    }
    expect(history.size).toBe(1);
  });

  it("keeps a bounded number of keys, and knows of which trees it has forgotten some", () => {
    const history = new CommitHistory();
    history.watch(1);
    history.add({ seq: 2, treeIds: [7, 8], keys: ["a", "b"] });
    for (let seq = 3; seq < MAX_HISTORY_KEYS + 4; seq++) history.add(commit(seq));
    expect(history.size).toBe(MAX_HISTORY_KEYS);
    expect([7, 8, 1].map((tree) => history.hasForgotten(tree, 1))).toEqual([true, true, true]);
    expect([7, 8, 1].map((tree) => history.hasForgotten(tree, 2))).toEqual([false, false, true]);
    expect(history.hasForgotten(1, 3)).toBe(false);
    expect(seqs(history, 1)[0]).toBe(4);
    history.unwatch(1);
    expect([history.size, history.hasForgotten(7, 1)]).toEqual([0, false]);
  });

  it("finds the first key that is a conflict", () => {
    const history = new CommitHistory();
    history.watch(1);
    history.add({ seq: 2, treeIds: [1, 2, 1], keys: [5, 6, 7] });
    expect(history.find(1, (tree) => tree === 2)).toBe(6);
    expect(history.find(1, () => true)).toBe(5);
    expect(history.find(2, () => true)).toBeUndefined();
  });
});

describe("open snapshots", () => {
  it("know the oldest, whatever the order of their release", () => {
    const open = new OpenSnapshots();
    expect([open.size, open.oldest(), open.sorted()]).toEqual([0, Infinity, []]);
    for (const seq of [3, 3, 5, 9]) open.add(seq);
    expect([open.size, open.oldest(), open.sorted()]).toEqual([3, 3, [3, 5, 9]]);
    open.remove(5);
    open.remove(3);
    expect([open.size, open.oldest()]).toEqual([2, 3]);
    open.remove(3);
    expect([open.size, open.oldest(), open.sorted()]).toEqual([1, 9, [9]]);
    open.remove(9);
    open.add(9);
    open.remove(9);
    expect([open.size, open.oldest()]).toEqual([0, Infinity]);
    expect(() => open.remove(9)).toThrow(/broken invariant/);
  });
});
