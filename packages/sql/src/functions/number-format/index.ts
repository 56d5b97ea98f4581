import { Decimal } from "../../types/decimal.js";
import { binary } from "../define.js";
import type { Int } from "../integers.js";
import { BIGINT, DOUBLE, INTEGER, NUMERIC, REAL, TEXT } from "../overloads.js";
import type { ScalarFunction } from "../registry.js";
import { readNumber } from "./input.js";
import { formatNumber } from "./output.js";

/** Decimal digits that a double and a real keep. */
const DOUBLE_DIGITS = 15;
const REAL_DIGITS = 6;
/** Enough to write any double in full. */
const EXACT_DIGITS = 100;

/** The exact value, so that rounding sees what the float is and not what it prints as. */
function exactDecimal(value: number): Decimal {
  return Decimal.fromFloat(value, EXACT_DIGITS);
}

/** to_char and to_number of numbers; to_char of dates and times is elsewhere. */
export const numberFormatFunctions: readonly ScalarFunction[] = [
  binary<Decimal, string>("to_char", [NUMERIC, TEXT], TEXT, (value, format) =>
    formatNumber(value, format),
  ),
  ...[INTEGER, BIGINT].map((type) =>
    binary<Int, string>("to_char", [type, TEXT], TEXT, (value, format) =>
      formatNumber(Decimal.fromInteger(value), format),
    ),
  ),
  binary<number, string>("to_char", [DOUBLE, TEXT], TEXT, (value, format) =>
    formatNumber(exactDecimal(value), format, DOUBLE_DIGITS),
  ),
  binary<number, string>("to_char", [REAL, TEXT], TEXT, (value, format) =>
    formatNumber(exactDecimal(value), format, REAL_DIGITS),
  ),
  binary<string>("to_number", [TEXT, TEXT], NUMERIC, readNumber),
];
