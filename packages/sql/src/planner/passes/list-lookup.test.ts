import { describe, expect, test } from "vitest";
import { SqlEngine } from "../../session/index.js";
import { MemoryHost } from "../../testing/memory-source.js";

const session = new SqlEngine(new MemoryHost()).session();
const run = (sql: string, params: readonly unknown[] = []): unknown[] =>
  session.run(session.prepare(sql), params, { form: "array" }).rows;

run("CREATE TABLE t (id INT PRIMARY KEY, kind INT, place INT, name TEXT, price NUMERIC)");
run("CREATE INDEX t_kind_idx ON t (kind, place)");
run(
  `INSERT INTO t SELECT g, g % 50, nullif(g % 7, 0), 'n' || g, g * 0.5 FROM generate_series(1, 2000) g`,
);

/** Whether the plan looks values up rather than reading the table. */
function looksUp(sql: string): boolean {
  const plan = run(`EXPLAIN ${sql}`).join("\n");
  expect(plan).toContain("Scan");
  return plan.includes("list of values");
}

describe("several values for a key's column", () => {
  test.each([
    ["SELECT name FROM t WHERE id IN (3, 5, 3, NULL, 99999) ORDER BY id", [["n3"], ["n5"]]],
    ["SELECT name FROM t WHERE id = 7 OR 9 = id OR id = 7 ORDER BY id", [["n7"], ["n9"]]],
    ["SELECT name FROM t WHERE id = ANY (ARRAY[4, 2, 4]) ORDER BY id", [["n2"], ["n4"]]],
    ["SELECT count(*) FROM t WHERE kind IN (3, 4) AND place = 2", [[10]]],
    ["SELECT name FROM t WHERE id IN (10, 11) AND price > 5 ORDER BY 1", [["n11"]]],
    ["SELECT id FROM t WHERE id IN (10::bigint, 12::smallint) ORDER BY 1", [[10], [12]]],
  ])("%s is looked up", (sql, rows) => {
    expect(looksUp(sql)).toBe(true);
    expect(run(sql)).toEqual(rows);
  });

  test("may come as parameters", () => {
    expect(run("SELECT name FROM t WHERE id = ANY ($1) ORDER BY id", [[6, 1, 6]])).toEqual([
      ["n1"],
      ["n6"],
    ]);
    expect(run("SELECT count(*) FROM t WHERE id IN ($1, $2)", [1, null])).toEqual([[1]]);
    expect(run("SELECT count(*) FROM t WHERE id = ANY ($1)", [null])).toEqual([[0]]);
  });

  test("is read from end to end where no key, or no exact value, is named", () => {
    for (const condition of [
      "name IN ('n1', 'n2')",
      "id NOT IN (1, 2)",
      "place IN (1, 2)",
      "id IN (1, 2.5)",
      "id = 1 OR kind = 2",
      "id = 1 OR id > 1999",
      "id IN (kind, 2)",
    ]) {
      const sql = `SELECT count(*) FROM t WHERE ${condition}`;
      expect(looksUp(sql), condition).toBe(false);
    }
    expect(run("SELECT count(*) FROM t WHERE id IN (1, 2.5)")).toEqual([[1]]);
  });

  test("finds rows to change", () => {
    run("UPDATE t SET name = 'changed' WHERE id IN (21, 22)");
    run("DELETE FROM t WHERE id = ANY (ARRAY[23, 24])");
    const rows = run("SELECT id, name FROM t WHERE id BETWEEN 20 AND 25 ORDER BY id");
    expect(rows).toEqual([
      [20, "n20"],
      [21, "changed"],
      [22, "changed"],
      [25, "n25"],
    ]);
  });
});
