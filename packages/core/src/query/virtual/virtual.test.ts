import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Source } from "@aegisdb/sql";
import { rowsOf } from "../../testing/source-rows.js";
import { column, definition, index, SqlFixture } from "../../testing/sql-fixture.js";

let fixture: SqlFixture;

beforeEach(() => {
  fixture = new SqlFixture();
  void fixture.host.autocommit((sink) => {
    sink.createTable(
      definition(
        "users",
        [column("id", "integer", true), column("name", { name: "varchar", length: 20 })],
        [0],
        [index("users_name", [1])],
      ),
    );
    sink.createTable({
      ...definition("orders", [column("id", "bigint", true), column("user", "integer")], [0]),
      foreignKeys: [
        {
          name: "orders_user_fkey",
          columns: [1],
          refSchema: "public",
          refTable: "users",
          refColumns: ["id"],
          onDelete: "cascade",
          onUpdate: "no action",
          match: "simple",
        },
      ],
      checks: [{ name: "positive", sql: "id > 0" }],
    });
    const columns = [{ name: "n", type: { name: "numeric", precision: 8, scale: 2 } as const }];
    sink.createView({ schema: "public", name: "v", columns, sql: "SELECT 1.00 AS n" }, false);
  });
});

afterEach(() => fixture.close());

/** Rows of a system table as objects, with some of their columns. */
function rows(name: string, ...columns: string[]): Record<string, unknown>[] {
  const source: Source = fixture.host.latest();
  const [schema, table] = name.split(".");
  const info = source.table(schema, table!)!;
  const positions = columns.map((wanted) => info.columns.findIndex((c) => c.name === wanted));
  return rowsOf(source.scan(info, { columns: positions })).map((row) =>
    Object.fromEntries(columns.map((key, i) => [key, row[i]])),
  );
}

describe("information_schema", () => {
  it("lists tables, views and their columns", () => {
    const tables = rows("information_schema.tables", "table_schema", "table_name", "table_type");
    expect(tables.filter((row) => row["table_schema"] === "public")).toEqual([
      { table_schema: "public", table_name: "users", table_type: "BASE TABLE" },
      { table_schema: "public", table_name: "orders", table_type: "BASE TABLE" },
      { table_schema: "public", table_name: "v", table_type: "VIEW" },
    ]);
    const columns = rows(
      "information_schema.columns",
      ...["table_name", "column_name", "ordinal_position", "is_nullable", "data_type"],
      ...["character_maximum_length", "numeric_precision", "numeric_scale", "udt_name"],
    );
    const own = columns.filter((row) => ["users", "v"].includes(row["table_name"] as string));
    expect(own.map((row) => Object.values(row))).toEqual([
      ["users", "id", 1, "NO", "integer", null, 32, 0, "int4"],
      ["users", "name", 2, "YES", "character varying", 20, null, null, "varchar"],
      ["v", "n", 1, "YES", "numeric", null, 8, 2, "numeric"],
    ]);
  });

  it("lists constraints and what they refer to", () => {
    const constraints = rows(
      "information_schema.table_constraints",
      "constraint_name",
      "constraint_type",
    );
    expect(constraints).toEqual(
      expect.arrayContaining([
        { constraint_name: "users_pkey", constraint_type: "PRIMARY KEY" },
        { constraint_name: "orders_user_fkey", constraint_type: "FOREIGN KEY" },
        { constraint_name: "positive", constraint_type: "CHECK" },
      ]),
    );
    expect(
      rows("information_schema.referential_constraints", "unique_constraint_name", "delete_rule"),
    ).toEqual([{ unique_constraint_name: "users_pkey", delete_rule: "CASCADE" }]);
    expect(rows("information_schema.key_column_usage", "constraint_name", "column_name")).toEqual([
      { constraint_name: "users_pkey", column_name: "id" },
      { constraint_name: "orders_pkey", column_name: "id" },
      { constraint_name: "orders_user_fkey", column_name: "user" },
    ]);
    expect(
      rows("information_schema.check_constraints", "constraint_name", "check_clause"),
    ).toContainEqual({ constraint_name: "positive", check_clause: "(id > 0)" });
  });
});

describe("pg_catalog", () => {
  it("numbers what belongs together alike", () => {
    const [users] = rows("pg_catalog.pg_class", "oid", "relname", "relkind").filter(
      (row) => row["relname"] === "users",
    );
    expect(users).toMatchObject({ relkind: "r" });
    const attributes = rows(
      "pg_catalog.pg_attribute",
      "attrelid",
      "attname",
      "atttypid",
      "atttypmod",
    );
    expect(attributes.filter((row) => row["attrelid"] === users!["oid"])).toEqual([
      { attrelid: users!["oid"], attname: "id", atttypid: 23, atttypmod: -1 },
      { attrelid: users!["oid"], attname: "name", atttypid: 1043, atttypmod: 24 },
    ]);
    const foreign = rows("pg_catalog.pg_constraint", "conname", "confrelid", "condef");
    expect(foreign).toContainEqual({
      conname: "orders_user_fkey",
      confrelid: users!["oid"],
      condef: "FOREIGN KEY (user) REFERENCES users(id) ON DELETE CASCADE",
    });
    expect(rows("pg_catalog.pg_type", "oid", "typname")).toContainEqual({
      oid: 1007,
      typname: "_int4",
    });
  });

  it("writes indexes as the statements that make them", () => {
    expect(rows("pg_catalog.pg_indexes", "indexname", "indexdef")).toContainEqual({
      indexname: "users_name",
      indexdef: "CREATE INDEX users_name ON public.users USING btree (name)",
    });
  });

  it("is found without its schema, and every system table can be read", () => {
    const source = fixture.host.latest();
    expect(source.table(undefined, "pg_tables")?.schema).toBe("pg_catalog");
    for (const schema of ["information_schema", "pg_catalog"]) {
      expect(source.tables(schema).length).toBeGreaterThan(5);
      for (const table of source.tables(schema)) {
        const columns = table.columns.map((_, i) => i);
        for (const row of rowsOf(source.scan(table, { columns }))) {
          expect(row).toHaveLength(columns.length);
        }
      }
    }
  });
});
