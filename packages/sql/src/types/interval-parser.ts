import { AegisError } from "../contract/errors.js";
import type { Interval } from "../contract/types.js";
import {
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
} from "./calendar.js";
import { invalidDatetime } from "./data-errors.js";
import { Decimal } from "./decimal.js";
import { multiply, round, subtract, truncate } from "./decimal-arithmetic.js";
import { isInt32, makeInterval } from "./interval.js";

interface Unit {
  readonly months: number;
  readonly days: number;
  readonly micros: number;
}

const months = (count: number): Unit => ({ months: count, days: 0, micros: 0 });
const days = (count: number): Unit => ({ months: 0, days: count, micros: 0 });
const micros = (count: number): Unit => ({ months: 0, days: 0, micros: count });

const UNITS: ReadonlyMap<string, Unit> = new Map(
  (
    [
      ["millennium millennia millenniums mil mils", months(12_000)],
      ["century centuries cent c", months(1200)],
      ["decade decades dec decs", months(120)],
      ["year years yr yrs y", months(12)],
      ["month months mon mons", months(1)],
      ["week weeks w", days(7)],
      ["day days d", days(1)],
      ["hour hours hr hrs h", micros(MICROS_PER_HOUR)],
      ["minute minutes min mins m", micros(MICROS_PER_MINUTE)],
      ["second seconds sec secs s", micros(MICROS_PER_SECOND)],
      ["millisecond milliseconds msec msecs msecond mseconds ms", micros(1000)],
      ["microsecond microseconds usec usecs usecond useconds us", micros(1)],
    ] as const
  ).flatMap(([names, unit]) => names.split(" ").map((name) => [name, unit] as const)),
);

const ISO_DATE_UNITS: ReadonlyMap<string, Unit> = new Map([
  ["Y", months(12)],
  ["M", months(1)],
  ["W", days(7)],
  ["D", days(1)],
]);
const ISO_TIME_UNITS: ReadonlyMap<string, Unit> = new Map([
  ["H", micros(MICROS_PER_HOUR)],
  ["M", micros(MICROS_PER_MINUTE)],
  ["S", micros(MICROS_PER_SECOND)],
]);

const CLOCK = /^([+-]?)(\d+):(\d{0,2})(?::(\d{1,2}(?:\.\d*)?))?$/;
const YEARS_MONTHS = /^([+-]?)(\d+)-(\d{1,2})$/;
const TOKEN =
  /\s*(?:((?:[+-]\s*)?\d+:(?:\d{1,2}(?::\d{1,2}(?:\.\d*)?)?|(?!\d)))|((?:[+-]\s*)?\d+-\d{1,2})(?![\d.-])|((?:[+-]\s*)?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|([A-Za-z]+)|(@))\s*/y;

/**
 * Reads PostgreSQL's verbose form, ISO 8601 and the SQL standard's. A number without a unit
 * counts `defaultUnit`s, as in INTERVAL '3' DAY.
 */
export function parseInterval(text: string, defaultUnit: string = "second"): Interval {
  const trimmed = text.trim();
  const total = /^P/i.test(trimmed)
    ? readIso(trimmed.toUpperCase(), text)
    : readVerbose(trimmed, text, defaultUnit);
  return total.result(text);
}

/** Adds up parts; a fraction of a month goes to days, and one of a day to time. */
class Total {
  private months = 0;
  private days = 0;
  private micros = 0n;

  add(count: Decimal, unit: Unit): void {
    if (unit.months > 0) this.addMonths(multiply(count, Decimal.fromInteger(unit.months)), unit);
    else if (unit.days > 0) this.addDays(multiply(count, Decimal.fromInteger(unit.days)));
    else this.addMicros(count, unit.micros);
  }

  /** The fraction is rounded on its own, so that 1.5 microseconds are 1, as 0.5 are none. */
  private addMicros(count: Decimal, size: number): void {
    const whole = truncate(count, 0);
    const rest = multiply(subtract(count, whole), Decimal.fromInteger(size));
    this.micros += whole.unscaled * BigInt(size) + roundToEven(rest);
  }

  private addMonths(count: Decimal, unit: Unit): void {
    // Years and longer round to whole months; only months themselves spill into days.
    if (unit.months > 1) {
      this.months += Number(round(count, 0).unscaled);
      return;
    }
    const whole = Math.trunc(count.toNumber());
    this.months += whole;
    const rest = new Decimal(count.unscaled % 10n ** BigInt(count.scale), count.scale);
    this.addDays(multiply(rest, Decimal.fromInteger(30)));
  }

  private addDays(count: Decimal): void {
    const unit = 10n ** BigInt(count.scale);
    this.days += Number(count.unscaled / unit);
    const rest = new Decimal(count.unscaled % unit, count.scale);
    this.micros += roundToEven(multiply(rest, Decimal.fromInteger(MICROS_PER_DAY)));
  }

  negate(): void {
    this.months = -this.months;
    this.days = -this.days;
    this.micros = -this.micros;
  }

  result(text: string): Interval {
    if (!isInt32(this.months) || !isInt32(this.days)) throw fieldOverflow(text);
    return makeInterval(this.months, this.days, this.micros);
  }
}

/** Half a microsecond goes to the even one, as floating point has it. */
function roundToEven(value: Decimal): bigint {
  const unit = 10n ** BigInt(value.scale);
  const rounded = round(value, 0).unscaled;
  const isHalf = (value.unscaled % unit) * 2n === (value.unscaled < 0n ? -unit : unit);
  return isHalf && rounded % 2n !== 0n ? rounded - (rounded < 0n ? -1n : 1n) : rounded;
}

function readVerbose(trimmed: string, text: string, defaultUnit: string): Total {
  const total = new Total();
  let pending: Decimal | undefined;
  const used = new Set<Unit>();
  let seen = false;
  let ago = false;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const token = TOKEN.exec(trimmed);
    if (token === null || ago) throw invalidDatetime("interval", text);
    // A sign may stand apart from its number.
    const [, clock, yearsMonths, number, word] = token.map((part: string | undefined) =>
      part?.replace(/^([+-])\s+/, "$1"),
    );
    if (clock !== undefined) {
      // In "1 02:03", the SQL standard's form, the number counts days.
      if (pending !== undefined) total.add(pending, days(1));
      pending = undefined;
      addClock(total, clock, text);
    } else if (yearsMonths !== undefined) {
      if (pending !== undefined) throw invalidDatetime("interval", text);
      addYearsMonths(total, yearsMonths);
    } else if (number !== undefined) {
      if (pending !== undefined) throw invalidDatetime("interval", text);
      pending = Decimal.parse(number);
    } else if (word?.toLowerCase() === "ago") {
      ago = true;
    } else if (word !== undefined) {
      const unit = UNITS.get(word.toLowerCase());
      if (unit === undefined || pending === undefined || used.has(unit))
        throw invalidDatetime("interval", text);
      total.add(pending, unit);
      used.add(unit);
      pending = undefined;
    }
    seen ||= word !== undefined || clock !== undefined || yearsMonths !== undefined;
  }
  if (pending !== undefined)
    total.add(pending, UNITS.get(defaultUnit) ?? micros(MICROS_PER_SECOND));
  else if (!seen) throw invalidDatetime("interval", text);
  if (ago) total.negate();
  return total;
}

function addClock(total: Total, clock: string, text: string): void {
  const [, sign, first, second, third] = CLOCK.exec(clock)!;
  if (Number(second) > 59 || Number(third ?? 0) >= 61) throw fieldOverflow(text);
  const signed = (digits: string): Decimal => Decimal.parse(`${sign === "-" ? "-" : ""}${digits}`);
  // Two fields with a fraction would be minutes and seconds; a plain pair is hours and minutes.
  total.add(signed(first!), micros(MICROS_PER_HOUR));
  if (second !== "") total.add(signed(second!), micros(MICROS_PER_MINUTE));
  if (third !== undefined) total.add(signed(third), micros(MICROS_PER_SECOND));
}

function addYearsMonths(total: Total, token: string): void {
  const [, sign, years, rest] = YEARS_MONTHS.exec(token)!;
  const count = Number(years) * 12 + Number(rest);
  total.add(Decimal.fromInteger(sign === "-" ? -count : count), months(1));
}

function readIso(upper: string, text: string): Total {
  const total = new Total();
  const [date, time, ...more] = upper.slice(1).split("T");
  if (more.length > 0 || (date === "" && (time ?? "") === "")) {
    throw invalidDatetime("interval", text);
  }
  const alternative = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date!);
  if (alternative === null) readIsoParts(total, date!, ISO_DATE_UNITS, text);
  else {
    total.add(Decimal.parse(alternative[1]!), months(12));
    total.add(Decimal.parse(alternative[2]!), months(1));
    total.add(Decimal.parse(alternative[3]!), days(1));
  }
  if (time !== undefined) {
    if (CLOCK.test(time)) addClock(total, time, text);
    else readIsoParts(total, time, ISO_TIME_UNITS, text);
  }
  return total;
}

function readIsoParts(
  total: Total,
  part: string,
  units: ReadonlyMap<string, Unit>,
  text: string,
): void {
  const rest = part.replaceAll(
    /([+-]?\d+(?:\.\d*)?|[+-]?\.\d+)([YMWDHS])/g,
    (all, count: string, letter: string) => {
      const unit = units.get(letter);
      if (unit === undefined) return all;
      total.add(Decimal.parse(count), unit);
      return "";
    },
  );
  if (rest !== "") throw invalidDatetime("interval", text);
}

function fieldOverflow(text: string): AegisError {
  const message = `interval field value out of range: "${text}"`;
  return new AegisError("DATETIME_OUT_OF_RANGE", message, { sqlState: "22015" });
}
