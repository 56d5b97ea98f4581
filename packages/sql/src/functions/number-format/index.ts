import { Decimal } from "../../types/decimal.js";
import { binary } from "../define.js";
import { inRange, type Int, type IntegerName, multiplyIntegers } from "../integers.js";
import { BIGINT, DOUBLE, INTEGER, NUMERIC, REAL, TEXT } from "../overloads.js";
import type { ScalarFunction } from "../registry.js";
import { readNumber } from "./input.js";
import { formatNumber } from "./output.js";
import { numberTemplate } from "./template.js";

/** Decimal digits that a double and a real keep. */
const DOUBLE_DIGITS = 15;
const REAL_DIGITS = 6;
/** Enough to write any double in full. */
const EXACT_DIGITS = 100;

/** Rounding is to see what the float is and not what it prints as. */
function formatFloat(value: number, format: string, digits: number): string {
  const negative = value < 0 || Object.is(value, -0);
  return formatNumber(Decimal.fromFloat(value, EXACT_DIGITS), format, { digits, negative });
}

/** Digits after a V multiply the integer, which must stay within its type. */
function formatInteger(value: Int, format: string, name: IntegerName): string {
  inRange(multiplyIntegers(value, 10 ** numberTemplate(format).shifted), name);
  return formatNumber(Decimal.fromInteger(value), format);
}

/** to_char and to_number of numbers; to_char of dates and times is elsewhere. */
export const numberFormatFunctions: readonly ScalarFunction[] = [
  binary<Decimal, string>("to_char", [NUMERIC, TEXT], TEXT, (value, format) =>
    formatNumber(value, format),
  ),
  ...[INTEGER, BIGINT].map((type) =>
    binary<Int, string>("to_char", [type, TEXT], TEXT, (value, format) =>
      formatInteger(value, format, type.name as IntegerName),
    ),
  ),
  ...[DOUBLE, REAL].map((type) =>
    binary<number, string>("to_char", [type, TEXT], TEXT, (value, format) =>
      formatFloat(value, format, type === REAL ? REAL_DIGITS : DOUBLE_DIGITS),
    ),
  ),
  binary<string>("to_number", [TEXT, TEXT], NUMERIC, readNumber),
];
