import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chinookFile, hasChinook } from "../sql/chinook.js";
import { runClient, ServerProcess, type Ended } from "./processes.js";

let server: ServerProcess;
beforeAll(async () => {
  server = await ServerProcess.start();
});
afterAll(() => server[Symbol.asyncDispose]());

const run = (...args: string[]): Promise<Ended> =>
  runClient("-d", `localhost:${server.port}`, ...args);

describe("aegis-client, against a server", () => {
  test("sets, gets and deletes a key", async () => {
    expect(await run("kv", "set", "mykey", "myvalue")).toEqual({ code: 0, out: "OK\n", error: "" });
    expect(await run("kv", "get", "mykey")).toEqual({ code: 0, out: "myvalue\n", error: "" });
    expect(await run("kv", "delete", "mykey")).toMatchObject({ code: 0, out: "OK\n" });
    expect(await run("kv", "get", "mykey")).toEqual({
      code: 1,
      out: "",
      error: 'aegis-client: NOT_FOUND: there is no key "mykey"\n',
    });
    expect((await run("kv", "delete", "mykey")).out).toBe("there was no such key\n");
  });

  test("keeps JSON as JSON, and expires what has a time to live", async () => {
    await run("kv", "set", "cfg/1", '{"retries":[1,2]}', "--json");
    expect((await run("kv", "get", "cfg/1")).out).toBe('{"retries":[1,2]}\n');
    await run("kv", "set", "brief", "x", "--ttl", "1ms");
    expect((await run("kv", "get", "brief")).code).toBe(1);
    const bad = await run("kv", "set", "brief", "x", "--ttl", "soon");
    expect(bad.code).toBe(1);
    expect(bad.error).toContain("INVALID_OPTION");
  });

  test("lists with a prefix, in every format", async () => {
    await run("kv", "set", "user:1", "Alice");
    await run("kv", "set", "user:2", 'Bob, "B"');
    const list = (format: string): Promise<Ended> =>
      run("kv", "list", "--prefix", "user:", "--format", format);
    expect((await list("table")).out).toBe(
      `+--------+----------+
| key    | value    |
+========+==========+
| user:1 | Alice    |
| user:2 | Bob, "B" |
+--------+----------+

2 key(s)
`,
    );
    expect(JSON.parse((await list("json")).out)).toMatchObject([
      { key: "user:1", value: "Alice" },
      { key: "user:2", value: 'Bob, "B"' },
    ]);
    const csv = (await list("csv")).out.split("\n");
    expect(csv[0]).toBe("key,value,version,created_at,updated_at,expires_at");
    expect(csv[2]).toMatch(/^user:2,"Bob, ""B""",\d+,/);
  });

  test("tells the server's health, by URL too", async () => {
    const { code, out } = await runClient("-s", server.url, "status");
    expect(code).toBe(0);
    expect(out).toMatch(/\| healthy \| 0\.1\.0 /);
    const named = await runClient(
      "-d",
      `aegis://localhost:${server.port}/mydb`,
      "status",
      "-f",
      "csv",
    );
    expect(named.out.split("\n")[0]).toBe("server,status,version,uptime");
  });

  test("says what is wrong on stderr only, with the exit code", async () => {
    expect(await run("kv", "frob")).toMatchObject({ code: 2, out: "" });
    const bad = await run("kv", "set", "k".repeat(1025), "v");
    expect(bad).toMatchObject({ code: 1, out: "" });
    expect(bad.error).toContain("INVALID_KEY");
    expect(bad.error).toContain("hint:");
  });
});

const files = mkdtempSync(join(tmpdir(), "aegis-scripts-"));
afterAll(() => {
  rmSync(files, { recursive: true });
});

function script(name: string, sql: string): string {
  const file = join(files, name);
  writeFileSync(file, sql);
  return file;
}

const USERS = `
  CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, born date DEFAULT '2000-01-01');
  INSERT INTO users (id, name) VALUES (1, 'Alice'), (2, 'Bob, "B"');
  SELECT * FROM users;
`;

describe("aegis-client query", () => {
  test("runs the statements of a file, and says what it ran", async () => {
    const { code, out, error } = await run("query", "--file", script("users.sql", USERS));
    expect({ code, error }).toEqual({ code: 0, error: "" });
    expect(out).toMatch(
      /^\+-+\+-+\+\n\| command +\| count \|\n(.*\n)*\| CREATE TABLE \| 1 +\|\n(.*\n)*3 statement\(s\), 2 row\(s\) written in \d+\.\d\d s\n$/,
    );
    const select = script("select.sql", "SELECT 1; SELECT 2");
    expect(await run("query", "--file", select, "-f", "csv")).toEqual({
      code: 0,
      out: "command,count\nSELECT,2\n",
      error: "",
    });
    expect(JSON.parse((await run("query", "--file", select, "-f", "json")).out)).toEqual([
      { command: "SELECT", count: 2 },
    ]);
  });

  test("shows rows in every format", async () => {
    const select = "SELECT id, name, born FROM users ORDER BY id";
    expect(await run("query", select)).toEqual({
      code: 0,
      out: `+----+----------+------------+
| id | name     | born       |
+====+==========+============+
| 1  | Alice    | 2000-01-01 |
| 2  | Bob, "B" | 2000-01-01 |
+----+----------+------------+

2 row(s)
`,
      error: "",
    });
    expect((await run("query", select, "--format", "csv")).out).toBe(
      'id,name,born\n1,Alice,2000-01-01\n2,"Bob, ""B""",2000-01-01\n',
    );
    expect(JSON.parse((await run("query", select, "--format", "json")).out)).toEqual([
      { id: 1, name: "Alice", born: "2000-01-01" },
      { id: 2, name: 'Bob, "B"', born: "2000-01-01" },
    ]);
    const empty = "SELECT id FROM users WHERE false";
    expect((await run("query", empty)).out).toBe("+----+\n| id |\n+====+\n\n0 row(s)\n");
    expect((await run("query", empty, "-f", "json")).out).toBe("[]\n");
    expect((await run("query", empty, "-f", "csv")).out).toBe("id\n");
  });

  test("gives values to parameters in their order", async () => {
    const sum = "SELECT $1::int + $2::int AS sum, $3 || '!' AS \"text\"";
    expect(
      (await run("query", sum, "-p", "1", "--param", "-3", "-p", "it's", "-f", "csv")).out,
    ).toBe("sum,text\n-2,it's!\n");
    const insert = "INSERT INTO users VALUES (?, ?, ?)";
    expect(
      await run("query", insert, "-p", "3", "-p", "'; DROP TABLE users", "-p", "1999-12-31"),
    ).toEqual({ code: 0, out: "INSERT: 1 row(s)\n", error: "" });
    const update = await run("query", "DELETE FROM users WHERE id = $1", "-p", "3", "-f", "json");
    expect(JSON.parse(update.out)).toEqual([{ command: "DELETE", row_count: 1 }]);
    const few = await run("query", sum, "-p", "1");
    expect(few).toMatchObject({ code: 1, out: "" });
    expect(few.error).toMatch(/^aegis-client: PARAMETER_COUNT: /);
  });

  test("shows where a statement went wrong, with a hint", async () => {
    expect(await run("query", "SELECT nme FROM users")).toEqual({
      code: 1,
      out: "",
      error: `aegis-client: COLUMN_NOT_FOUND: column "nme" does not exist
  line 1: SELECT nme FROM users
                 ^
  hint: Did you mean "name"?
`,
    });
    const file = script("wrong.sql", "CREATE TABLE a (x int);\nINSRT INTO a VALUES (1);\n");
    expect(await run("query", "--file", file)).toEqual({
      code: 1,
      out: "",
      error: `aegis-client: PARSE_ERROR: syntax error at or near "INSRT"
  line 2: INSRT INTO a VALUES (1);
          ^
  hint: Did you mean INSERT?
`,
    });
    expect((await run("query", "SELECT * FROM a")).error).toContain("TABLE_NOT_FOUND");
    const twice = await run("query", "INSERT INTO users VALUES (1, 'again')");
    expect(twice.error).toContain("UNIQUE_VIOLATION");
    expect(twice.error).toContain("detail: Key (id)=(1) already exists.");
    const two = await run("query", "SELECT 1; SELECT 2");
    expect(two.error).toMatch(/MULTIPLE_STATEMENTS(.*\n)*.*hint: .*script/);
  });

  test.each([
    [["query"], "give either a statement or --file"],
    [["query", "SELECT 1", "--file", "x.sql"], "give either a statement or --file"],
    [["query", "--file", "x.sql", "-p", "1"], "a script takes no parameters"],
    [["query", "--file", "no/such/file.sql"], 'cannot read "no/such/file.sql"'],
    [["query", "SELECT 1", "-f", "xml"], "table, json, csv"],
    [["tables", "a", "b"], "too many arguments"],
  ])("%j is bad usage", async (args, message) => {
    const { code, out, error } = await run(...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(error).toContain(message);
  });

  test("fails when no server is there", async () => {
    const { code, error } = await runClient("-s", "http://127.0.0.1:1", "query", "SELECT 1");
    expect(code).toBe(1);
    expect(error).toMatch(/CONNECTION_FAILED(.*\n)*.*hint: /);
  });
});

describe("aegis-client tables", () => {
  test("lists tables, and the columns of one, in every format", async () => {
    await run("query", "CREATE SCHEMA IF NOT EXISTS shop");
    await run("query", "CREATE TABLE shop.items (a int, b numeric(10,2), PRIMARY KEY (b, a))");
    const list = await run("tables");
    expect(list).toMatchObject({ code: 0, error: "" });
    expect(list.out).toMatch(/^\| public \| users +\| 3 +\| 2 +\| \d+ +\|$/m);
    expect(list.out).toMatch(/\n\n\d+ table\(s\)\n$/);
    expect((await run("tables", "-f", "csv")).out).toMatch(/^public,users,3,2,\d+$/m);
    const all = JSON.parse((await run("tables", "-f", "json")).out) as { name: string }[];
    expect(all.map(({ name }) => name)).toEqual(expect.arrayContaining(["items", "users"]));

    expect((await run("tables", "users", "-f", "csv")).out).toBe(
      "column,type,nullable,default,key\nid,integer,false,,primary\nname,text,false,,\n" +
        "born,date,true,'2000-01-01',\n",
    );
    const items = await run("tables", "shop.items");
    expect(items.out).toMatch(/^\| b +\| numeric\(10,2\) \| false +\| +\| primary \|$/m);
    expect(JSON.parse((await run("tables", "shop.items", "-f", "json")).out)).toMatchObject({
      name: "items",
      primary_key: ["b", "a"],
    });
  });

  test("names a table that is not there", async () => {
    expect(await run("tables", "userz")).toMatchObject({
      code: 1,
      out: "",
      error: expect.stringContaining('TABLE_NOT_FOUND: there is no table "userz"') as string,
    });
  });
});

describe.skipIf(!hasChinook)("aegis-client, with a published script (which may be missing)", () => {
  test("loads it as it is, and asks it", { timeout: 60_000 }, async () => {
    const { code, out, error } = await run("query", "--file", chinookFile, "-f", "json");
    expect(code).toBe(0);
    expect(error.split("\n").filter((line) => line !== "")).toHaveLength(3);
    expect(error).toContain("NOTICE: skipped: CREATE DATABASE chinook");
    expect(JSON.parse(out)).toContainEqual({ command: "CREATE TABLE", count: 11 });
    const best = `SELECT a.name, count(*) AS tracks FROM artist a JOIN album USING (artist_id)
      JOIN track USING (album_id) GROUP BY a.name ORDER BY tracks DESC LIMIT 2`;
    expect((await run("query", best, "-f", "csv")).out).toBe(
      "name,tracks\nIron Maiden,213\nU2,135\n",
    );
    expect((await run("tables", "-f", "csv")).out).toMatch(/^public,playlist_track,2,8715,\d+$/m);
    const again = await run("query", "--file", chinookFile);
    expect(again).toMatchObject({ code: 1, out: "" });
    expect(again.error).toContain("TABLE_EXISTS");
  });
});
