import { describe, expect, test } from "vitest";
import { type GoldenPlan, GoldenPlans } from "../testing/golden-plans.js";

// How tables are read and which side of a join is kept.

const plans = new GoldenPlans();

function goldens(name: string, cases: readonly GoldenPlan[]): void {
  describe(name, () => {
    test.each(cases)("%s", (query, ...plan) => {
      expect(plans.planOf(query)).toEqual(plan);
    });
  });
}

goldens("choose access", [
  ["SELECT bt FROM big WHERE b = 5", "Index Scan using big_pkey on big | (b = 5)"],
  [
    "SELECT bt FROM big WHERE b > 5 AND b <= 9",
    "Index Scan using big_pkey on big | (b > 5 AND b <= 9)",
  ],
  ["SELECT bt FROM big WHERE b = $1", "Index Scan using big_pkey on big | (b = $1)"],
  ["SELECT bt FROM big WHERE b = 5.0", "Filter | (b::numeric = '5.0')", "  Seq Scan on big"],
  ["SELECT bt FROM big WHERE b + 1 = 5", "Filter | ((b + 1) = 5)", "  Seq Scan on big"],
  [
    "SELECT bt FROM big WHERE bk = 5 AND bt <> 'a'",
    "Filter | (bt <> 'a')",
    "  Index Scan using big_k on big | (bk = 5)",
  ],
  [
    "SELECT b FROM big WHERE bg = 3 AND bt >= 't5'",
    "Index Scan using big_g_t on big | (bg = 3 AND bt >= 't5')",
  ],
  [
    "SELECT b FROM big WHERE bk BETWEEN 3 AND 5",
    "Index Scan using big_k on big | (bk >= 3 AND bk <= 5)",
  ],
  ["SELECT b FROM big WHERE bk > 3", "Filter | (bk > 3)", "  Seq Scan on big"],
  [
    "SELECT b FROM big WHERE bk = 5 AND b = 7",
    "Filter | (bk = 5)",
    "  Index Scan using big_pkey on big | (b = 7)",
  ],
]);

goldens("look rows up by index", [
  [
    "SELECT bt FROM few JOIN big ON b = f_mid",
    "Nested Loop",
    "  Seq Scan on few",
    "  Index Scan using big_pkey on big | (b = f_mid)",
  ],
  [
    "SELECT bt FROM big JOIN few ON b = f_mid",
    "Nested Loop",
    "  Seq Scan on few",
    "  Index Scan using big_pkey on big | (b = f_mid)",
  ],
  [
    "SELECT bt FROM few LEFT JOIN big ON bk = f_mid AND bt <> 'a'",
    "Nested Loop Left Join",
    "  Seq Scan on few",
    "  Filter | (bt <> 'a')",
    "    Index Scan using big_k on big | (bk = f_mid)",
  ],
  [
    "SELECT f FROM few WHERE EXISTS (SELECT 1 FROM big WHERE b = f_mid)",
    "Nested Loop Semi Join",
    "  Seq Scan on few",
    "  Index Scan using big_pkey on big | (b = f_mid)",
  ],
  [
    "SELECT f FROM few WHERE f_mid NOT IN (SELECT b FROM big)",
    "Hash Anti Join | (f_mid = b)",
    "  Seq Scan on few",
    "  Seq Scan on big",
  ],
  [
    "SELECT bt FROM mid JOIN few ON m = f_mid JOIN big ON bn = mv",
    "Hash Join | (bn = mv::numeric)",
    "  Seq Scan on big",
    "  Hash Join | (m = f_mid)",
    "    Seq Scan on mid",
    "    Seq Scan on few",
  ],
]);

goldens("use order", [
  [
    "SELECT * FROM big ORDER BY b DESC LIMIT 3",
    "Limit",
    "  Index Scan Backward using big_pkey on big",
  ],
  [
    "SELECT b FROM big WHERE bg = 3 ORDER BY bt LIMIT 3",
    "Limit",
    "  Index Scan using big_g_t on big | (bg = 3)",
  ],
  [
    "SELECT b FROM big ORDER BY bg, bt DESC LIMIT 3",
    "Limit",
    "  Sort | bg, bt DESC",
    "    Seq Scan on big",
  ],
  [
    "SELECT b FROM big ORDER BY bk NULLS FIRST LIMIT 3",
    "Limit",
    "  Sort | bk NULLS FIRST",
    "    Seq Scan on big",
  ],
  ["SELECT b FROM big ORDER BY bn LIMIT 3", "Limit", "  Sort | bn", "    Seq Scan on big"],
  ["SELECT b FROM big ORDER BY b", "Sort | b", "  Seq Scan on big"],
]);

goldens("choose the build side", [
  [
    "SELECT 1 FROM few LEFT JOIN mid ON mv = f_mid",
    "Hash Right Join | (mv = f_mid)",
    "  Seq Scan on mid",
    "  Seq Scan on few",
  ],
  [
    "SELECT 1 FROM mid LEFT JOIN few ON mv = f_mid",
    "Hash Left Join | (mv = f_mid)",
    "  Seq Scan on mid",
    "  Seq Scan on few",
  ],
]);
