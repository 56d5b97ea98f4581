import { expect, test } from "vitest";
import { SqlEngine, type SqlSession } from "../../session/index.js";
import { MemoryHost } from "../../testing/memory-source.js";

/** Numbers with NULLs between, once in each type that IN may compare. */
function filled(): SqlSession {
  const session = new SqlEngine(new MemoryHost()).session();
  const run = (sql: string): unknown => session.run(session.prepare(sql), undefined);
  run("CREATE TABLE t (i int, b bigint, n numeric, s text, d date)");
  run(`INSERT INTO t SELECT x, x * 4503599627370496, x / 2.0, 'v' || x, date '2020-01-01' + x
       FROM (SELECT nullif(g, 7) FROM generate_series(1, 300) AS g) AS q (x)`);
  return session;
}

/** The ids for which a condition holds, does not, and is unknown. */
function answers(session: SqlSession, condition: string, params: readonly unknown[]): unknown {
  const sql = `SELECT count(*) FILTER (WHERE ${condition}), count(*) FILTER (WHERE NOT ${condition}),
    count(*) FILTER (WHERE (${condition}) IS NULL) FROM t`;
  return session.run(session.prepare(sql), params, { form: "array" }).rows;
}

/** The types of the columns, and the values of a row. */
const columns: readonly (readonly [name: string, type: string, of: (x: number) => string])[] = [
  ["i", "int", String],
  ["b", "bigint", (x) => String(BigInt(x) * 4503599627370496n)],
  ["n", "numeric", (x) => (x / 2).toFixed(3)],
  ["s", "text", (x) => `v${x}`],
  ["d", "date", (x) => new Date(Date.UTC(2020, 0, 1 + x)).toISOString().slice(0, 10)],
];

test.each(columns)("IN of many values, as parameters and arrays: %s", (name, type, of) => {
  const session = filled();
  for (const withNull of [false, true]) {
    const values: (string | null)[] = Array.from({ length: 50 }, (_, k) => of(k * 3));
    if (withNull) values.push(null);
    const marks = values.map((_, k) => `$${k + 1}`).join(", ");
    const literals = values.map((value) => (value === null ? "NULL" : `'${value}'`)).join(", ");
    const expected = answers(session, `${name} IN (${literals})`, []);
    expect(answers(session, `${name} IN (${marks})`, values)).toEqual(expected);
    expect(answers(session, `${name} = ANY ($1)`, [values])).toEqual(expected);
    expect(answers(session, `NOT (${name} <> ALL ($1))`, [values])).toEqual(expected);
    expect(answers(session, `${name} = ANY (ARRAY[${literals}]::${type}[])`, [])).toEqual(expected);
    expect(expected).toEqual([withNull ? [49, 0, 251] : [49, 250, 1]]);
  }
});

test("a list that its owner changes between two runs", () => {
  const session = filled();
  const list = Array.from({ length: 20 }, (_, k) => k + 1);
  const count = (): unknown => answers(session, "i = ANY ($1)", [list]);
  expect(count()).toEqual([[19, 280, 1]]);
  list.push(200, 201);
  expect(count()).toEqual([[21, 278, 1]]);
});
