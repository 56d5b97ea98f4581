import { beforeEach, describe, expect, test } from "vitest";
import { MemoryHost } from "../testing/memory-source.js";
import { SqlEngine } from "./engine.js";
import type { SqlSession } from "./session.js";

let session: SqlSession;

function plan(text: string): string {
  const { rows } = session.run(session.prepare(text), undefined, { form: "array" });
  return rows.flat().join("\n");
}

beforeEach(() => {
  session = new SqlEngine(new MemoryHost()).session();
  plan("CREATE TABLE t (id int PRIMARY KEY, a int, b int)");
  plan("CREATE TABLE u (id int PRIMARY KEY, t_id int)");
  plan("INSERT INTO t SELECT n, n, n FROM generate_series(1, 50) n");
});

describe("names in a plan", () => {
  test("of parameters are those of the statement", () => {
    expect(plan("EXPLAIN SELECT * FROM t WHERE id = $1")).toContain("Index Cond: (id = $1)");
  });

  test("have the table in front where several have the column", () => {
    const joined = plan("EXPLAIN SELECT b FROM t JOIN u ON t.id = u.id");
    expect(joined).toMatch(/\(id = u\.id\)|\(t\.id = u\.id\)/);
    expect(joined).toContain("Output: b");
  });

  test("are the aliases, or numbered where one table is read twice", () => {
    const twice = plan("EXPLAIN SELECT x.a FROM t x JOIN t y ON x.a = y.b");
    expect(twice).toContain("Join Cond: (x.a = y.b)");
    expect(twice).toContain("Seq Scan on t y");
    const inner = plan("EXPLAIN SELECT a FROM t WHERE a > (SELECT avg(b) FROM t)");
    expect(inner).toMatch(/Seq Scan on t {2}/);
    expect(inner).toContain("Seq Scan on t t_1");
  });

  test("of columns without a name are what they are made of", () => {
    expect(plan("EXPLAIN SELECT a FROM t ORDER BY a + b")).toContain("Sort Key: (a + b)");
    const grouped = plan("EXPLAIN SELECT a FROM t GROUP BY a ORDER BY sum(DISTINCT b) DESC");
    expect(grouped).toContain("Sort Key: sum(DISTINCT b) DESC");
    expect(plan("EXPLAIN SELECT a AS c FROM t ORDER BY c")).toMatch(/Sort Key: [ac]\b/);
  });

  test("leave out the hidden column that says where a row is", () => {
    expect(plan("EXPLAIN DELETE FROM t WHERE a = 3")).toMatch(/Output: id$/mu);
    expect(plan("EXPLAIN UPDATE t SET a = a + 1")).toContain("Output: (a + 1)");
  });
});

describe("EXPLAIN ANALYZE", () => {
  test("counts the rows that a write by key reads", () => {
    for (const write of ["UPDATE t SET a = 0 WHERE id = 3", "DELETE FROM t WHERE id = 3"]) {
      expect(plan(`EXPLAIN ANALYZE ${write}`)).toMatch(/Index Scan .*rows=1 loops=1/);
    }
    expect(plan("SELECT count(*) FROM t")).toBe("49");
  });

  test("says which nodes never ran", () => {
    const lateral = "SELECT 1 FROM u, LATERAL (SELECT a FROM t WHERE a > u.id LIMIT 1) x";
    const skipped = plan(`EXPLAIN ANALYZE ${lateral}`);
    expect(skipped).toContain("(never executed)");
  });
});
