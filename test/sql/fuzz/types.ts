/** The types that random columns and expressions have, by short names of their own. */
export type Type =
  | "int2"
  | "int4"
  | "int8"
  | "numeric"
  | "float4"
  | "float8"
  | "text"
  | "varchar"
  | "char"
  | "bool"
  | "date"
  | "time"
  | "timestamp"
  | "timestamptz"
  | "interval"
  | "uuid"
  | "json"
  | "jsonb"
  | "bytea"
  | "ints"
  | "texts";

export interface TypeFacts {
  /** As CREATE TABLE and CAST write it. */
  readonly sql: string;
  /** Ordinary values, few enough to meet each other in joins and groups. */
  readonly values: readonly string[];
  /** Values at the ends of the type, and odd ones. */
  readonly extremes: readonly string[];
}

/** Values are the insides of literals: `CAST('…' AS type)`. */
export const TYPES: Readonly<Record<Type, TypeFacts>> = {
  int2: {
    sql: "smallint",
    values: ["0", "1", "2", "3", "-1", "7"],
    extremes: ["32767", "-32768"],
  },
  int4: {
    sql: "integer",
    values: ["0", "1", "2", "3", "4", "5", "-1", "-2", "10", "42"],
    extremes: ["2147483647", "-2147483648", "46341"],
  },
  int8: {
    sql: "bigint",
    values: ["0", "1", "2", "3", "-1", "100"],
    extremes: [
      "9223372036854775807",
      "-9223372036854775808",
      "9007199254740992",
      "9007199254740993",
      "-9007199254740993",
      "3037000500",
    ],
  },
  numeric: {
    sql: "numeric",
    values: ["0", "1", "1.0", "1.00", "2.5", "-0.5", "3", "10.25", "0.001"],
    extremes: ["NaN", "Infinity", "-Infinity", "1e30", "-12345678901234567890.123456789", "1e-20"],
  },
  float4: {
    sql: "real",
    values: ["0", "1", "2", "0.5", "-1.25", "3"],
    extremes: ["NaN", "Infinity", "-Infinity", "-0", "0.1", "16777217", "1e38"],
  },
  float8: {
    sql: "double precision",
    values: ["0", "1", "2", "0.5", "-1.25", "3"],
    extremes: ["NaN", "Infinity", "-Infinity", "-0", "0.1", "1e15", "1e300", "5e-324"],
  },
  text: {
    sql: "text",
    values: ["", "a", "b", "ab", "abc", "Ab", "A", "ba", "12", "x y"],
    extremes: ["😀", "a😀b", "é", "ﬁ", "a%b_c", "a\\b", " a ", "\t", "it''s", "ß", "0", "-3"],
  },
  varchar: {
    sql: "varchar(8)",
    values: ["", "a", "b", "ab", "A"],
    extremes: ["😀😀", "a   ", "12345678"],
  },
  char: { sql: "char(4)", values: ["", "a", "b", "ab", "abcd"], extremes: [" a", "😀"] },
  bool: { sql: "boolean", values: ["t", "f"], extremes: [] },
  date: {
    sql: "date",
    values: ["2020-01-01", "2020-02-29", "2019-12-31", "2020-01-31"],
    extremes: ["infinity", "-infinity", "0001-01-01", "0044-03-15 BC", "9999-12-31"],
  },
  time: {
    sql: "time",
    values: ["00:00", "12:00", "12:30:15", "23:59:59"],
    extremes: ["24:00", "23:59:59.999999", "00:00:00.000001"],
  },
  timestamp: {
    sql: "timestamp",
    values: [
      "2020-01-01 00:00",
      "2020-02-29 12:00",
      "2019-12-31 23:59:59",
      "2020-01-31 01:02:03.5",
    ],
    extremes: ["infinity", "-infinity", "0044-03-15 06:00 BC", "200000-12-31 23:59:59.999999"],
  },
  timestamptz: {
    sql: "timestamptz",
    values: ["2020-01-01 00:00+00", "2020-02-29 12:00+02", "2020-03-29 01:30+00"],
    extremes: ["infinity", "-infinity", "1900-01-01 00:00+00:19:32", "9999-12-31 23:59+00"],
  },
  interval: {
    sql: "interval",
    values: ["0", "1 day", "24 hours", "1 month", "30 days", "1 hour 30 minutes", "-1 day"],
    extremes: ["1 year -1 month 3 days", "-1 month 1 day -00:00:01", "0.000001 seconds"],
  },
  uuid: {
    sql: "uuid",
    values: [
      "00000000-0000-0000-0000-000000000000",
      "11111111-1111-4111-8111-111111111111",
      "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
    ],
    extremes: ["ffffffff-ffff-ffff-ffff-ffffffffffff"],
  },
  json: {
    sql: "json",
    values: ["1", "null", '{"a":1}', '{"a": {"b": [1, 2]}}', "[1, 2, 3]", '"x"'],
    extremes: ['{"a":1, "a":2}', "[]", "{}", '"\\u00e9"', "1.00"],
  },
  jsonb: {
    sql: "jsonb",
    values: ["1", "null", '{"a":1}', '{"a": {"b": [1, 2]}}', "[1, 2, 3]", '"x"', "true"],
    extremes: ['{"b":1, "a":2, "aa":3}', "[]", "{}", '"é"', "1.00", "-1e3", "[[1],[]]"],
  },
  bytea: { sql: "bytea", values: ["\\x", "\\x00", "\\x61", "\\x6162"], extremes: ["\\xff00ff"] },
  ints: {
    sql: "integer[]",
    values: ["{}", "{1}", "{1,2}", "{1,2,3}", "{2,NULL}"],
    extremes: ["{{1,2},{3,4}}", "{NULL}", "{2147483647}"],
  },
  texts: {
    sql: "text[]",
    values: ["{}", "{a}", "{a,b}", "{b,NULL}"],
    extremes: ["{{a,b},{c,d}}", '{"x y","a,b",""}', "{NULL}"],
  },
};

export const ALL_TYPES: readonly Type[] = Object.keys(TYPES) as Type[];

/** Types whose values can be compared: all but json. */
export const COMPARABLE: readonly Type[] = ALL_TYPES.filter((type) => type !== "json");

export function literal(type: Type, value: string): string {
  return `CAST('${value}' AS ${TYPES[type].sql})`;
}
