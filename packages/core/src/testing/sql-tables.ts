import { fromText, toStorage } from "@aegisdb/sql";
import type { ColumnInfo, IndexInfo, SqlType, TableDefinition, Value } from "@aegisdb/sql";
import type { Prng } from "../base/prng.js";
import { column, definition, index } from "./sql-fixture.js";

interface Domain {
  readonly type: SqlType;
  /** Few, so that keys meet; with the awkward ones. */
  readonly texts: readonly string[];
}

/** Types with values in PostgreSQL's text form. */
const DOMAINS: readonly Domain[] = [
  { type: { name: "integer" }, texts: ["0", "1", "-1", "7", "300", "-2147483648", "2147483647"] },
  {
    type: { name: "bigint" },
    texts: ["0", "5", "-5", "9007199254740993", "-9223372036854775808", "9223372036854775807"],
  },
  { type: { name: "smallint" }, texts: ["0", "1", "2", "3", "-4"] },
  {
    type: { name: "double precision" },
    texts: ["0", "-0", "1.5", "NaN", "Infinity", "-Infinity", "-2", "1e300"],
  },
  {
    type: { name: "numeric" },
    texts: [
      "1",
      "1.0",
      "1.00",
      "0",
      "0.000",
      "-1.5",
      "-1.50",
      "NaN",
      "Infinity",
      "12345678901234567890",
    ],
  },
  { type: { name: "numeric", precision: 8, scale: 2 }, texts: ["1.00", "0.00", "-3.25", "999.99"] },
  { type: { name: "text" }, texts: ["", "a", "ab", "b", "Ä", "\u{1F600}", "\uFFEE", "a b", "zzz"] },
  { type: { name: "varchar", length: 5 }, texts: ["", "x", "xy", "é"] },
  { type: { name: "char", length: 3 }, texts: ["", "q", "qr"] },
  { type: { name: "boolean" }, texts: ["t", "f"] },
  {
    type: { name: "date" },
    texts: ["2024-02-29", "1969-12-31", "infinity", "-infinity", "0044-03-15 BC"],
  },
  { type: { name: "time" }, texts: ["00:00", "23:59:59.999999", "12:30"] },
  {
    type: { name: "timestamp" },
    texts: ["2024-01-01 10:00", "1970-01-01", "infinity", "-infinity"],
  },
  { type: { name: "timestamptz" }, texts: ["2024-01-01 10:00+00", "9999-12-31 23:59:59.5+00"] },
  {
    type: { name: "interval" },
    texts: ["1 month", "30 days", "720 hours", "-1 day", "0", "1 year 2 days", "178000000 years"],
  },
  {
    type: { name: "uuid" },
    texts: ["00000000-0000-0000-0000-000000000000", "ffffffff-0000-4000-8000-0123456789ab"],
  },
  { type: { name: "bytea" }, texts: ["\\x", "\\x00", "\\x0001", "\\xff", "\\x01ff"] },
  {
    type: { name: "jsonb" },
    texts: [
      '{"a":1}',
      '{"a":1.0}',
      '{"a":1.00,"b":[]}',
      "[]",
      "[1,2]",
      '"x"',
      "null",
      "true",
      "2",
      "[[1],2]",
    ],
  },
  {
    type: { name: "array", element: { name: "integer" } },
    texts: ["{}", "{1}", "{1,2}", "{NULL}", "{1,NULL}", "{-7}", "{{1,2},{3,4}}"],
  },
  {
    type: { name: "array", element: { name: "text" } },
    texts: ["{}", '{""}', "{a,b}", "{ab}", "{NULL}"],
  },
  {
    type: { name: "array", element: { name: "numeric" } },
    texts: ["{1}", "{1.0}", "{1.00,2}", "{-3}"],
  },
];

const CONTEXT = { timeZone: "UTC", now: 0 };

export function randomValue(prng: Prng, column: ColumnInfo): Value {
  if (!column.notNull && prng.chance(0.15)) return null;
  const domain = DOMAINS.find(({ type }) => JSON.stringify(type) === JSON.stringify(column.type))!;
  return storedValue(domain.type, prng.pick(domain.texts));
}

function storedValue(type: SqlType, text: string): Value {
  return toStorage(fromText(text, type, CONTEXT), type);
}

export function randomRow(prng: Prng, columns: readonly ColumnInfo[]): Value[] {
  return columns.map((info) => randomValue(prng, info));
}

let columns = 0;

export function randomColumn(prng: Prng, notNull: boolean): ColumnInfo {
  return column(`c${columns++}`, prng.pick(DOMAINS).type, notNull);
}

let indexes = 0;

/** An index on some columns of a table. */
export function randomIndex(prng: Prng, table: Pick<TableDefinition, "columns">): IndexInfo {
  const positions = prng.shuffle(table.columns.map((_, i) => i)).slice(0, 1 + prng.int(2));
  return index(`i${indexes++}`, [], {
    columns: positions.map((position) => ({ column: position, descending: prng.chance(0.3) })),
    unique: prng.chance(0.3),
    nullsNotDistinct: prng.chance(0.3),
  });
}

export function randomTable(prng: Prng, name: string): TableDefinition {
  const keyColumns = prng.int(3);
  const columns = Array.from({ length: 1 + keyColumns + prng.int(3) }, () =>
    randomColumn(prng, prng.chance(0.3)),
  );
  const primaryKey = prng.shuffle(columns.map((_, i) => i)).slice(0, keyColumns);
  for (const position of primaryKey) columns[position] = { ...columns[position]!, notNull: true };
  const indexes = Array.from({ length: prng.int(3) }, () => randomIndex(prng, { columns }));
  return definition(name, columns, primaryKey, indexes);
}
