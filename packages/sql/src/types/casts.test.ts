import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findCast } from "./casts.js";
import { commonType } from "./common-type.js";
import { comparatorOf, hashKey } from "./compare.js";
import { applyModifier } from "./modifiers.js";
import { typeByName, typeName, typeText } from "./names.js";
import type { SqlType } from "./sql-type.js";
import { fromText } from "./text-input.js";
import { toText } from "./text-output.js";

let postgres: PGlite;
beforeAll(async () => {
  postgres = await PGlite.create();
  await postgres.exec(`
    SET timezone = 'America/New_York';
    CREATE FUNCTION attempt(expression text) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE r text;
    BEGIN EXECUTE 'SELECT (' || expression || ')::text' INTO r; RETURN r;
    EXCEPTION WHEN OTHERS THEN RETURN SQLERRM; END $$`);
});
afterAll(async () => {
  await postgres.close();
});

const context = { now: 1_700_000_000_123_456, timeZone: "America/New_York" };

/** Samples of each type; "|" stands between them. */
const samples: Readonly<Record<string, string>> = {
  boolean: "true|f|yes|off|1|maybe|",
  smallint: "0|-1|32767|32768| 12 |abc|1.5",
  integer: "0|7|-2147483648|2147483648|100000|abc|",
  bigint: "0|9223372036854775807|-9223372036854775808|9223372036854775808|9007199254740993|x",
  real: "0|1.5|-2.5|3.4e38|1e39|0.1|16777216|1e-46|NaN|Infinity|1234567|0.0001|0.00001",
  "double precision":
    "0|-0|1.5|2.5|3.5|-2.5|0.1|1e15|1e16|123456789012345|1e-5|1e308|1e400|NaN|-inf|0.30000000000000004|abc|1e-400",
  numeric: "0|1.50|2.5|-2.5|99999|12345678901234567890.123|NaN|abc|1e5|0.00001|Infinity",
  "numeric(5,2)": "1.005|-2.5|999.99|999.995|1e3",
  text: '|abc|12|  x  |true|2024-01-02|1.5|{1,2}|NULL|a"b',
  "character varying(3)": "abc|ab|abcd|abc  |é€😀|12",
  "character(4)": "abc|abcd|abcde|ab  |1|",
  bytea: "\\x0aff|abc|\\x0|a\\001b|\\xzz|\\\\",
  date: "2024-02-29|infinity|1999-01-08|0044-03-15 BC",
  "time without time zone": "04:05:06.789|24:00:00|00:00",
  "time(1) without time zone": "04:05:06.789|04:05:06.75",
  "timestamp without time zone": "2024-07-04 10:11:12.345|infinity|1999-12-31 23:59:59.999999",
  "timestamp(0) without time zone": "2024-07-04 10:11:12.5|2024-07-04 23:59:59.9",
  "timestamp with time zone": "2024-07-04 10:11:12.345+00|-infinity|1999-12-31 23:59:59",
  interval: "1 day|25:00:00|-01:00:00|1 year 2 mons",
  uuid: "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11|{a0eebc999c0b4ef8bb6d6bb9bd380a11}|xyz",
  json: '{"b":1,  "a":[1,2.50]}|1|true|"x"|null|{bad}|[1,]||{"a" 1}|"a\\u0000"',
  jsonb:
    '{"b":1,  "aa":[1,2.50], "b":2}|1|1.5|true|"x"|null|[]|{}|"é\\n\\u0041"|1e2|[1 2]|{"a":1,}|tru|01',
  "integer[]": "{1,2,NULL}|{}|{{1,2},{3,4}}|{1,x}|1,2|{1|{1}}",
  "text[]": '{a,"b c","",null,"NULL","a\\"b"}|{a b , c}|{"x\\\\y"}',
};

const parse = (text: string): SqlType => {
  if (text.endsWith("[]")) return { name: "array", element: parse(text.slice(0, -2)) };
  const [, before, modifiers, after] = /^([^(]*)(?:\(([^)]*)\))?(.*)$/.exec(text)!;
  return typeByName(before! + after!, modifiers?.split(",").map(Number))!;
};

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

async function postgresTexts(expressions: readonly string[]): Promise<readonly (string | null)[]> {
  const { rows } = await postgres.query<{ r: string | null }>(
    "SELECT attempt(e) AS r FROM unnest($1::text[]) WITH ORDINALITY t(e, n) ORDER BY n",
    [expressions],
  );
  return rows.map((row) => row.r);
}

function attempt(fn: () => string): string {
  try {
    return fn();
  } catch (error) {
    return (error as Error).message;
  }
}

function castChain(text: string, from: SqlType, to: SqlType): string {
  const read = fromText(text, from, context);
  const cast = findCast(from, to);
  if (cast === undefined) return `cannot cast type ${typeName(from)} to ${typeName(to)}`;
  const value = applyModifier(read, from, true);
  const result = cast.apply(value, to, context, true);
  return findCast(to, { name: "text" })!.apply(result, { name: "text" }, context, true) as string;
}

/** PostgreSQL 15, whose behaviour is ours, refuses what later versions allow. */
function isNewer(from: string, text: string, to: string): boolean {
  const integers = ["smallint", "integer", "bigint"];
  if (from === "jsonb" && text === "null") return /int|real|double|num|bool/.test(to);
  return (from === "bytea" && integers.includes(to)) || (to === "bytea" && integers.includes(from));
}

const targets = Object.keys(samples);

describe("explicit casts, as PostgreSQL does them", () => {
  test.each(targets)("from %s", async (fromName) => {
    const from = parse(fromName);
    const cases = samples[fromName]!.split("|").flatMap((text) =>
      targets
        .filter((toName) => !isNewer(fromName, text, toName))
        .map((toName) => ({ text, toName })),
    );
    const wanted = await postgresTexts(
      cases.map(({ text, toName }) => `${quote(text)}::${fromName}::${toName}`),
    );
    const problems = cases.flatMap(({ text, toName }, i) => {
      const got = attempt(() => castChain(text, from, parse(toName)));
      return got === wanted[i] ? [] : [`${text} to ${toName}: ${got} instead of ${wanted[i]}`];
    });
    expect(problems).toEqual([]);
  });
});

const bases = targets.filter((name) => !name.includes("("));

test("the common type of any two types", async () => {
  const pairs = bases.flatMap((a) => bases.map((b) => [a, b] as const));
  const wanted = await postgresTexts(
    pairs.map(([a, b]) => `pg_typeof(COALESCE(NULL::${a}, NULL::${b}))`),
  );
  const problems = pairs.flatMap(([a, b], i) => {
    const got = attempt(() => typeName(commonType([parse(a), parse(b)], "COALESCE")));
    return got === wanted[i] ? [] : [`${a}, ${b}: ${got} instead of ${wanted[i]}`];
  });
  expect(problems).toEqual([]);
});

test("order and hash of values", async () => {
  const names = targets.filter((name) => name !== "json");
  const cases = names.flatMap((name) => {
    const type = parse(name);
    const valid = samples[name]!.split("|").filter(
      (text) =>
        !attempt(() =>
          toText(applyModifier(fromText(text, type, context), type, true), type, "UTC"),
        ).match(/invalid|range|overflow|too long|malformed/),
    );
    return valid.flatMap((a) => valid.map((b) => ({ name, type, a, b })));
  });
  const wanted = await postgresTexts(
    cases.map(({ name, a, b }) => {
      const collation = /text$|char/.test(name) ? ' COLLATE "C"' : "";
      const [x, y] = [a, b].map((text) => `${quote(text)}::${name}${collation}`);
      return `CASE WHEN ${x} < ${y} THEN -1 WHEN ${x} = ${y} THEN 0 ELSE 1 END`;
    }),
  );
  const problems = cases.flatMap(({ name, type, a, b }, i) => {
    const [x, y] = [a, b].map((text) => applyModifier(fromText(text, type, context), type, true));
    const order = Math.sign(comparatorOf(type)(x!, y!));
    const sameKey = new Set([hashKey(x!, type), hashKey(y!, type)]).size === 1;
    return String(order) === wanted[i] && sameKey === (order === 0)
      ? []
      : [`${name} ${a}, ${b}: ${order}, ${sameKey} instead of ${wanted[i]}`];
  });
  expect(cases.length).toBeGreaterThan(300);
  expect(problems).toEqual([]);
});

test.each([
  ["int", [], "integer"],
  ["tinyint", [], "smallint"],
  ["decimal", [10], "numeric(10,0)"],
  ["decimal", [10, 2], "numeric(10,2)"],
  ["varchar", [20], "character varying(20)"],
  ["char", [], "character(1)"],
  ["bpchar", [], "character"],
  ["float", [24], "real"],
  ["float", [25], "double precision"],
  ["timestamp with time zone", [3], "timestamp(3) with time zone"],
  ["bigserial", [], "bigint"],
  ["string", [], "text"],
  ["blob", [], "bytea"],
  ["interval", [2], "interval(2)"],
])("%s%j is %s", (name, modifiers, shown) => {
  expect(typeText(typeByName(name, modifiers)!)).toBe(shown);
});

test("psql shows what a cast to text writes in full", () => {
  expect(toText(true, { name: "boolean" }, "UTC")).toBe("t");
  expect(toText("ab", { name: "char", length: 4 }, "UTC")).toBe("ab  ");
  const record: SqlType = {
    name: "record",
    fields: [
      { name: "a", type: { name: "integer" } },
      { name: "b", type: { name: "text" } },
    ],
  };
  expect(toText([1, 'x "y"'], record, "UTC")).toBe('(1,"x ""y""")');
});

test("an assignment refuses text that is too long", () => {
  const type: SqlType = { name: "varchar", length: 3 };
  expect(() => applyModifier("abcd", type, false)).toThrow(
    expect.objectContaining({
      code: "STRING_TOO_LONG",
      message: "value too long for type character varying(3)",
    }),
  );
  expect(applyModifier("abc  ", type, false)).toBe("abc");
});
