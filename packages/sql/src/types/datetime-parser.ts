import { AegisError } from "../contract/errors.js";
import {
  type CivilDate,
  civilFromDays,
  daysInMonth,
  daysFromCivil,
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
  roundToEven,
} from "./calendar.js";
import { datetimeFieldOverflow, invalidDatetime } from "./data-errors.js";
import { findZone, offsetSeconds, unknownZone, type Zone } from "./time-zone.js";

/** What reading a date or time depends on besides its text. */
export interface TextContext {
  /** Microseconds since 1970 UTC, for 'now', 'today' and the like. */
  readonly now: number | bigint;
  /** The session's time zone. */
  readonly timeZone: string;
  /** The session's extra_float_digits, for floats as text; undefined is the shortest exact text. */
  readonly floatDigits?: number | undefined;
}

export type DatetimeWord =
  "now" | "today" | "tomorrow" | "yesterday" | "epoch" | "infinity" | "-infinity";

/** What the text of a date, time or timestamp says; what it leaves out is undefined. */
export interface DatetimeFields {
  readonly word: DatetimeWord | undefined;
  readonly date: CivilDate | undefined;
  /** Microseconds since midnight; exactly a day for 24:00. */
  readonly micros: number | undefined;
  readonly zone: Zone | undefined;
}

const TIME = /(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d*))?)?(?!\d)/y;
const COMPACT_TIME = /[tT](\d{2})(\d{2})(?:(\d{2})(?:\.(\d*))?)?(?!\d|:)/y;
const COMPACT_DATE = /(\d{4})(\d{2})(\d{2})(?!\d)/y;
const DATE = /(\d+)([-/.])(\d{1,2})\2(\d+)/y;
const OFFSET = /([+-]\d{1,2})(?::?(\d{2}))?(?::?(\d{2}))?(?![\d:])/y;
const JULIAN = /[jJ](\d+)(?!\d)/y;
const NUMBER = /\d+/y;
const WORD = /[A-Za-z]+(?:[/_][A-Za-z_]+(?:[+-]\d+)?)*/y;
const INFINITY = /[+-]?infinity/iy;
/** A dash, slash or point joins a date's parts only where one of them is the name of a month. */
const FILLER = /[\s,()]+|[-/.](?=[A-Za-z])|(?<=[A-Za-z])[-/.](?=\d)/y;
const FILLER_BEHIND_MONTH = /[\s,()]+|[-/.](?=[A-Za-z\d])/y;

const WORDS: ReadonlySet<string> = new Set(["now", "today", "tomorrow", "yesterday", "epoch"]);
const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const MONTH_NAMES =
  "january february march april may june july august september october november december".split(
    " ",
  );
const DAY_NAME =
  /^(sun|mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat)$|^(sun|mon|tues|wednes|thurs|fri|satur)day$/;

/** Reads any of PostgreSQL's usual forms; slashed dates are month/day/year. */
export function parseDatetime(text: string, typeName: string): DatetimeFields {
  return new DatetimeReader(text, typeName).read();
}

class DatetimeReader {
  private readonly text: string;
  private readonly typeName: string;
  private at = 0;
  private word: DatetimeWord | undefined;
  private parts: string[] = [];
  private month: number | undefined;
  private date: CivilDate | undefined;
  private micros: number | undefined;
  private zone: Zone | undefined;
  private beforeChrist = false;
  private meridiem: "am" | "pm" | undefined;

  constructor(text: string, typeName: string) {
    this.text = text;
    this.typeName = typeName;
  }

  read(): DatetimeFields {
    while (this.at < this.text.length) {
      const filler = this.month === undefined ? FILLER : FILLER_BEHIND_MONTH;
      const known = this.readNumbers() || this.readWord() || this.match(filler) !== undefined;
      if (!known) throw this.invalid();
    }
    this.finishDate();
    this.finishTime();
    const { word, date, micros, zone } = this;
    if (word === undefined && date === undefined && micros === undefined) throw this.invalid();
    if (word !== undefined && date !== undefined) throw this.invalid();
    return { word, date, micros, zone };
  }

  private readNumbers(): boolean {
    const time = this.match(TIME) ?? this.match(COMPACT_TIME);
    if (time !== undefined) {
      this.setTime(time);
      return true;
    }
    const offset = this.mayHaveOffset() ? this.match(OFFSET) : undefined;
    if (offset !== undefined) {
      this.zone = offsetSeconds(offset[1]!, offset[2], offset[3]);
      if (Math.abs(this.zone) >= 16 * 3600) throw zoneOverflow(this.text);
      return true;
    }
    const julian = this.match(JULIAN);
    if (julian !== undefined) {
      this.date = civilFromDays(Number(julian[1]) - 2_440_588);
      return true;
    }
    const compact = this.parts.length === 0 ? this.match(COMPACT_DATE) : undefined;
    if (compact !== undefined) {
      this.parts = [compact[1]!, compact[2]!, compact[3]!];
      return true;
    }
    const date = this.match(DATE);
    if (date !== undefined) {
      if (this.parts.length > 0) throw this.invalid();
      this.parts = [date[1]!, date[3]!, date[4]!];
      return true;
    }
    const number = this.match(NUMBER);
    if (number !== undefined) this.parts.push(number[0]);
    return number !== undefined;
  }

  /** Behind a time, or behind a whole date that has none. */
  private mayHaveOffset(): boolean {
    if (this.micros !== undefined) return true;
    const dateParts = this.parts.length + (this.month === undefined ? 0 : 1);
    // A dash without a blank before it would be one of the date's own.
    const apart = this.text[this.at] === "+" || /\s/.test(this.text[this.at - 1] ?? "");
    return dateParts === 3 && apart;
  }

  private readWord(): boolean {
    const infinity = this.match(INFINITY);
    if (infinity !== undefined) {
      this.word = infinity[0].startsWith("-") ? "-infinity" : "infinity";
      return true;
    }
    const match = this.match(WORD);
    if (match === undefined) return false;
    const word = match[0].toLowerCase();
    const month = Math.max(
      MONTHS.indexOf(word === "sept" ? "sep" : word),
      MONTH_NAMES.indexOf(word),
    );
    if (month >= 0) this.month = month + 1;
    else if (WORDS.has(word)) this.word = word as DatetimeWord;
    else if (word === "bc" || word === "ad") this.beforeChrist = word === "bc";
    else if (word === "am" || word === "pm") this.meridiem = word;
    else if (word === "allballs") this.micros = 0;
    else if (word !== "t" && word !== "at" && word !== "on" && !DAY_NAME.test(word)) {
      this.setZone(match[0]);
    }
    return true;
  }

  private setZone(name: string): void {
    const zone = findZone(name);
    if (zone === undefined) throw name.includes("/") ? unknownZone(name) : this.invalid();
    this.zone = zone;
  }

  private setTime([, hour, minute, second = "0", fraction = ""]: readonly (
    string | undefined
  )[]): void {
    if (this.micros !== undefined) throw this.invalid();
    const micros =
      Number(hour) * MICROS_PER_HOUR +
      Number(minute) * MICROS_PER_MINUTE +
      Number(second) * MICROS_PER_SECOND +
      fractionMicros(fraction);
    if (Number(minute) > 59 || Number(second) > 60 || micros > MICROS_PER_DAY) {
      throw datetimeFieldOverflow(this.text);
    }
    this.micros = micros;
  }

  private finishTime(): void {
    if (this.meridiem === undefined) return;
    if (this.micros === undefined) throw this.invalid();
    const hour = Math.floor(this.micros / MICROS_PER_HOUR);
    if (hour > 12) throw datetimeFieldOverflow(this.text);
    if (this.meridiem === "pm" && hour < 12) this.micros += 12 * MICROS_PER_HOUR;
    if (this.meridiem === "am" && hour === 12) this.micros -= 12 * MICROS_PER_HOUR;
  }

  private finishDate(): void {
    const { parts, month } = this;
    if (parts.length === 0 && month === undefined) return;
    if (this.date !== undefined || parts.length !== (month === undefined ? 3 : 2)) {
      throw this.invalid();
    }
    const yearFirst = parts[0]!.length > 2;
    if (month !== undefined) {
      const [year, day] = yearFirst ? parts : [parts[1], parts[0]];
      this.setDate(year!, month, Number(day));
    } else if (yearFirst) {
      this.setDate(parts[0]!, Number(parts[1]), Number(parts[2]));
    } else {
      this.setDate(parts[2]!, Number(parts[0]), Number(parts[1]));
    }
  }

  private setDate(yearText: string, month: number, day: number): void {
    let year = Number(yearText);
    if (yearText.length <= 2 && !this.beforeChrist) year += year < 70 ? 2000 : 1900;
    if (year === 0 || month < 1 || month > 12 || day < 1) throw datetimeFieldOverflow(this.text);
    if (this.beforeChrist) year = 1 - year;
    if (day > daysInMonth(year, month)) throw datetimeFieldOverflow(this.text);
    this.date = { year, month, day };
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null || match[0] === "") return undefined;
    this.at += match[0].length;
    return match;
  }

  private invalid(): AegisError {
    return invalidDatetime(this.typeName, this.text);
  }
}

function zoneOverflow(text: string): AegisError {
  const message = `time zone displacement out of range: "${text}"`;
  return new AegisError("DATETIME_OUT_OF_RANGE", message, { sqlState: "22009" });
}

/** Microseconds of the digits after a decimal point; half a microsecond goes to the even one. */
function fractionMicros(digits: string): number {
  return digits === "" ? 0 : roundToEven(Number(`0.${digits}`) * MICROS_PER_SECOND);
}

export function daysOf(date: CivilDate): number {
  return daysFromCivil(date.year, date.month, date.day);
}
