import { describe, expect, it } from "vitest";
import {
  explainAnomalies,
  findAnomalies,
  forbiddenAnomalies,
  type HistoryOperation,
  type HistoryTransaction,
  type SerializabilityOptions,
} from "./serializability.js";

const r = (key: string, version?: string): HistoryOperation => ({
  kind: "read",
  tree: "t",
  key,
  version,
});
const w = (key: string, version: string, seq?: number): HistoryOperation => ({
  kind: "write",
  tree: "t",
  key,
  version,
  ...(seq === undefined ? {} : { seq }),
});
const del = (key: string, version: string): HistoryOperation => ({
  kind: "write",
  tree: "t",
  key,
  version,
  deleted: true,
});
const scan = (start: string, end: string, ...seen: [string, string][]): HistoryOperation => ({
  kind: "range",
  tree: "t",
  start,
  end,
  seen: seen.map(([key, version]) => ({ key, version })),
});

/** A committed transaction; all run concurrently unless `at` says otherwise. */
const tx = (
  id: string,
  seq: number,
  operations: HistoryOperation[],
  at: readonly [number, number] = [0, 100],
): HistoryTransaction => ({
  id,
  outcome: "committed",
  seq,
  begin: at[0],
  end: at[1],
  operations,
});

const aborted = (id: string, operations: HistoryOperation[]): HistoryTransaction => ({
  id,
  outcome: "aborted",
  begin: 0,
  end: 100,
  operations,
});

const setup = tx("setup", 1, [w("x", "x0"), w("y", "y0")]);

const names = (history: HistoryTransaction[], options: SerializabilityOptions = {}): string[] =>
  findAnomalies(history, options).map(({ name, realTime }) => (realTime ? `${name} rt` : name));

describe("anomalies of single reads", () => {
  it("G1a: reads what was rolled back", () => {
    expect(names([setup, aborted("a", [w("x", "x1")]), tx("b", 2, [r("x", "x1")])])).toEqual([
      "G1a",
    ]);
  });

  it("G1b: reads what its writer wrote over", () => {
    const history = [setup, tx("a", 2, [w("x", "x1"), w("x", "x2")]), tx("b", 3, [r("x", "x1")])];
    expect(names(history)).toEqual(["G1b"]);
  });

  it("internal: does not see its own write", () => {
    expect(names([setup, tx("a", 2, [w("x", "x1"), r("x", "x0")])])).toEqual(["internal"]);
    expect(names([setup, tx("a", 2, [del("x", "x1"), scan("x", "z", ["x", "x0"], ["y", "y0"])])]))
      // The other row of the scan is no anomaly.
      .toEqual(["internal"]);
  });

  it("unwritten read: sees a version nobody wrote, or not there, or not yet", () => {
    expect(names([setup, tx("a", 2, [r("x", "x9")])])).toEqual(["unwritten read"]);
    expect(names([setup, tx("a", 2, [r("x", "y0")])])).toEqual(["unwritten read"]);
    expect(names([setup, tx("a", 2, [r("x", "x1"), w("x", "x1")])])).toEqual(["unwritten read"]);
  });
});

describe("cycles", () => {
  it("G0: writes of two transactions interleave", () => {
    const history = [
      tx("a", 1, [w("x", "x1", 1), w("y", "y1", 4)]),
      tx("b", 2, [w("x", "x2", 2), w("y", "y2", 3)]),
    ];
    expect(names(history)).toEqual(["G0"]);
  });

  it("G1c: two transactions see each other's writes", () => {
    const history = [
      tx("a", 1, [w("x", "x1"), r("y", "y1")]),
      tx("b", 2, [w("y", "y1"), r("x", "x1")]),
    ];
    expect(names(history)).toEqual(["G1c"]);
  });

  it("G-single: sees one row before and one after another transaction (read skew)", () => {
    const history = [
      setup,
      tx("a", 2, [w("x", "x1"), w("y", "y1")]),
      tx("b", 3, [r("x", "x0"), r("y", "y1")]),
    ];
    const anomalies = findAnomalies(history);
    expect(anomalies.map((a) => a.name)).toEqual(["G-single"]);
    expect(explainAnomalies(anomalies)).toBe(
      "G-single: b, a\n" +
        "  b -rw-> a: b read x0 of t/x, which a replaced by x1\n" +
        "  a -wr-> b: b read y1 of t/y",
    );
  });

  it("G-single: reads a row twice with a commit between (non-repeatable read)", () => {
    const history = [setup, tx("a", 2, [w("x", "x1")]), tx("b", 3, [r("x", "x0"), r("x", "x1")])];
    expect(names(history)).toEqual(["G-single"]);
  });

  it("lost update: two transactions replace the version both read", () => {
    const history = [
      setup,
      tx("a", 2, [r("x", "x0"), w("x", "x1")]),
      tx("b", 3, [r("x", "x0"), w("x", "x2")]),
    ];
    expect(names(history)).toEqual(["lost update", "G-single"]);
  });

  it("lost update: two transactions insert the row both missed", () => {
    const history = [tx("a", 2, [r("x"), w("x", "x1")]), tx("b", 3, [r("x"), w("x", "x2")])];
    expect(names(history)).toEqual(["lost update", "G-single"]);
  });

  it("G2-item: each writes the row the other read (write skew)", () => {
    const history = [
      setup,
      tx("a", 2, [r("x", "x0"), r("y", "y0"), w("x", "x1")]),
      tx("b", 3, [r("x", "x0"), r("y", "y0"), w("y", "y1")]),
    ];
    expect(names(history)).toEqual(["G2-item"]);
  });

  it("G2: each inserts into the range the other read (phantoms)", () => {
    const history = [
      tx("a", 2, [scan("a", "z"), w("m", "m1")]),
      tx("b", 3, [scan("a", "z"), w("n", "n1")]),
    ];
    const anomalies = findAnomalies(history);
    expect(anomalies.map((a) => a.name)).toEqual(["G2"]);
    expect(anomalies[0]!.explanation[0]).toBe(
      "a -rw-> b: a read a range without t/n, into which b put n1",
    );
  });

  it("G2: one phantom and one row suffice", () => {
    const history = [
      setup,
      tx("a", 2, [scan("a", "n"), w("x", "x1")]),
      tx("b", 3, [r("x", "x0"), w("m", "m1")]),
    ];
    expect(names(history)).toEqual(["G2"]);
  });

  it("G-nonadjacent: two readers see two independent writes in opposite orders (long fork)", () => {
    const history = [
      setup,
      tx("a", 2, [w("x", "x1")]),
      tx("b", 3, [w("y", "y1")]),
      tx("c", 4, [r("x", "x1"), r("y", "y0")]),
      tx("d", 5, [r("x", "x0"), r("y", "y1")]),
    ];
    expect(names(history)).toEqual(["G-nonadjacent"]);
  });

  it("G2-item: a reader makes a chain of updates unserializable (read-only anomaly)", () => {
    const history = [
      setup,
      tx("withdraw", 3, [r("x", "x0"), r("y", "y0"), w("x", "x1")]),
      tx("deposit", 2, [r("y", "y0"), w("y", "y1")]),
      tx("report", 4, [r("x", "x0"), r("y", "y1")]),
    ];
    expect(names(history)).toEqual(["G2-item"]);
  });

  it("names the isolation levels that allow write skew but not read skew", () => {
    expect(forbiddenAnomalies.snapshot.has("G2-item")).toBe(false);
    expect(forbiddenAnomalies.snapshot.has("G-single")).toBe(true);
    expect(forbiddenAnomalies.serializable.has("G2-item")).toBe(true);
  });
});

describe("deletions", () => {
  it("a missing row whose key was deleted once or never gives only certain dependencies", () => {
    const history = [
      setup,
      tx("a", 2, [del("x", "gone")]),
      tx("b", 3, [r("x"), w("y", "y1")]),
      tx("c", 4, [w("x", "x1")]),
    ];
    expect(names(history)).toEqual([]);
  });

  it("finds a cycle through a row inserted after its last deletion", () => {
    const history = [
      setup,
      tx("a", 2, [del("x", "gone")], [101, 102]),
      tx("b", 3, [r("x"), r("y", "y1")], [103, 110]),
      tx("c", 4, [w("x", "x1"), w("y", "y1")], [104, 109]),
    ];
    expect(names(history)).toEqual(["G-single"]);
  });

  it("a scan that misses a deleted row comes after nothing in particular", () => {
    const history = [setup, tx("a", 2, [del("x", "gone")]), tx("b", 3, [scan("x", "y")])];
    expect(names(history)).toEqual([]);
  });
});

describe("real time", () => {
  const stale = [
    setup,
    tx("a", 2, [w("x", "x1")], [101, 102]),
    tx("b", 3, [r("x", "x0")], [103, 104]),
  ];

  it("a stale read is serializable, but not strictly", () => {
    expect(names(stale)).toEqual([]);
    expect(names(stale, { realTime: true })).toEqual(["G-single rt"]);
  });

  it("passes on the order of transactions through a third", () => {
    const between = tx("between", 4, [r("y", "y0")], [103, 104]);
    const late = tx("late", 5, [r("x", "x0")], [105, 106]);
    const [first, writer] = stale;
    expect(names([first!, writer!, between, late], { realTime: true })).toEqual(["G-single rt"]);
  });

  it("does not report a cycle again that needs no real time", () => {
    const history = [
      setup,
      tx("a", 2, [r("x", "x0"), r("y", "y0"), w("x", "x1")]),
      tx("b", 3, [r("x", "x0"), r("y", "y0"), w("y", "y1")]),
    ];
    expect(names(history, { realTime: true })).toEqual(["G2-item"]);
  });
});

describe("clean histories", () => {
  it("one after another", () => {
    const history = [
      setup,
      tx("a", 2, [r("x", "x0"), w("x", "x1"), r("x", "x1")], [101, 102]),
      tx("b", 3, [scan("a", "z", ["x", "x1"], ["y", "y0"]), w("m", "m1")], [103, 104]),
      tx(
        "c",
        4,
        [scan("a", "z", ["m", "m1"], ["x", "x1"], ["y", "y0"]), del("m", "m2")],
        [105, 106],
      ),
      tx("d", 5, [scan("a", "z", ["x", "x1"], ["y", "y0"])], [107, 108]),
    ];
    expect(names(history, { realTime: true })).toEqual([]);
  });

  it("concurrent, with readers on old snapshots", () => {
    const history = [
      setup,
      tx("a", 2, [r("x", "x0"), w("x", "x1")]),
      tx("b", 3, [r("x", "x1"), w("y", "y1")]),
      tx("c", 4, [r("x", "x1"), r("y", "y0")]),
    ];
    expect(names(history)).toEqual([]);
  });

  it("refuses histories that do not say what was written when", () => {
    expect(() => findAnomalies([setup, tx("a", 2, [w("x", "x0")])])).toThrow(/written once/);
    expect(() => findAnomalies([setup, tx("a", 1, [w("x", "x1")])])).toThrow(/distinct seqs/);
    expect(() => findAnomalies([tx("a", 1, [scan("a", "b", ["z", "z1"])])])).toThrow(/range/);
  });
});
