import { PGlite } from "@electric-sql/pglite";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { civilFromDays, daysFromCivil, joinMicros, splitMicros } from "./calendar.js";
import {
  parseDate,
  parseTime,
  parseTimestamp,
  parseTimestamptz,
  printDate,
  printTime,
  printTimestamp,
  printTimestamptz,
} from "./datetime.js";
import * as intervals from "./interval.js";
import { parseInterval } from "./interval-parser.js";

let postgres: PGlite;
beforeAll(async () => {
  postgres = await PGlite.create();
  await postgres.exec("SET timezone = 'America/New_York'");
});
afterAll(async () => {
  await postgres.close();
});

const context = { now: 1_700_000_000_123_456, timeZone: "America/New_York" };

/** The expression over `v` for each text, as PostgreSQL prints it; an error gives its message. */
async function expected(expression: string, texts: readonly string[]): Promise<readonly string[]> {
  await postgres.exec(`
    CREATE OR REPLACE FUNCTION attempt(v text) RETURNS text LANGUAGE plpgsql AS $$
    BEGIN RETURN (${expression})::text; EXCEPTION WHEN OTHERS THEN RETURN SQLERRM; END $$`);
  const { rows } = await postgres.query<{ r: string }>(
    "SELECT attempt(v) AS r FROM unnest($1::text[]) WITH ORDINALITY t(v, n) ORDER BY n",
    [texts],
  );
  return rows.map((row) => row.r);
}

async function compareAll(
  expression: string,
  texts: readonly string[],
  fn: (text: string) => string,
): Promise<void> {
  const wanted = await expected(expression, texts);
  const problems = texts.flatMap((text, i) => {
    let got;
    try {
      got = fn(text);
    } catch (error) {
      got = (error as Error).message;
    }
    return got === wanted[i] ? [] : [`${text}: ${got} instead of ${wanted[i]}`];
  });
  expect(problems).toEqual([]);
}

const dates = [
  ..."2024-02-29 2023-02-29 1999-01-08 1999/01/08 1/8/1999 1/18/99 01.02.2003 19990108".split(" "),
  ..."January 8, 1999|Jan 8 1999|1999-Jan-08|Jan-08-1999|08-Jan-1999|8 January 1999|sept 3 2001".split(
    "|",
  ),
  ..."J2451187|0044-03-15 BC|44-03-15 BC|4713-11-24 BC|4714-11-24 BC|4714-11-23 BC|epoch".split(
    "|",
  ),
  ..."infinity|-infinity|5874897-12-31|5874898-01-01|2024-13-01|2024-00-10|2024-01-32|0000-01-01".split(
    "|",
  ),
  ..."abc||2024|2024-01|13/13/2024|Monday, March 4, 2024|2024-03-04 10:11:12|10:11|0001-01-01".split(
    "|",
  ),
];

const times = [
  ..."04:05|04:05:06|04:05:06.789|04:05:06.1234567|4:5|04:05 AM|04:05 PM|12:30 am|12:30 pm".split(
    "|",
  ),
  ..."24:00:00|24:00:01|23:59:60|23:60:00|25:00|abc||T040506|T0405|allballs|13:00 pm|00:00:00.000001".split(
    "|",
  ),
  "2024-01-01 10:11:12",
];

const stamps = [
  ..."2024-01-02 03:04:05|2024-01-02T03:04:05.678901|2024-01-02 03:04:05.5+02|2024-01-02".split(
    "|",
  ),
  ..."2024-07-02 03:04:05 America/Los_Angeles|2024-01-02 03:04:05Z|2024-01-02 03:04 -05:30".split(
    "|",
  ),
  ..."2024-03-10 02:30:00|2024-11-03 01:30:00|1900-01-01 00:00:00|20240102T030405|epoch".split("|"),
  ..."infinity|-infinity|294276-12-31 23:59:59.999999|294277-01-01|0001-01-01 00:00:00 BC".split(
    "|",
  ),
  ..."4713-11-24 12:00:00 BC|2024-01-02 25:00:00|2024-02-30 00:00:00|nonsense|2024-01-02 03:04:05 EST".split(
    "|",
  ),
  ..."2024-01-02 03:04:05 Mars/Base|9999-12-31 23:59:59|Jan 2 2024 3:04 PM|Tue Jan 02 15:04:05 2024".split(
    "|",
  ),
  ..."2024-01-02 24:00:00|2024-01-02 03:04:05.9999999|2024-01-02 03:04:05+05:45|3000-06-01 12:00:00".split(
    "|",
  ),
  ..."1999-01-08 -05|1999-01-08+05:30|1999-01-08-05|1001-03-15 (BC) 20:38:40|1992-10/10|1992/10-10".split(
    "|",
  ),
  ..."Feb-29-2024|29/Feb/2024|2024-Feb-29|2024-01-02 10:11:12.1234565|2024-01-02 10:11:59.9999995".split(
    "|",
  ),
  ..."2024-01-02 03:04:05+15:59|2024-01-02 03:04:05+16|1500-06-01 12:00:00".split("|"),
];

const spans = [
  ..."1 day|1 day 02:03:04|1 year 2 mons|-1 day|1 mon -1 day|P1Y2M3DT4H5M6S|P0001-02-03T04:05:06".split(
    "|",
  ),
  ..."3 hours ago|1.5 days|1.5 months|1.5 years|1.5 weeks|2 weeks|100 hours|-1 day 02:03|1-2".split(
    "|",
  ),
  ..."1-2 3 4:05:06|10|1.5|1 decade|1 century|1 millennium|1 quarter|90 minutes|0.5 hours|PT36H".split(
    "|",
  ),
  ..."1 day 1 day|-P1D|P|abc||1 foo|day|1 2|2 years -3 months 4 days -05:06:07.5|0 days|-00:00:01".split(
    "|",
  ),
  ..."1h 30m|1 ms|1 us|1.123456789 seconds|-1 year -2 months|@ 1 minute|P1W|PT0.5S|-1-2|1 year ago".split(
    "|",
  ),
  ..."0.5 us|1.5 us|2.7 us|-1.5 us|12:34:56.1234565|12:34:56.1234555|0.0000001 days|1:|1 day 1:".split(
    "|",
  ),
  ..."- 1 year -1 months -       1 days 4 hours|-2yr 4 d 20 msecond 16 useconds|+ 1:30|- 1-2".split(
    "|",
  ),
  ..."2147483647 months|2147483648 months|04:05:06.7|00:61:00|1 mon 1.5 days|0.1 months".split("|"),
];

describe("forms of text", () => {
  test("date", async () => {
    await compareAll("v::date", dates, (text) => printDate(parseDate(text, context)));
  });

  test("time", async () => {
    await compareAll("v::time", times, (text) => printTime(parseTime(text, context)));
  });

  test("timestamp", async () => {
    await compareAll("v::timestamp", stamps, (text) =>
      printTimestamp(parseTimestamp(text, context)),
    );
  });

  test("timestamptz", async () => {
    await compareAll("v::timestamptz", stamps, (text) =>
      printTimestamptz(parseTimestamptz(text, context), context.timeZone),
    );
  });

  test("interval", async () => {
    await compareAll("v::interval", spans, (text) => intervals.printInterval(parseInterval(text)));
  });

  test.each([
    ["now", "2023-11-14 17:13:20.123456"],
    ["today", "2023-11-14 00:00:00"],
    ["tomorrow", "2023-11-15 00:00:00"],
    ["yesterday", "2023-11-13 00:00:00"],
  ])("%s is told from the context", (word, shown) => {
    expect(printTimestamp(parseTimestamp(word, context))).toBe(shown);
    expect(printTimestamptz(parseTimestamptz(word, context), "America/New_York")).toBe(
      `${shown}-05`,
    );
    expect(printDate(parseDate(word, context))).toBe(shown.slice(0, 10));
  });
});

const valid = spans.filter(
  (text) => !/^$|foo|abc|^-?P1?D?$|^day$|^1 2$|:61|2147483648|quarter|1 day 1/.test(text),
);

describe("interval arithmetic", () => {
  test.each([
    ["v::interval * 1.5", (a: string) => intervals.multiplyInterval(parseInterval(a), 1.5)],
    ["v::interval * -2", (a: string) => intervals.multiplyInterval(parseInterval(a), -2)],
    ["v::interval / 3", (a: string) => intervals.divideInterval(parseInterval(a), 3)],
    ["-v::interval", (a: string) => intervals.negateInterval(parseInterval(a))],
    ["justify_hours(v::interval)", (a: string) => intervals.justifyHours(parseInterval(a))],
    ["justify_days(v::interval)", (a: string) => intervals.justifyDays(parseInterval(a))],
    [
      "v::interval + interval '1 mon 2 days 03:00'",
      (a: string) => intervals.addIntervals(parseInterval(a), parseInterval("1 mon 2 days 03:00")),
    ],
  ])("%s", async (expression, fn) => {
    const texts = valid.filter((text) => !text.startsWith("2147"));
    await compareAll(expression, texts, (text) => intervals.printInterval(fn(text)));
  });

  test("added to a timestamp", async () => {
    const start = parseTimestamp("2024-01-31 12:00:00", context);
    const texts = valid.filter((text) => !text.startsWith("2147"));
    await compareAll("timestamp '2024-01-31 12:00:00' + v::interval", texts, (text) =>
      printTimestamp(intervals.addToTimestamp(start, parseInterval(text))),
    );
  });

  test("the difference of timestamps", async () => {
    const from = parseTimestamp("2024-01-31 12:00:00", context);
    const texts = stamps.filter(
      (text) => /^\d{4}-\d\d-\d\d/.test(text) && !/BC|Mars|25:|02-30|\+16/.test(text),
    );
    await compareAll("v::timestamp - timestamp '2024-01-31 12:00:00'", texts, (text) =>
      intervals.printInterval(intervals.timestampDifference(parseTimestamp(text, context), from)),
    );
  });

  test("the order of intervals", async () => {
    await compareAll(
      "CASE WHEN v::interval < '1 mon' THEN -1 WHEN v::interval = '1 mon' THEN 0 ELSE 1 END",
      [...valid, "30 days", "720 hours"],
      (text) => String(intervals.compareIntervals(parseInterval(text), parseInterval("1 mon"))),
    );
  });
});

describe("the calendar", () => {
  test("gives back any day", () => {
    fc.assert(
      fc.property(fc.integer({ min: -2_500_000, max: 2_145_042_541 }), (days) => {
        const { year, month, day } = civilFromDays(days);
        expect(daysFromCivil(year, month, day)).toBe(days);
      }),
    );
  });

  test("gives back any instant", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -211_813_488_000_000_000n, max: 2n ** 63n - 1n }), (instant) => {
        const { days, micros } = splitMicros(instant);
        expect(BigInt(joinMicros(days, micros))).toBe(instant);
      }),
    );
  });
});
