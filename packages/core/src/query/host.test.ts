import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Sink, Source, TableInfo, Value } from "@aegisdb/sql";
import { column, definition, index, SqlFixture } from "../testing/sql-fixture.js";
import { rowsOf } from "../testing/source-rows.js";

let fixture: SqlFixture;

beforeEach(() => {
  fixture = new SqlFixture();
});

afterEach(() => fixture.close());

const users = definition(
  "users",
  [column("id", "integer", true), column("name", "text"), column("age", "integer")],
  [0],
  [index("users_name_key", [1], { unique: true, constraint: "unique" }), index("users_age", [2])],
);

function write<T>(fn: (sink: Sink) => T): T {
  return fixture.host.autocommit(fn).value;
}

function table(source: Source, name = "users"): TableInfo {
  return source.table(undefined, name)!;
}

function allRows(source: Source = fixture.host.latest(), name = "users"): Value[][] {
  const info = table(source, name);
  return rowsOf(source.scan(info, { columns: info.columns.map((_, i) => i) }));
}

describe("a table", () => {
  beforeEach(() => {
    write((sink) => sink.createTable(users));
  });

  it("holds rows that are found by key, by index and by scans", () => {
    write((sink) => {
      for (let i = 0; i < 100; i++) sink.insert(table(sink), [i, `n${i}`, i % 10]);
    });
    const source = fixture.host.latest();
    expect(source.getByKey(table(source), [7])).toEqual([7, "n7", 7]);
    expect(source.getByKey(table(source), [700])).toBeUndefined();
    expect(allRows()).toHaveLength(100);
    const byAge = rowsOf(
      source.scan(table(source), {
        columns: [0, 2],
        range: { index: table(source).indexes[2], equal: [3] },
      }),
    );
    expect(byAge.map(([id]) => id)).toEqual([3, 13, 23, 33, 43, 53, 63, 73, 83, 93]);
    const byName = source.scan(table(source), {
      columns: [0],
      range: { index: table(source).indexes[1], equal: ["n42"] },
    });
    expect(rowsOf(byName)).toEqual([[42]]);
    expect(source.rowCount(table(source))).toBe(100);
  });

  it("refuses a second row of a unique key and names the key", () => {
    write((sink) => sink.insert(table(sink), [1, "a", 1]));
    expect(() => write((sink) => sink.insert(table(sink), [1, "b", 1]))).toThrow(
      expect.objectContaining({
        code: "UNIQUE_VIOLATION",
        message: 'duplicate key value violates unique constraint "users_pkey"',
        detail: "Key (id)=(1) already exists.",
        constraint: "users_pkey",
      }),
    );
    expect(() => write((sink) => sink.insert(table(sink), [2, "a", 1]))).toThrow(
      expect.objectContaining({ detail: "Key (name)=(a) already exists." }),
    );
    write((sink) => {
      sink.insert(table(sink), [3, null, 1]);
      sink.insert(table(sink), [4, null, 1]);
    });
    expect(allRows()).toHaveLength(3);
  });
});
