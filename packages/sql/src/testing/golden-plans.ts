import { SqlEngine } from "../session/engine.js";
import type { SqlSession } from "../session/session.js";
import { MemoryHost } from "./memory-source.js";

/** Columns have names of their own, so that no text depends on whether their tables are named. */
const TABLES: readonly string[] = [
  "CREATE TABLE big (b int PRIMARY KEY, bk int, bg int NOT NULL, bt text, bn numeric(10,2))",
  "CREATE INDEX big_k ON big (bk)",
  "CREATE INDEX big_g_t ON big (bg, bt)",
  "CREATE TABLE mid (m int PRIMARY KEY, m_big int, mv int)",
  "CREATE TABLE few (f int PRIMARY KEY, fname text, f_mid int)",
  "INSERT INTO big SELECT i, i % 90, i % 7, 't' || i, i FROM generate_series(1, 5000) i",
  "INSERT INTO mid SELECT i, i * 3, i FROM generate_series(1, 300) i",
  "INSERT INTO few SELECT i, 'n' || i, i * 2 FROM generate_series(1, 10) i",
];

interface JsonPlan {
  readonly "Node Type": string;
  readonly Details?: readonly string[];
  readonly Plans?: readonly JsonPlan[];
}

/** A query, then the lines of its plan. */
export type GoldenPlan = readonly [query: string, ...plan: string[]];

/** What becomes of queries over three tables, of 5000, 300 and 10 rows, as EXPLAIN tells it. */
export class GoldenPlans {
  readonly #session: SqlSession = new SqlEngine(new MemoryHost()).session();

  constructor() {
    for (const sql of TABLES) this.#rows(sql);
  }

  /** A line a node, two spaces deeper each, with its conditions; without projections. */
  planOf(sql: string): string[] {
    const lines: string[] = [];
    const write = (node: JsonPlan, depth: number): void => {
      const isProject = node["Node Type"] === "Project";
      const details = (node.Details ?? []).map((detail) => detail.replace(/^[A-Za-z ]+: /, ""));
      const line = [" ".repeat(2 * depth) + node["Node Type"], ...details].join(" | ");
      if (!isProject) lines.push(line);
      for (const child of node.Plans ?? []) write(child, isProject ? depth : depth + 1);
    };
    const [[tree]] = this.#rows(`EXPLAIN (FORMAT json) ${sql}`) as [
      [[{ readonly Plan: JsonPlan }]],
    ];
    write(tree[0].Plan, 0);
    return lines;
  }

  /** What the projections give, from the top. */
  outputsOf(sql: string): string[] {
    const lines = this.#rows(`EXPLAIN ${sql}`).map(([line]) => String(line).trim());
    return lines.filter((line) => line.startsWith("Output:"));
  }

  #rows(sql: string): readonly unknown[][] {
    const { rows } = this.#session.run(this.#session.prepare(sql), undefined, { form: "array" });
    return rows as unknown[][];
  }
}
