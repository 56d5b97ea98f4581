import { expect, it } from "vitest";
import { Prng } from "../base/prng.js";
import { checkpoint, close } from "../engine/life-cycle.js";
import { openTestEngine } from "../testing/simulation/engine-fixture.js";
import { ErrorFs } from "../vfs/error-fs.js";
import { MemFs } from "../vfs/mem-fs.js";
import * as calls from "./api/index.js";

const QUERIES = [
  "SELECT * FROM t WHERE g BETWEEN 3 AND 9",
  "SELECT * FROM t WHERE g = 7",
  "SELECT id, name FROM t WHERE id BETWEEN 900 AND 1500",
  "SELECT * FROM t ORDER BY g LIMIT 200",
  "SELECT g, count(*), max(name) FROM t GROUP BY g ORDER BY g",
];

it("a read of the disk that fails leaves nothing behind for the queries after it", async () => {
  const fs = new ErrorFs(new MemFs());
  const opened = openTestEngine({ vfs: fs, bufferPoolBytes: 64 * 1024 });
  const sql = new calls.SqlDatabase(opened.engine, new Prng(1), 2 ** 26);
  const rowsOf = (text: string): unknown[] =>
    calls.prepare<[], unknown>(sql.statements, text, undefined).all();
  await sql.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, g INTEGER, name TEXT)");
  await sql.exec("CREATE INDEX t_g ON t (g)");
  await sql.exec(
    "INSERT INTO t SELECT i, i % 40, 'name ' || i FROM generate_series(1, 4000) AS s(i)",
  );
  await checkpoint(opened);
  const expected = QUERIES.map(rowsOf);
  let failures = 0;
  for (let nth = 1; nth <= 40; nth++) {
    for (const text of QUERIES) {
      fs.inject({ kind: "read", nth, fault: { kind: "fail" } });
      try {
        rowsOf(text);
      } catch (error) {
        expect(error).toMatchObject({ code: "IO_ERROR" });
        failures++;
      }
      fs.heal();
      expect(QUERIES.map(rowsOf), `after read ${nth} of ${text}`).toEqual(expected);
    }
  }
  expect(failures).toBeGreaterThan(50);
  sql.close();
  await close(opened);
});
