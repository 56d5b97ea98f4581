import { describe, expect, test } from "vitest";
import { type GoldenPlan, GoldenPlans } from "../testing/golden-plans.js";

// How queries are rewritten, pass by pass.

const plans = new GoldenPlans();

function goldens(name: string, cases: readonly GoldenPlan[]): void {
  describe(name, () => {
    test.each(cases)("%s", (query, ...plan) => {
      expect(plans.planOf(query)).toEqual(plan);
    });
  });
}

goldens("fold constants", [
  [
    "SELECT 1 FROM few WHERE 1 = 1 AND length('abc') = 3 AND f > 1 + 1",
    "Index Scan using few_pkey on few | (f > 2)",
  ],
  ["SELECT 1 FROM few WHERE 1 = 2 AND f = 1", "Values Scan"],
  [
    "SELECT 1 FROM few WHERE f = 1 OR 1 / 0 = 1",
    "Filter | ((f = 1) OR ((1 / 0) = 1))",
    "  Seq Scan on few",
  ],
  [
    "SELECT 1 FROM few WHERE CASE WHEN false THEN 1 WHEN true THEN f ELSE 3 END = coalesce(NULL, f_mid, 5)",
    "Filter | (f = COALESCE(f_mid, 5))",
    "  Seq Scan on few",
  ],
  [
    "SELECT 1 FROM few WHERE fname = current_user OR random() < 2",
    "Filter | ((fname = current_user()) OR (random() < 2))",
    "  Seq Scan on few",
  ],
]);

goldens("inline CTEs", [
  [
    "WITH w AS (SELECT m, mv FROM mid) SELECT mv FROM w WHERE m = 5",
    "Index Scan using mid_pkey on mid | (m = 5)",
  ],
  [
    "WITH w AS (SELECT m, mv FROM mid) SELECT 1 FROM w x JOIN w y ON x.m = y.mv",
    "CTE w",
    "  Seq Scan on mid",
    "  Hash Join | (w_1.m = w.mv)",
    "    CTE Scan on w",
    "    CTE Scan on w w_1",
  ],
  [
    "WITH w AS MATERIALIZED (SELECT m, mv FROM mid) SELECT mv FROM w WHERE m = 5",
    "CTE w",
    "  Seq Scan on mid",
    "  Filter | (w.m = 5)",
    "    CTE Scan on w",
  ],
  [
    "WITH w AS (SELECT m AS k, random() AS r FROM mid) SELECT r FROM w WHERE k = 5",
    "CTE w",
    "  Seq Scan on mid",
    "  Filter | (k = 5)",
    "    CTE Scan on w",
  ],
  [
    "WITH w AS (SELECT m AS k, (SELECT random()) AS r FROM mid) SELECT r FROM w WHERE k = 5",
    "CTE w",
    "  Seq Scan on mid",
    "  Result",
    "  Filter | (k = 5)",
    "    CTE Scan on w",
  ],
  ["WITH w AS (SELECT 1 / 0) SELECT 1", "Result"],
]);

goldens("decorrelate subqueries", [
  [
    "SELECT f FROM few WHERE EXISTS (SELECT 1 FROM mid WHERE mv = f_mid)",
    "Hash Semi Join | (mv = f_mid)",
    "  Seq Scan on few",
    "  Seq Scan on mid",
  ],
  [
    "SELECT f FROM few WHERE NOT EXISTS (SELECT 1 FROM mid WHERE mv = f_mid AND m > 3)",
    "Hash Anti Join | (mv = f_mid)",
    "  Seq Scan on few",
    "  Index Scan using mid_pkey on mid | (m > 3)",
  ],
  [
    "SELECT f FROM few WHERE EXISTS (SELECT 1 FROM mid)",
    "Filter | EXISTS (subquery)",
    "  Seq Scan on few",
    "  Seq Scan on mid",
  ],
  [
    "SELECT f FROM few WHERE f_mid IN (SELECT mv FROM mid)",
    "Hash Semi Join | (f_mid = mv)",
    "  Seq Scan on few",
    "  Seq Scan on mid",
  ],
  [
    "SELECT f FROM few WHERE f_mid NOT IN (SELECT mv FROM mid)",
    "Hash Anti Join | (f_mid = mv)",
    "  Seq Scan on few",
    "  Seq Scan on mid",
  ],
  [
    "SELECT f FROM few WHERE 3 NOT IN (SELECT mv FROM mid)",
    "Hash Anti Join | (3 = mv)",
    "  Seq Scan on few",
    "  Seq Scan on mid",
  ],
  [
    "SELECT f FROM few WHERE f_mid NOT IN (SELECT mv FROM mid WHERE m_big = f)",
    "Hash Anti Join | (COALESCE((f_mid = mv), t) AND (m_big = f))",
    "  Seq Scan on few",
    "  Seq Scan on mid",
  ],
  [
    "SELECT f FROM few WHERE f = 1 OR EXISTS (SELECT 1 FROM mid WHERE mv = f_mid)",
    "Filter | ((f = 1) OR EXISTS (subquery))",
    "  Seq Scan on few",
    "  Filter | (mv = f_mid)",
    "    Seq Scan on mid",
  ],
  [
    "SELECT (SELECT count(*) FROM mid WHERE mv = f_mid) FROM few",
    "Hash Right Join | (mv = f_mid)",
    "  HashAggregate | mv",
    "    Seq Scan on mid",
    "  Seq Scan on few",
  ],
  [
    "SELECT (SELECT max(mv) FROM mid WHERE mv < f_mid) FROM few",
    "Seq Scan on few",
    "Aggregate",
    "  Filter | (mv < f_mid)",
    "    Seq Scan on mid",
  ],
  [
    "SELECT (SELECT mv FROM mid WHERE m_big = f_mid) FROM few",
    "Hash Single Join | (m_big = f_mid)",
    "  Seq Scan on few",
    "  Seq Scan on mid",
  ],
  [
    "SELECT f FROM few WHERE f_mid > (SELECT avg(mv) FROM mid)",
    "Filter | (f_mid::numeric > (subquery))",
    "  Seq Scan on few",
    "  Aggregate",
    "    Seq Scan on mid",
  ],
  [
    "SELECT f FROM few, LATERAL (SELECT mv FROM mid WHERE mv = f_mid) l",
    "Hash Join | (mv = f_mid)",
    "  Seq Scan on mid",
    "  Seq Scan on few",
  ],
]);

goldens("push predicates", [
  [
    "SELECT 1 FROM few JOIN mid ON mv = f_mid WHERE fname = 'n1' AND mv > 3",
    "Hash Join | (mv = f_mid)",
    "  Filter | (mv > 3)",
    "    Seq Scan on mid",
    "  Filter | (fname = 'n1')",
    "    Seq Scan on few",
  ],
  [
    "SELECT 1 FROM few LEFT JOIN mid ON mv = f_mid AND mv > 3 WHERE fname = 'n1'",
    "Hash Right Join | (mv = f_mid)",
    "  Filter | (mv > 3)",
    "    Seq Scan on mid",
    "  Filter | (fname = 'n1')",
    "    Seq Scan on few",
  ],
  [
    "SELECT 1 FROM few FULL JOIN mid ON mv = f_mid WHERE mv IS NULL OR fname = 'n1'",
    "Filter | ((mv IS NULL) OR (fname = 'n1'))",
    "  Hash Full Join | (mv = f_mid)",
    "    Seq Scan on few",
    "    Seq Scan on mid",
  ],
  [
    "SELECT 1 FROM (SELECT mv, count(*) AS n FROM mid GROUP BY mv) q WHERE mv = 3 AND n > 1",
    "Filter | (count(*) > 1)",
    "  HashAggregate | mv",
    "    Filter | (mv = 3)",
    "      Seq Scan on mid",
  ],
  [
    "SELECT count(*) FROM mid HAVING current_user = 'x'",
    "Filter | (current_user() = 'x')",
    "  Aggregate",
    "    Seq Scan on mid",
  ],
  [
    "SELECT 1 FROM mid GROUP BY ROLLUP (mv) HAVING current_user = 'x'",
    "Filter | (current_user() = 'x')",
    "  HashAggregate | mv",
    "    Seq Scan on mid",
  ],
  [
    "SELECT 1 FROM (SELECT mv, m, row_number() OVER (PARTITION BY mv) AS r FROM mid) q WHERE mv = 3 AND m > 2",
    "Filter | (m > 2)",
    "  Filter | (mv = 3)",
    "    Seq Scan on mid",
  ],
  [
    "SELECT 1 FROM (SELECT f AS k FROM few UNION SELECT mv FROM mid) q WHERE k = 3",
    "Union",
    "  Index Scan using few_pkey on few | (f = 3)",
    "  Filter | (mv = 3)",
    "    Seq Scan on mid",
  ],
  [
    "SELECT 1 FROM (SELECT DISTINCT mv FROM mid) q WHERE mv = 3",
    "Unique",
    "  Filter | (mv = 3)",
    "    Seq Scan on mid",
  ],
  [
    "SELECT 1 FROM (SELECT * FROM few LIMIT 3) q WHERE fname = 'n1'",
    "Filter | (fname = 'n1')",
    "  Limit",
    "    Seq Scan on few",
  ],
  [
    "SELECT 1 FROM (SELECT f_mid + 1 AS k FROM few) q WHERE k = 3",
    "Filter | ((f_mid + 1) = 3)",
    "  Seq Scan on few",
  ],
  [
    "SELECT 1 FROM (SELECT f_mid AS k FROM few) q WHERE k = 3 OR EXISTS (SELECT 1 FROM mid WHERE mv = k)",
    "Filter | ((f_mid = 3) OR EXISTS (subquery))",
    "  Seq Scan on few",
    "  Filter | (mv = f_mid)",
    "    Seq Scan on mid",
  ],
  [
    "SELECT 1 FROM few JOIN mid ON mv = f_mid WHERE random() < 2",
    "Filter | (random() < 2)",
    "  Hash Join | (mv = f_mid)",
    "    Seq Scan on mid",
    "    Seq Scan on few",
  ],
]);

goldens("turn outer joins into inner ones", [
  [
    "SELECT 1 FROM few LEFT JOIN mid ON mv = f_mid WHERE mv > 3",
    "Hash Join | (mv = f_mid)",
    "  Filter | (mv > 3)",
    "    Seq Scan on mid",
    "  Seq Scan on few",
  ],
  [
    "SELECT 1 FROM few LEFT JOIN mid ON mv = f_mid WHERE mv IS NULL",
    "Filter | (mv IS NULL)",
    "  Hash Right Join | (mv = f_mid)",
    "    Seq Scan on mid",
    "    Seq Scan on few",
  ],
  [
    "SELECT 1 FROM few LEFT JOIN mid ON mv = f_mid WHERE coalesce(mv, 5) > 3",
    "Filter | (COALESCE(mv, 5) > 3)",
    "  Hash Right Join | (mv = f_mid)",
    "    Seq Scan on mid",
    "    Seq Scan on few",
  ],
  [
    "SELECT 1 FROM few RIGHT JOIN mid ON mv = f_mid WHERE fname = 'n1'",
    "Hash Join | (mv = f_mid)",
    "  Seq Scan on mid",
    "  Filter | (fname = 'n1')",
    "    Seq Scan on few",
  ],
  [
    "SELECT 1 FROM few FULL JOIN mid ON mv = f_mid WHERE fname = 'n1'",
    "Hash Right Join | (mv = f_mid)",
    "  Seq Scan on mid",
    "  Filter | (fname = 'n1')",
    "    Seq Scan on few",
  ],
  [
    "SELECT 1 FROM few FULL JOIN mid ON mv = f_mid WHERE fname = 'n1' AND m_big = 3",
    "Hash Join | (mv = f_mid)",
    "  Filter | (m_big = 3)",
    "    Seq Scan on mid",
    "  Filter | (fname = 'n1')",
    "    Seq Scan on few",
  ],
]);

goldens("add equalities that follow", [
  [
    "SELECT 1 FROM few, mid WHERE f_mid = mv AND mv = 4",
    "Hash Join | (f_mid = mv)",
    "  Filter | (mv = 4)",
    "    Seq Scan on mid",
    "  Filter | (f_mid = 4)",
    "    Seq Scan on few",
  ],
  [
    "SELECT 1 FROM few, mid WHERE f_mid = mv AND mv > 4",
    "Hash Join | (f_mid = mv)",
    "  Filter | (mv > 4)",
    "    Seq Scan on mid",
    "  Seq Scan on few",
  ],
  [
    "SELECT 1 FROM few JOIN mid ON f_mid = mv WHERE mv = $1",
    "Hash Join | (f_mid = mv)",
    "  Filter | (mv = $1)",
    "    Seq Scan on mid",
    "  Filter | (f_mid = $1)",
    "    Seq Scan on few",
  ],
]);

goldens("order joins", [
  [
    "SELECT 1 FROM big, few, mid WHERE bk = mv AND mv = f_mid",
    "Hash Join | (bk = mv)",
    "  Seq Scan on big",
    "  Hash Join | (mv = f_mid)",
    "    Seq Scan on mid",
    "    Seq Scan on few",
  ],
  [
    "SELECT 1 FROM big, few, mid WHERE b = m_big AND m = f_mid AND fname = 'n1'",
    "Nested Loop",
    "  Nested Loop",
    "    Filter | (fname = 'n1')",
    "      Seq Scan on few",
    "    Index Scan using mid_pkey on mid | (m = f_mid)",
    "  Index Scan using big_pkey on big | (b = m_big)",
  ],
  ["SELECT 1 FROM few, mid", "Nested Loop", "  Seq Scan on mid", "  Seq Scan on few"],
  [
    "SELECT v FROM (SELECT 1 AS one, mv AS v, m_big AS w, f FROM few JOIN mid ON f_mid = mv) d WHERE (one = 1 AND v = 2) OR (one = 2 AND w = f)",
    "Hash Join | (f_mid = mv)",
    "  Filter | (mv = 2)",
    "    Seq Scan on mid",
    "  Seq Scan on few",
  ],
]);

describe("prune columns", () => {
  test("leaves out what nothing above reads, windows included", () => {
    const inner = "SELECT few.*, mid.*, count(*) OVER () AS c, mv * 2 AS d FROM few CROSS JOIN mid";
    const sql = `SELECT fname FROM (${inner}) q`;
    expect(new Set(plans.outputsOf(sql))).toEqual(new Set(["Output: fname"]));
    expect(plans.planOf(sql)).toEqual(["Nested Loop", "  Seq Scan on mid", "  Seq Scan on few"]);
  });
});
