import { describe, expect, test } from "vitest";
import { SqlEngine } from "../../session/index.js";
import { MemoryHost } from "../../testing/memory-source.js";

const session = new SqlEngine(new MemoryHost()).session();
const run = (sql: string): unknown[] =>
  session.run(session.prepare(sql), [], { form: "array" }).rows;

run("CREATE TABLE t (id INT PRIMARY KEY, kind INT, price INT NOT NULL, name TEXT)");
run("CREATE INDEX t_kind_idx ON t (kind)");
run("CREATE INDEX t_price_idx ON t (price DESC, id)");
run(
  `INSERT INTO t SELECT g, nullif(g % 20, 0), (g * 37) % 101, 'n' || g FROM generate_series(5, 500) g`,
);
run("CREATE TABLE nothing (id INT PRIMARY KEY)");

const planOf = (sql: string): string => run(`EXPLAIN ${sql}`).join("\n");

describe("the order of a key", () => {
  test.each([
    ["SELECT min(id) FROM t", [[5]]],
    ["SELECT max(id) FROM t", [[500]]],
    ["SELECT max(id) FROM t WHERE id < 77 AND name LIKE '%3'", [[73]]],
    ["SELECT min(kind) FROM t", [[1]]],
    ["SELECT max(price) FROM t", [[100]]],
    ["SELECT max(id) + 1 FROM t WHERE kind = 7", [[488]]],
    ["SELECT min(id), 'x' FROM nothing", [[null, "x"]]],
    ["SELECT id FROM t ORDER BY id DESC LIMIT 2", [[500], [499]]],
    ["SELECT price FROM t ORDER BY price DESC LIMIT 1", [[100]]],
  ])("answers %s with one row or few", (sql, rows) => {
    expect(run(sql)).toEqual(rows);
    expect(planOf(sql)).toMatch(/Index Scan|Limit/);
    expect(planOf(sql)).not.toContain("Sort");
  });

  test("is not that of another column, nor of NULLs on the other side", () => {
    expect(planOf("SELECT max(name) FROM t")).not.toContain("Limit");
    expect(run("SELECT max(kind) FROM t")).toEqual([[19]]);
    expect(planOf("SELECT id FROM t ORDER BY kind DESC NULLS LAST, id LIMIT 3")).toContain("Sort");
    expect(run("SELECT min(id), max(id) FROM t")).toEqual([[5, 500]]);
  });
});
