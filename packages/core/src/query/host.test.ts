import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Sink, Source, TableInfo, Value } from "@aegisdb/sql";
import { column, definition, index, SqlFixture } from "../testing/sql-fixture.js";
import { rowsOf, rowWithKey } from "../testing/source-rows.js";

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
    expect(rowWithKey(source, table(source), [7])).toEqual([7, "n7", 7]);
    expect(rowWithKey(source, table(source), [700])).toBeUndefined();
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

  it("gives every row of a range once, however wide, from memory and from runs", async () => {
    write((sink) => {
      for (let i = 0; i < 4000; i++) sink.insert(table(sink), [i, `n${i}`, i % 2]);
    });
    for (const place of ["memory", "runs", "both"]) {
      if (place === "runs") await fixture.checkpoint();
      if (place === "both") {
        write((sink) => {
          for (let i = 0; i < 4000; i += 7)
            sink.update(table(sink), i, [i, `n${i}`, i % 2], [i, `m${i}`, 5]);
        });
      }
      const source = fixture.host.latest();
      for (const width of [0, 1, 31, 32, 33, 479, 480, 481, 1000, 3500]) {
        const range = {
          index: undefined,
          equal: [],
          from: { value: 100, inclusive: true },
          to: { value: 100 + width, inclusive: false },
        };
        const ids = Array.from({ length: width }, (_, i) => 100 + i);
        for (const locators of [false, true]) {
          const rows = rowsOf(source.scan(table(source), { columns: [0], range, locators }));
          expect(rows.map(([id]) => id as number).sort((a, b) => a - b)).toEqual(ids);
        }
        const ordered = rowsOf(source.scan(table(source), { columns: [0], range, ordered: true }));
        expect(ordered.flat()).toEqual(ids);
      }
      const half = { index: table(source).indexes[2], equal: [1] };
      expect(rowsOf(source.scan(table(source), { columns: [1], range: half }))).toHaveLength(
        place === "both" ? 2000 - 286 : 2000,
      );
    }
    expect(fixture.opened.engine.parts.snapshots.size).toBe(0);
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
