import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Prng } from "../base/prng.js";
import { SqlFixture } from "../testing/sql-fixture.js";
import type { Layout } from "../tree/layout.js";
import type { Engine, TreeRef, WriteTransaction } from "./contract.js";

const layout: Layout = {
  key: [{ name: "key", type: { kind: "int" } }],
  value: [{ name: "value", type: { kind: "text" } }],
  access: "scan",
  pointReads: true,
};

let fixture: SqlFixture;
let engine: Engine;
let tree: TreeRef;

beforeEach(() => {
  fixture = new SqlFixture();
  ({ engine } = fixture.opened);
  tree = engine.autocommit((tx) => tx.createTree("numbers", layout)).value;
});

afterEach(() => fixture.close());

function read(tx: WriteTransaction, key: number): string | undefined {
  return tx.get(tree, key)?.text(1);
}

function scanned(tx: WriteTransaction): Map<number, string> {
  const rows = new Map<number, string>();
  const cursor = tx.scan(tree);
  while (cursor.next()) rows.set(Number(cursor.key), cursor.row.text(1));
  return rows;
}

describe("a transaction's own writes", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("are read as they are after rollbacks, seed %i", (seed) => {
    const prng = new Prng(seed);
    void engine.autocommit((tx) => {
      for (let key = 0; key < 10; key++) tx.put(tree, [key, "committed"]);
    });
    const tx = engine.begin();
    let rows = scanned(tx);
    const savepoints: { at: number; rows: Map<number, string> }[] = [];
    for (let step = 0; step < 400; step++) {
      const key = prng.int(20);
      const dice = prng.int(100);
      if (dice < 35) {
        tx.put(tree, [key, `v${step}`]);
        rows.set(key, `v${step}`);
      } else if (dice < 50) {
        tx.delete(tree, [key]);
        rows.delete(key);
      } else if (dice < 90) expect(read(tx, key)).toBe(rows.get(key));
      else if (dice < 95) savepoints.push({ at: tx.savepoint(), rows: new Map(rows) });
      else if (savepoints.length > 0) {
        savepoints.length = 1 + prng.int(savepoints.length);
        const { at, rows: then } = savepoints.at(-1)!;
        tx.rollbackTo(at);
        rows = new Map(then);
      }
      if (prng.chance(0.02))
        expect(scanned(tx)).toEqual(new Map([...rows].sort(([a], [b]) => a - b)));
    }
    for (let key = 0; key < 20; key++) expect(read(tx, key)).toBe(rows.get(key));
    tx.rollback();
  });

  it("tell how many more rows there are", () => {
    const tx = engine.begin();
    expect(tx.rowsAdded(tree)).toBe(0);
    for (let key = 0; key < 5; key++) tx.put(tree, [key, "x"]);
    const savepoint = tx.savepoint();
    tx.delete(tree, [1]);
    expect(tx.rowsAdded(tree)).toBe(4);
    tx.rollbackTo(savepoint);
    expect(tx.rowsAdded(tree)).toBe(5);
    tx.rollbackTo(0);
    expect(tx.rowsAdded(tree)).toBe(0);
    tx.rollback();
  });

  it("stay linear to load, to look up and to roll back in part", () => {
    // What is quadratic in this takes minutes.
    const tx = engine.begin();
    for (let key = 0; key < 50_000; key++) {
      expect(tx.get(tree, key)).toBeNull();
      tx.put(tree, [key, "x"]);
      if (key % 5 > 0) continue;
      const savepoint = tx.savepoint();
      tx.put(tree, [key, "y"]);
      tx.rollbackTo(savepoint);
    }
    expect(read(tx, 0)).toBe("x");
    tx.rollback();
  });
});
