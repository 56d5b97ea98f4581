import { Buffer } from "node:buffer";
import { encodeDecimal } from "@aegisdb/sql";
import type { Decimal, Interval, Value } from "@aegisdb/sql";
import { intervalSpan } from "../base/compare.js";
import { bytesUnits } from "../base/keycode-bytes.js";
import { intUnits } from "../base/keycode-units.js";

/** Codes of single values: units of one byte that say themselves where they end. */

const SCALE_BYTES = 2;

/** A stored numeric ends in its scale, which is no part of its worth. */
export function withoutScale(value: Value): Uint8Array {
  const bytes = value as Uint8Array;
  return bytes.subarray(0, bytes.length - SCALE_BYTES);
}

/** Code of an interval's length. */
export function spanUnits(value: Interval): string {
  const { days, micros } = intervalSpan(value);
  return intUnits(days) + intUnits(micros);
}

/** Code of a text by code points. */
export function textUnits(text: string): string {
  const utf8 = Buffer.from(text, "utf8");
  return bytesUnits(utf8, 0, utf8.length);
}

/** Code of a number that every scale of it shares. */
export function decimalUnits(value: Decimal): string {
  return Buffer.from(withoutScale(encodeDecimal(value))).toString("latin1");
}
