import { describe, expect, it } from "vitest";
import { AegisError } from "../contract/errors.js";
import { registry } from "../functions/index.js";
import { parseStatement } from "../parser/index.js";
import type { QueryNode } from "../parser/ast.js";
import type { LogicalPlan } from "../planner/plan.js";
import { boundDatabase } from "../testing/bound-database.js";
import { MemoryHost } from "../testing/memory-source.js";
import type { SqlType } from "../types/index.js";
import { bindQuery, type BoundStatement } from "./index.js";
import { MAX_BIND_DEPTH, MAX_VALUE_DEPTH } from "./limits.js";

const source = boundDatabase();

function bind(sql: string, paramTypes: readonly (SqlType | undefined)[] = []): BoundStatement {
  const statement = parseStatement(sql);
  if (statement.kind !== "query") throw new Error("not a query");
  return bindQuery(statement, { source, registry, paramTypes });
}

function errorOf(sql: string): AegisError {
  try {
    bind(sql);
  } catch (error) {
    if (error instanceof AegisError) return error;
    throw error;
  }
  throw new Error(`no error: ${sql}`);
}

/** The kinds of the nodes from the root along the first inputs. */
function spine(plan: LogicalPlan): readonly string[] {
  const kinds: string[] = [];
  for (let at: LogicalPlan | undefined = plan; at !== undefined;) {
    kinds.push(at.kind === "join" ? `${at.join} join` : at.kind);
    at = "input" in at ? at.input : at.kind === "join" ? at.left : undefined;
  }
  return kinds;
}

describe("plans", () => {
  it.each([
    ["SELECT a FROM t", ["project", "scan"]],
    ["SELECT 1", ["project", "values"]],
    ["SELECT a FROM t WHERE b = 'x' ORDER BY a", ["sort", "project", "filter", "scan"]],
    ["SELECT a FROM t ORDER BY b LIMIT 1", ["project", "limit", "sort", "project", "scan"]],
    [
      "SELECT a, count(*) FROM t GROUP BY a HAVING count(*) > 1",
      ["project", "filter", "aggregate", "scan"],
    ],
    ["SELECT DISTINCT a FROM t", ["distinct", "project", "scan"]],
    [
      "SELECT DISTINCT ON (a) a FROM t ORDER BY a, b",
      ["project", "distinct", "sort", "project", "scan"],
    ],
    [
      "SELECT rank() OVER (ORDER BY a), sum(a) OVER () FROM t",
      ["project", "window", "window", "scan"],
    ],
    [
      "SELECT rank() OVER w, sum(a) OVER w FROM t WINDOW w AS (ORDER BY a)",
      ["project", "window", "scan"],
    ],
    ["SELECT t.a FROM t LEFT JOIN u ON u.t_id = t.id", ["project", "left join", "scan"]],
    ["SELECT unnest(arr) FROM t", ["project", "cross join", "scan"]],
    ["SELECT * FROM t, LATERAL (SELECT t.a + 1) x", ["project", "cross join", "scan"]],
    ["WITH x AS (SELECT 1) SELECT 2", ["project", "values"]],
  ])("%s", (sql, kinds) => {
    expect(spine(bind(sql).plan)).toEqual(kinds);
  });

  it("gives every column of a self join a number of its own", () => {
    const { plan } = bind("SELECT * FROM u x, u y, (SELECT * FROM u) z");
    const ids = plan.output.map((column) => column.id);
    expect(new Set(ids).size).toBe(9);
  });

  it("runs the right side of a join once a row only where it refers to the left", () => {
    const lateral = (sql: string): boolean | undefined => {
      const { plan } = bind(sql);
      return plan.kind === "project" && plan.input.kind === "join" ? plan.input.lateral : undefined;
    };
    expect(lateral("SELECT 1 FROM t, LATERAL (SELECT t.a) x")).toBe(true);
    expect(lateral("SELECT 1 FROM t, LATERAL (SELECT 1) x")).toBe(false);
    expect(lateral("SELECT 1 FROM t, unnest(t.arr) x")).toBe(true);
    expect(lateral("SELECT 1 FROM t, unnest(ARRAY[1]) x")).toBe(false);
  });

  it("computes equal aggregates and equal windows once", () => {
    const { plan } = bind("SELECT sum(a), sum(a) + 1 FROM t HAVING sum(a) > 1 ORDER BY sum(a)");
    const aggregate = JSON.stringify(plan).match(/"aggregates":\[[^\]]*\]/);
    expect(aggregate?.[0].match(/"name":"sum","distinct"/g)).toHaveLength(1);
  });
});

describe("regclass", () => {
  const host = new MemoryHost();
  const made = { notNull: false, defaultSql: undefined, identity: undefined };
  host.autocommit((sink) => {
    sink.createSchema("pg_catalog");
    sink.createTable({
      schema: "pg_catalog",
      name: "pg_class",
      columns: [
        { ...made, name: "oid", type: { name: "integer" }, generatedSql: undefined },
        { ...made, name: "relname", type: { name: "text" }, generatedSql: undefined },
      ],
      ...{ primaryKey: [], indexes: [], foreignKeys: [], checks: [] },
    });
  });
  const typesOf = (sql: string): readonly string[] => {
    const statement = parseStatement(sql) as QueryNode;
    const context = { source: host.latest(), registry, paramTypes: [] };
    return bindQuery(statement, context).columns.map((column) => column.type.name);
  };

  it("is a number of what has a name, and the name of what has a number", () => {
    const query = "SELECT 'pg_catalog.pg_class'::regclass, 1::regclass, 'pg_class'::regclass::text";
    expect(() => typesOf(query.replace("pg_class", "nope"))).toThrow(/"pg_catalog.nope"/);
    expect(typesOf(query.replace(", 'pg_class'", ", 'pg_catalog.pg_class'"))).toEqual([
      "integer",
      "text",
      "text",
    ]);
  });
});

describe("parameters", () => {
  it.each([
    ["SELECT a FROM t WHERE $1 IS NULL OR a = $1", ["integer"]],
    ["SELECT a FROM t WHERE b LIKE $1 AND d > $2 LIMIT $3", ["text", "date", "bigint"]],
    ["SELECT a FROM t WHERE a = ANY($1)", ["array"]],
  ])("of %s have types", (sql, types) => {
    expect(bind(sql).params.map((type) => type.name)).toEqual(types);
  });

  it("keep the types that the caller gives", () => {
    expect(bind("SELECT $1", [{ name: "uuid" }]).columns[0]?.type.name).toBe("uuid");
    expect(bind("SELECT $1 + 1", [{ name: "numeric" }]).columns[0]?.type.name).toBe("numeric");
  });

  it("are an error where nothing tells their type", () => {
    expect(errorOf("SELECT $1 IS NULL").sqlState).toBe("42P18");
    expect(errorOf("SELECT $2::int").sqlState).toBe("42P18");
  });
});

describe("numbers", () => {
  const marked = (sql: string): readonly boolean[] => bind(sql).columns.map((c) => c.asNumber);

  it("are averages, divisions and what is computed from them", () => {
    expect(marked("SELECT avg(a), avg(n) / 2, round(avg(n), 1), stddev(n) FROM t")).toEqual(
      Array.from({ length: 4 }, () => true),
    );
    expect(marked("SELECT x FROM (SELECT avg(a) AS x FROM t UNION SELECT 1.5) s")).toEqual([true]);
    expect(marked("WITH s AS (SELECT n / 2 AS x FROM t) SELECT max(x) FROM s")).toEqual([true]);
    expect(marked("SELECT n / 2 AS x, count(*) FROM t GROUP BY 1")).toEqual([true, false]);
    expect(marked("SELECT avg(n) OVER () FROM t")).toEqual([true]);
  });

  it("are not sums, columns or declared precisions, whose digits all count", () => {
    expect(marked("SELECT n, n * 2, 1.5, (n / 2)::numeric(20, 2), f / 2, a / 2 FROM t")).toEqual(
      Array.from({ length: 6 }, () => false),
    );
    expect(marked("SELECT sum(n), sum(a) / 2 FROM t")).toEqual([false, false]);
  });
});

describe("hints", () => {
  it.each([
    ["SELECT arrr FROM t", 'Did you mean "arr"?'],
    ["SELECT t.bgi FROM t", 'Did you mean "big"?'],
    ["SELECT lowwer('a')", 'Did you mean "lower"?'],
    ["SELECT * FROM ww2", 'Did you mean "w2"?'],
    ["SELECT x FROM t", undefined],
    ["SELECT bx FROM t", undefined],
    ["SELECT * FROM w3", undefined],
    ["SELECT aaaaaaaaaaaaaaaaaaaaaaaa_arr FROM t", undefined],
    ["SELECT a FROM t x WHERE t.a = 1", 'Perhaps you meant the table alias "x".'],
    [
      "SELECT * FROM t, (SELECT t.a) x",
      "Mark a subquery with LATERAL to refer to what stands before it.",
    ],
  ])("%s", (sql, hint) => {
    expect(errorOf(sql).hint).toBe(hint);
  });

  it("say what to use for a time with its zone, which nothing would keep", () => {
    for (const type of ["timetz", "time with time zone", "time(3) with time zone", "timetz[]"]) {
      const { code, hint } = errorOf(`SELECT '12:00+01'::${type}`);
      expect([code, hint]).toEqual(["UNSUPPORTED", expect.stringContaining("timestamptz")]);
    }
  });

  it("have the position of what is wrong", () => {
    expect(errorOf("SELECT a,\n  nope FROM t").position).toBe(13);
    expect(errorOf("SELECT a FROM t WHERE a = 'x'").position).toBe(27);
    expect(errorOf("SELECT a + b FROM t").position).toBe(10);
    expect(errorOf("SELECT a FROM nope").position).toBe(15);
    expect(errorOf("SELECT a, b FROM t GROUP BY a").position).toBe(11);
    expect(errorOf("SELECT (1, 2) OVERLAPS (3, 4)").position).toBe(15);
  });
});

describe("limits", () => {
  it("binds what the parser takes in a row", () => {
    const terms = (count: number): string => Array.from({ length: count }, () => "a").join(" + ");
    expect(bind(`SELECT ${terms(1000)} FROM t`).columns).toHaveLength(1);
    const unions = Array.from({ length: 1000 }, () => "SELECT 1").join(" UNION ALL ");
    expect(bind(unions).columns).toHaveLength(1);
    const nested = `${"(SELECT ".repeat(200)}1${")".repeat(200)}`;
    expect(bind(`SELECT ${nested}`).columns).toHaveLength(1);
  });

  it("refuses chains upon chains before the stack ends", () => {
    const levels = Math.ceil(MAX_BIND_DEPTH / 200) + 1;
    const sql = `SELECT ${"(".repeat(levels)}1${`${" + 1".repeat(200)})`.repeat(levels)}`;
    expect(errorOf(sql).code).toBe("NESTING_TOO_DEEP");
  });

  it("refuses values in values, which would double with every level", () => {
    const depth = MAX_VALUE_DEPTH * 4;
    const inner = `${"(".repeat(depth)}a`;
    const sql = `SELECT ${inner}${" BETWEEN 1 AND 2)::int".repeat(depth)} FROM t`;
    expect(errorOf(sql).code).toBe("NESTING_TOO_DEEP");
  });

  it("refuses too many columns and grouping sets", () => {
    const columns = Array.from({ length: 2000 }, (_none, i) => i).join(", ");
    expect(errorOf(`SELECT ${columns}`).sqlState).toBe("54011");
    const cubes = Array.from({ length: 5 }, () => "CUBE (a, b, n)").join(", ");
    expect(errorOf(`SELECT 1 FROM t GROUP BY ${cubes}`).sqlState).toBe("54001");
  });
});
