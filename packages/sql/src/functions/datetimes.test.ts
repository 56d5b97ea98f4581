import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expressionText, postgresTexts } from "../testing/expressions.js";

const ZONE = "America/New_York";
let postgres: PGlite;
beforeAll(async () => {
  postgres = await PGlite.create();
  await postgres.exec(`SET timezone = '${ZONE}'`);
});
afterAll(async () => {
  await postgres.close();
});

async function check(expressions: readonly string[]): Promise<void> {
  const wanted = await postgresTexts(postgres, expressions);
  const problems = expressions.flatMap((expression, i) => {
    const ours = expressionText(expression, { timezone: ZONE });
    return ours === wanted[i] ? [] : [`${expression}: ${ours} instead of ${wanted[i]}`];
  });
  expect(problems).toEqual([]);
}

const DATES = ["2024-02-29", "2023-12-31", "1999-01-03", "0044-03-15 BC", "infinity"].map(
  (text) => `'${text}'::date`,
);
const TIMES = ["'10:11:12.345678'::time", "'00:00'::time", "'23:59:59.999999'::time"];
const STAMPS = [
  "2024-03-09 12:30:45.678901",
  "2024-11-02 23:59:59",
  "1969-12-31 23:59:59.5",
  "2000-01-01",
  "0044-03-15 01:02:03 BC",
  "-infinity",
];
const TIMESTAMPS = STAMPS.map((text) => `'${text}'::timestamp`);
const INSTANTS = STAMPS.map((text) => `'${text}'::timestamptz`);
const INTERVALS = [
  "1 day",
  "1 month",
  "-1 month 3 days 04:05:06.7",
  "15 months -40 days 30:00:00",
  "-36:00:00.5",
  "00:00",
  "24 hours",
].map((text) => `'${text}'::interval`);

function pairs(
  left: readonly string[],
  operators: readonly string[],
  right: readonly string[],
): string[] {
  return left.flatMap((a) => operators.flatMap((op) => right.map((b) => `${a} ${op} ${b}`)));
}

test("sums and differences of dates and times", () =>
  check([
    ...pairs(DATES, ["+", "-"], ["1", "-400", "2147483647", ...INTERVALS]),
    ...pairs(DATES, ["-"], DATES),
    ...pairs(DATES, ["+"], TIMES),
    ...pairs(TIMES, ["+"], DATES),
    ...pairs(TIMES, ["-"], TIMES),
    ...pairs(TIMES, ["+", "-"], INTERVALS),
    ...pairs(TIMESTAMPS, ["+", "-"], INTERVALS),
    ...pairs(INSTANTS, ["+", "-"], INTERVALS),
    ...pairs(INTERVALS, ["+"], [...DATES, ...TIMES, ...TIMESTAMPS, ...INSTANTS]),
  ]));

test("differences of timestamps", () => {
  // PostgreSQL 17 gave intervals infinities; 15, whose behaviour is ours, refuses them.
  const finite = (list: readonly string[]): string[] =>
    list.filter((text) => !text.includes("infinity"));
  return check([
    ...pairs(finite(TIMESTAMPS), ["-"], finite(TIMESTAMPS)),
    ...pairs(finite(INSTANTS), ["-"], finite(INSTANTS)),
    ...finite(TIMESTAMPS).flatMap((a) => finite(TIMESTAMPS).map((b) => `age(${a}, ${b})`)),
    ...finite(INSTANTS).flatMap((a) => finite(INSTANTS).map((b) => `age(${a}, ${b})`)),
  ]);
});

test("intervals", () =>
  check([
    ...pairs(INTERVALS, ["+", "-"], INTERVALS),
    ...pairs(INTERVALS, ["*", "/"], ["2", "0.3", "-1.5", "0.1::float8"]),
    ...pairs(["3", "0.5"], ["*"], INTERVALS),
    ...INTERVALS.flatMap((interval) => [
      `-${interval}`,
      `${interval} / 0`,
      `justify_days(${interval})`,
      `justify_hours(${interval})`,
      `justify_interval(${interval})`,
      `isfinite(${interval})`,
    ]),
  ]));

const UNITS = (
  "century day decade dow doy epoch hour isodow isoyear julian microseconds millennium " +
  "milliseconds minute month quarter second timezone timezone_hour timezone_minute week year " +
  "YEARS nonsense"
).split(" ");

test.each(UNITS)("extract, date_part and date_trunc of %s", (unit) => {
  // PostgreSQL 18 has weeks in intervals and quarters of negative ones; 15 does not.
  const intervals = ["week", "quarter"].includes(unit) ? [] : INTERVALS;
  const values = [...DATES, ...TIMES, ...TIMESTAMPS, ...INSTANTS, ...intervals];
  return check([
    ...values.flatMap((value) => [
      `extract(${unit} from ${value})`,
      `date_part('${unit}', ${value})`,
    ]),
    ...[...DATES, ...TIMESTAMPS, ...INSTANTS, ...INTERVALS].map(
      (value) => `date_trunc('${unit}', ${value})`,
    ),
    ...INSTANTS.map((value) => `date_trunc('${unit}', ${value}, 'Asia/Kolkata')`),
  ]);
});

test("zones", () =>
  check(
    ["UTC", "Europe/Berlin", "asia/tokyo", "+03", "-03:30", "PST", "EST", "No/Where"].flatMap(
      (zone) => [...TIMESTAMPS, ...INSTANTS].map((value) => `${value} AT TIME ZONE '${zone}'`),
    ),
  ));

test("bins", () =>
  check(
    ["15 minutes", "1 day", "36 hours", "1 month", "0 s"].flatMap((stride) => [
      ...TIMESTAMPS.map((value) => `date_bin('${stride}', ${value}, '2001-01-01 00:07')`),
      ...INSTANTS.map((value) => `date_bin('${stride}', ${value}, '2001-01-01'::timestamptz)`),
    ]),
  ));

test("making and asking", () =>
  check([
    ...["2024, 2, 29", "2023, 2, 29", "-44, 3, 15", "0, 3, 15", "2024, 13, 1"].flatMap((date) => [
      `make_date(${date})`,
      `make_timestamp(${date}, 10, 11, 12.5)`,
      `make_timestamptz(${date}, 10, 11, 12.5)`,
      `make_timestamptz(${date}, 10, 11, 12.5, 'UTC')`,
    ]),
    "make_time(10, 11, 12.345)",
    "make_time(25, 0, 0)",
    "make_interval()",
    "make_interval(1, 2, 3, 4, 5, 6, 7.5)",
    "make_interval(0, 0, 0, -1)",
    "to_timestamp(1284352323.5)",
    "to_timestamp('NaN')",
    ...[...DATES, ...TIMESTAMPS, ...INSTANTS].map((value) => `isfinite(${value})`),
  ]));

test("overlaps", () => {
  const periods = [
    "('2001-02-16'::date, '2001-12-21'::date)",
    "('2001-02-16'::date, interval '100 days')",
    "('2001-12-21'::date, '2001-02-16'::date)",
    "('2001-12-21'::date, '2001-12-21'::date)",
    "('2001-12-22'::date, '2001-12-23'::date)",
    "('2001-12-21'::date, NULL::date)",
    "(NULL::date, NULL::date)",
  ];
  return check([
    ...pairs(periods, ["OVERLAPS"], periods),
    "('10:00'::time, '12:00'::time) OVERLAPS ('12:00'::time, '14:00'::time)",
    "('10:00'::time, '12:00'::time) OVERLAPS ('11:00'::time, interval '1 hour')",
    "(1, 2) OVERLAPS (3, 4)",
    "('10:00'::time, '12:00'::time) OVERLAPS ('2001-12-21'::date, interval '1 hour')",
    "('2001-12-21'::date, 1) OVERLAPS ('2001-12-21'::date, '2001-12-21'::date)",
    "('2001-12-21'::date, NULL, NULL) OVERLAPS ('2001-12-21'::date, NULL)",
    "(interval '1 day', interval '1 day') OVERLAPS ('2001-12-21'::date, NULL)",
  ]);
});
