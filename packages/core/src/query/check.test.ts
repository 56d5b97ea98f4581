import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StoredTable } from "./stored-table.js";
import { checkDatabase, describeTable, describeTables } from "./index.js";
import { column, definition, index, SqlFixture } from "../testing/sql-fixture.js";

let fixture: SqlFixture;

beforeEach(() => {
  fixture = new SqlFixture();
  void fixture.host.autocommit((sink) => {
    const info = sink.createTable(
      definition(
        "t",
        [column("id", "integer", true), column("v", "numeric")],
        [0],
        [index("t_v", [1]), index("t_v_key", [1], { unique: true, constraint: "unique" })],
      ),
    );
    for (let i = 0; i < 2000; i++) sink.insert(info, [i, null]);
  });
});

afterEach(() => fixture.close());

function table(): StoredTable {
  return fixture.host.latest().table(undefined, "t") as StoredTable;
}

describe("the check of a database", () => {
  it("finds nothing wrong with what SQL wrote", async () => {
    await fixture.checkpoint();
    const report = await checkDatabase(fixture.opened, fixture.host, {});
    expect(report).toMatchObject({ ok: true, problems: [] });
  });

  it("finds rows without entries, and entries without rows", async () => {
    const { trees, tree } = table();
    void fixture.opened.engine.autocommit((tx) => {
      tx.delete(tree, [7]);
      tx.delete(trees[0]!.tree, [null, 8]);
      tx.delete(trees[0]!.tree, [null, 9]);
    });
    const { ok, problems } = await checkDatabase(fixture.opened, fixture.host, {});
    expect(ok).toBe(false);
    expect(problems.map(({ where, problem }) => `${where}: ${problem}`)).toEqual([
      "index t_v: entry 8: its row is gone",
      "index t_v: has 1998 entries for 1999 rows",
      "index t_v_key: entry 8: its row is gone",
      "index t_v_key: has 2000 entries for 1999 rows",
    ]);
  });

  it("stops on its signal", async () => {
    const signal = AbortSignal.abort();
    await expect(checkDatabase(fixture.opened, fixture.host, { signal })).rejects.toMatchObject({
      code: "ABORTED",
    });
  });
});

describe("a description", () => {
  it("shows columns, constraints, indexes and sizes", async () => {
    await fixture.checkpoint();
    const described = describeTable(fixture.host, "t")!;
    expect(described).toMatchObject({
      schema: "public",
      name: "t",
      columns: [
        { name: "id", type: "integer", nullable: false, default: undefined },
        { name: "v", type: "numeric", nullable: true },
      ],
      primaryKey: ["id"],
      constraints: [
        { kind: "primaryKey", name: "t_pkey", columns: ["id"] },
        { kind: "unique", name: "t_v_key", columns: ["v"] },
      ],
      rowCount: 2000,
    });
    expect(described.indexes.map(({ name }) => name)).toEqual(["t_pkey", "t_v", "t_v_key"]);
    expect(described.bytes).toBeGreaterThan(described.indexes[1]!.bytes);
    expect(describeTables(fixture.host)).toEqual([described]);
    expect(describeTable(fixture.host, "public.t")).toEqual(described);
    expect(describeTable(fixture.host, "none")).toBeUndefined();
  });
});
