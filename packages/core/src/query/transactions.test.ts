import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HostTransaction, Sink, Source, TableInfo, Value } from "@aegisdb/sql";
import { rowsOf, rowWithKey } from "../testing/source-rows.js";
import { column, definition, index, SqlFixture } from "../testing/sql-fixture.js";

let fixture: SqlFixture;

const accounts = definition(
  "accounts",
  [column("id", "integer", true), column("email", "text"), column("owner", "integer")],
  [0],
  [
    index("accounts_email_key", [1], { unique: true, constraint: "unique" }),
    index("by_owner", [2]),
  ],
);

beforeEach(() => {
  fixture = new SqlFixture();
  void fixture.host.autocommit((sink) => sink.createTable(accounts));
});

afterEach(() => fixture.close());

function begin(isolation: "serializable" | "snapshot"): HostTransaction {
  return fixture.host.begin({ isolation, readOnly: false });
}

function table(source: Source, name = "accounts"): TableInfo {
  return source.table("public", name)!;
}

function insert(sink: Sink, ...row: Value[]): void {
  sink.insert(table(sink), row);
}

function ids(source: Source): Value[] {
  return rowsOf(source.scan(table(source), { columns: [0], ordered: true })).flat();
}

const CONFLICT = { code: "SERIALIZATION_FAILURE" };

describe.each(["serializable", "snapshot"] as const)("at isolation %s", (isolation) => {
  it("lets one of two transactions have a primary key", async () => {
    const [a, b] = [begin(isolation), begin(isolation)];
    insert(a.sink, 1, "a", 1);
    insert(b.sink, 1, "b", 1);
    await a.commit();
    await expect(b.commit()).rejects.toMatchObject(CONFLICT);
    expect(rowWithKey(fixture.host.latest(), table(fixture.host.latest()), [1])).toEqual([
      1,
      "a",
      1,
    ]);
  });

  it("lets one of two transactions have a unique key, whatever their rows", async () => {
    const [a, b] = [begin(isolation), begin(isolation)];
    insert(a.sink, 1, "same", 1);
    insert(b.sink, 2, "same", 1);
    await a.commit();
    await expect(b.commit()).rejects.toMatchObject(CONFLICT);
    expect(ids(fixture.host.latest())).toEqual([1]);
  });

  it("keeps NULLs and other keys out of each other's way", async () => {
    const [a, b] = [begin(isolation), begin(isolation)];
    insert(a.sink, 1, null, 1);
    insert(b.sink, 2, null, 1);
    insert(a.sink, 3, "x", 1);
    insert(b.sink, 4, "y", 1);
    await a.commit();
    await b.commit();
    expect(ids(fixture.host.latest())).toEqual([1, 2, 3, 4]);
  });

  it("fails a check for references that another transaction made wrong", async () => {
    void fixture.host.autocommit((sink) => insert(sink, 1, "a", 7));
    const [a, b] = [begin(isolation), begin(isolation)];
    expect([...a.sink.matches(table(a.sink), [0], [1])]).toHaveLength(1);
    expect([...a.sink.matches(table(a.sink), [2], [9])]).toHaveLength(0);
    insert(a.sink, 50, "child", 1);
    b.sink.delete(table(b.sink), 1, [1, "a", 7]);
    await b.commit();
    await expect(a.commit()).rejects.toMatchObject(CONFLICT);
  });

  it("fails a writer whose table another transaction has redefined", async () => {
    const [writer, definer] = [begin(isolation), begin(isolation)];
    insert(writer.sink, 1, "a", 1);
    definer.sink.createIndex(table(definer.sink), index("late", [1, 2]));
    await definer.commit();
    await expect(writer.commit()).rejects.toMatchObject(CONFLICT);
  });

  it("lets transactions define different tables at once", async () => {
    const [a, b] = [begin("serializable"), begin("serializable")];
    a.sink.createTable(definition("a", [column("x", "integer")], []));
    b.sink.createTable(definition("b", [column("x", "integer")], []));
    insert(b.sink, 1, "a", 1);
    await a.commit();
    await b.commit();
    const names = fixture.host
      .latest()
      .tables()
      .map(({ name }) => name);
    expect(names.sort()).toEqual(["a", "accounts", "b"]);
    const again = await fixture.reopened();
    expect(again.host.latest().tables()).toHaveLength(3);
    fixture = again;
  });

  it("lets one of two transactions have a table's name", async () => {
    const [a, b] = [begin(isolation), begin(isolation)];
    a.sink.createTable(definition("t", [column("x", "integer")], []));
    b.sink.createTable(definition("t", [column("y", "text")], []));
    await a.commit();
    await expect(b.commit()).rejects.toMatchObject(CONFLICT);
  });
});

describe("definitions in a transaction", () => {
  it("are seen by it alone, and change the version of the catalog", async () => {
    const { host } = fixture;
    const before = host.latest().catalogVersion;
    const tx = begin("serializable");
    expect(tx.sink.catalogVersion).toBe(before);
    tx.sink.createSchema("app");
    const made = tx.sink.createTable({ ...accounts, schema: "app", name: "t" });
    tx.sink.insert(made, [1, "a", 1]);
    expect(tx.sink.catalogVersion).not.toBe(before);
    expect(host.latest().catalogVersion).toBe(before);
    expect(host.latest().schemas()).not.toContain("app");
    const inside = tx.sink.catalogVersion;
    const savepoint = tx.sink.savepoint();
    tx.sink.dropTable(made);
    expect(tx.sink.table("app", "t")).toBeUndefined();
    tx.sink.rollbackTo(savepoint);
    expect(tx.sink.catalogVersion).toBe(inside);
    expect(rowsOf(tx.sink.scan(tx.sink.table("app", "t")!, { columns: [1] }))).toEqual([["a"]]);
    await tx.commit();
    const latest = host.latest();
    expect(latest.catalogVersion).toBe(inside);
    expect(latest.schemas()).toEqual(["public", "app", "information_schema", "pg_catalog"]);
    expect(rowWithKey(latest, latest.table("app", "t")!, [1])).toEqual([1, "a", 1]);
  });

  it("vanish with a rollback", () => {
    const tx = begin("serializable");
    tx.sink.truncate(table(tx.sink));
    tx.sink.createView({ schema: "public", name: "v", columns: [], sql: "SELECT 1" }, false);
    tx.rollback();
    expect(fixture.host.latest().view(undefined, "v")).toBeUndefined();
    void fixture.host.autocommit((sink) => insert(sink, 1, "a", 1));
    expect(ids(fixture.host.latest())).toEqual([1]);
  });

  it("are shared with whoever else uses the same transaction of the engine", async () => {
    const { engine } = fixture.opened;
    await engine.transaction(async (tx) => {
      const sink = fixture.host.inTransaction(tx);
      expect(fixture.host.inTransaction(tx)).toBe(sink);
      sink.createTable(definition("t", [column("x", "integer")], []));
      await Promise.resolve();
      sink.insert(sink.table(undefined, "t")!, [5]);
    });
    const latest = fixture.host.latest();
    expect(rowsOf(latest.scan(table(latest, "t"), { columns: [0] }))).toEqual([[5]]);
  });
});

describe("a snapshot", () => {
  it("keeps tables, rows and definitions as they were", () => {
    void fixture.host.autocommit((sink) => insert(sink, 1, "a", 1));
    const { source, release } = fixture.host.snapshot();
    void fixture.host.autocommit((sink) => {
      insert(sink, 2, "b", 1);
      sink.alterTable(table(sink), { kind: "renameTable", schema: "public", name: "other" });
    });
    void fixture.host.autocommit((sink) => sink.dropTable(table(sink, "other")));
    expect(ids(source)).toEqual([1]);
    expect(fixture.host.latest().tables()).toEqual([]);
    release();
    expect(() => ids(source)).toThrow(expect.objectContaining({ code: "TRANSACTION_ENDED" }));
  });

  it("that someone else took has the tables of its instant", () => {
    const view = fixture.opened.engine.snapshot();
    void fixture.host.autocommit((sink) => sink.dropTable(table(sink)));
    expect(
      fixture.host
        .at(view)
        .tables()
        .map(({ name }) => name),
    ).toEqual(["accounts"]);
    view.release();
  });
});

describe("a read-only transaction", () => {
  it("refuses to write", () => {
    const tx = fixture.host.begin({ isolation: "serializable", readOnly: true });
    expect(() => insert(tx.sink, 1, "a", 1)).toThrow(
      expect.objectContaining({ code: "READ_ONLY_TRANSACTION" }),
    );
    tx.rollback();
  });
});
