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

const TEMPLATES = [
  "YYYY-MM-DD HH24:MI:SS.MS US",
  "yyyy-mm-dd hh24:mi:ss",
  "HH HH12 AM am a.m. P.M. SSSS SSSSS",
  "FMHH:FMMI:FMSS",
  "Day|DAY|day|Dy|DY|dy",
  "FMDay, FMDD FMMonth YYYY",
  "Month|MONTH|month|Mon|MON|mon",
  "DDD D ID IDDD WW IW W Q CC J",
  "IYYY IYY IY I",
  "Y,YYY YYY YY Y",
  "FMYYYY FMYY",
  "DDth FMDDth DDTH HH24th",
  "YYYY BC AD b.c. a.d.",
  '"year:" YYYY "a\\"b" \\M',
  "FF1 FF2 FF3 FF4 FF5 FF6",
  "RM|rm|FMRM",
  "TZ|tz|TZH:TZM|OF",
  "YYYYMMDDHH24MISS",
  "Quarter Q, week IW",
  "",
];

test("to_char of times", () =>
  check(
    [
      "'2024-02-05 03:04:05.678901'::timestamp",
      "'2024-12-30 15:16:17'::timestamp",
      "'2024-08-11 00:00:01'::timestamptz",
      "'2024-02-22 12:00:00'::timestamptz",
      "'0044-03-15 BC'::timestamp",
      "'2024-03-01'::date",
      "'infinity'::timestamp",
    ].flatMap((value) => TEMPLATES.map((template) => `to_char(${value}, '${template}')`)),
  ));

test("to_char of intervals", () =>
  check(
    ["15 months 3 days 30:05:06.7", "-30:05:06.25", "00:00", "-2 years -3 mons"].flatMap((value) =>
      ["YYYY MM DD HH24:MI:SS.MS", "HH12 HH AM", "FMHH24:MI", "SSSS", "RM", "Day", "DDD CC"].map(
        (template) => `to_char('${value}'::interval, '${template}')`,
      ),
    ),
  ));

const DATES: readonly (readonly [string, string])[] = [
  ["2024-02-29", "YYYY-MM-DD"],
  ["20240229", "YYYYMMDD"],
  ["29 Feb 2024", "DD Mon YYYY"],
  ["29 february 2024", "DD Month YYYY"],
  ["Thursday, 29 February 2024", "Day, DD Month YYYY"],
  ["05/12/99", "MM/DD/YY"],
  ["05/12/69", "MM/DD/YY"],
  ["05/12/299", "MM/DD/YYY"],
  ["2024-02-30", "YYYY-MM-DD"],
  ["2024 100", "YYYY DDD"],
  ["2024-W10-3", 'IYYY-"W"IW-ID'],
  ["2024-070", "IYYY-IDDD"],
  ["44-02-01 BC", "YYYY-MM-DD BC"],
  ["99-02-01", "YYYY-MM-DD"],
  ["abc", "YYYY"],
  ["2024-13-01", "YYYY-MM-DD"],
  ["1,234-02-01", "Y,YYY-MM-DD"],
  ["2454000", "J"],
  ["5", "DD"],
  ["2024-02", "YYYY-MM"],
  ["  2024/02/03", "YYYY-MM-DD"],
  ["2024.02.03", "YYYY-MM-DD"],
  ["20-VIII-2024", "DD-RM-YYYY"],
  ["20 21", "CC YY"],
  ["2024-5", "YYYY-WW"],
  ["2024-02-3", "YYYY-MM-W"],
  ["2024 Foo", "YYYY Mon"],
  ["2024-02-03", "FXYYYY-MM-DD"],
];
const INSTANTS: readonly (readonly [string, string])[] = [
  ["2024-02-29 10:11:12", "YYYY-MM-DD HH24:MI:SS"],
  ["2024-02-29 10:11:12.5", "YYYY-MM-DD HH24:MI:SS.MS"],
  ["2024-02-29 10:11:12.123456", "YYYY-MM-DD HH24:MI:SS.US"],
  ["2024-02-29 10:11:12.1234", "YYYY-MM-DD HH24:MI:SS.FF4"],
  ["05 Dec 2000 03:15 PM", "DD Mon YYYY HH12:MI AM"],
  ["05 Dec 2000 12:15 a.m.", "DD Mon YYYY HH12:MI A.M."],
  ["05 Dec 2000 13:15 PM", "DD Mon YYYY HH12:MI AM"],
  ["20240229101112", "YYYYMMDDHH24MISS"],
  ["2024-02-29 10:11:12 +05:30", "YYYY-MM-DD HH24:MI:SS TZH:TZM"],
  ["2024-02-29 25:11:12", "YYYY-MM-DD HH24:MI:SS"],
  ["2024-02-29 3000", "YYYY-MM-DD SSSS"],
  ["2024-2-9", "YYYY-MM-DD"],
  ["1st Feb 2024", "DDth Mon YYYY"],
  ["2024-02-29T10:11:12", 'YYYY-MM-DD"T"HH24:MI:SS'],
  ["15:12:02.020.001230", "HH24:MI:SS.MS.US"],
  ["2000    JUN", "YYYY MON"],
  ["2000-JUN", "YYYYMON"],
  ["2000JUN", "YYYY/MON"],
];

test("to_date and to_timestamp", () =>
  check([
    ...DATES.map(([text, template]) => `to_date('${text}', '${template}')`),
    ...INSTANTS.map(([text, template]) => `to_timestamp('${text}', '${template}')`),
  ]));
