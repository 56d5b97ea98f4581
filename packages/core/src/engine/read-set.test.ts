import { describe, expect, it } from "vitest";
import { Prng } from "../base/prng.js";
import { OpenSnapshots } from "./open-snapshots.js";
import { CommitHistory } from "./history.js";
import { ReadSet } from "./read-set.js";

const committed = (
  ...keys: (number | bigint | string)[]
): Parameters<ReadSet["conflictWith"]>[0] => ({
  seq: 1,
  treeIds: keys.map(() => 1),
  keys,
});

describe("a read set", () => {
  it("knows points, by tree", () => {
    const reads = new ReadSet();
    reads.addPoint(1, 5);
    reads.addPoint(1, 2n ** 60n);
    reads.addPoint(2, 7);
    expect(reads.conflictWith(committed(4, 6))).toBeUndefined();
    expect(reads.conflictWith(committed(4, 5))).toBe(5);
    expect(reads.conflictWith(committed(2n ** 60n))).toBe(2n ** 60n);
    expect(reads.conflictWith(committed(7))).toBeUndefined();
    expect(reads.conflictWith({ seq: 1, treeIds: [2], keys: [7] })).toBe(7);
  });

  it("knows whole ranges: from the start, before the end", () => {
    const reads = new ReadSet();
    reads.addRange(1, "b", "d");
    const hits = ["a", "b", "c", "cz", "d", "e"].map((key) => reads.conflictWith(committed(key)));
    expect(hits).toEqual([undefined, "b", "c", "cz", undefined, undefined]);
    const open = new ReadSet();
    open.addRange(1, undefined, undefined);
    expect(open.conflictWith(committed(-1))).toBe(-1);
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
        expect(reads.conflictWith(committed(key)) === key, `seed ${seed}, key ${key}`).toBe(
          expected,
        );
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
  const seqs = (history: CommitHistory, after: number): number[] =>
    [...history.after(after)].map(({ seq }) => seq);

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
    // A lone watcher keeps a bounded tail, however much was there before.
    expect(seqs(history, 0).length).toBeLessThan(200);
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
