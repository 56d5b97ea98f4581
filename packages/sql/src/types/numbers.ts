import { AegisError } from "../contract/errors.js";
import { toInt64 } from "./calendar.js";
import { invalidText } from "./data-errors.js";

const INTEGER =
  /^[+-]?(?:\d+(?:_\d+)*|0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+)$/;
const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITY = /^([+-]?)inf(?:inity)?$/i;
/** Every integer up to here is a float32. */
const EXACT_FLOAT32 = 2 ** 24;
const MAX_FLOAT32 = 3.4028234663852886e38;
const TRUE_FORMS: ReadonlySet<string> = new Set("t tr tru true y ye yes on 1".split(" "));
const FALSE_FORMS: ReadonlySet<string> = new Set("f fa fal fals false n no of off 0".split(" "));

export type IntegerTypeName = "smallint" | "integer" | "bigint";

const BITS: Readonly<Record<IntegerTypeName, bigint>> = {
  smallint: 15n,
  integer: 31n,
  bigint: 63n,
};

export function integerFits(value: number | bigint, typeName: IntegerTypeName): boolean {
  const limit = 1n << BITS[typeName];
  return value < limit && value >= -limit;
}

/** Reads decimal digits, and those after 0x, 0o and 0b. */
export function parseInteger(text: string, typeName: IntegerTypeName): number | bigint {
  const trimmed = text.trim();
  if (!INTEGER.test(trimmed)) throw invalidText(typeName, text);
  const digits = trimmed.replaceAll("_", "").replace(/^[+-]/, "");
  const value = trimmed.startsWith("-") ? -BigInt(digits) : BigInt(digits);
  if (!integerFits(value, typeName)) {
    const message = `value "${text}" is out of range for type ${typeName}`;
    throw new AegisError("NUMERIC_OUT_OF_RANGE", message);
  }
  return toInt64(value);
}

export function parseFloat64(text: string): number {
  return readFloat(text, "double precision");
}

export function parseFloat32(text: string): number {
  const wide = readFloat(text, "real");
  const narrow = Math.fround(wide);
  if ((!Number.isFinite(narrow) && Number.isFinite(wide)) || (narrow === 0 && wide !== 0)) {
    throw floatRange(text.trim(), "real");
  }
  return narrow;
}

function readFloat(text: string, typeName: string): number {
  const trimmed = text.trim();
  if (FLOAT.test(trimmed)) {
    const value = Number(trimmed);
    const lost = value === 0 && /[1-9]/.test(trimmed.replace(/e.*$/i, ""));
    if (!Number.isFinite(value) || lost) throw floatRange(trimmed, typeName);
    return value;
  }
  if (/^[+-]?nan$/i.test(trimmed)) return NaN;
  const infinity = INFINITY.exec(trimmed);
  if (infinity === null) throw invalidText(typeName, text);
  return infinity[1] === "-" ? -Infinity : Infinity;
}

function floatRange(text: string, typeName: string): AegisError {
  const message = `"${text}" is out of range for type ${typeName}`;
  return new AegisError("NUMERIC_OUT_OF_RANGE", message);
}

/** A double as a real, or NUMERIC_OUT_OF_RANGE. */
export function toFloat32(value: number): number {
  if (Number.isFinite(value) && Math.abs(Math.fround(value)) > MAX_FLOAT32) {
    throw new AegisError("NUMERIC_OUT_OF_RANGE", "value out of range: overflow");
  }
  const narrow = Math.fround(value);
  if (narrow === 0 && value !== 0) {
    throw new AegisError("NUMERIC_OUT_OF_RANGE", "value out of range: underflow");
  }
  return narrow;
}

/**
 * The shortest text that reads back as the same double; an exponent from 15 digits on. `extra` digits
 * of none or less round to 15 digits and as many more, which may lose some.
 */
export function printFloat64(value: number, extra?: number): string {
  return printRounded(value, 15, extra) ?? printShortest(value, String(value), 15);
}

/** The same of a float, with 6 digits. */
export function printFloat32(value: number, extra?: number): string {
  return printRounded(value, 6, extra) ?? printShortest(value, String(shortestFloat32(value)), 6);
}

function printRounded(value: number, digits: number, extra = 1): string | undefined {
  if (extra > 0) return undefined;
  const kept = Math.max(1, digits + extra);
  return printShortest(value, String(Number(value.toPrecision(kept))), kept);
}

/** The double of the fewest digits that is the same float: 1.1 for the float32 next to it. */
export function shortestFloat32(value: number): number {
  if (Number.isInteger(value) && Math.abs(value) <= EXACT_FLOAT32) return value;
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

function printShortest(value: number, shortest: string, plainDigits: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa, exponentText = "0"] = Number(shortest).toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= plainDigits) {
    const size = String(Math.abs(exponent)).padStart(2, "0");
    return `${mantissa}e${exponent < 0 ? "-" : "+"}${size}`;
  }
  const negative = mantissa!.startsWith("-");
  const digits = mantissa!.replace(/[-.]/g, "");
  const sign = negative ? "-" : "";
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, "0");
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

export function parseBoolean(text: string): boolean {
  const word = text.trim().toLowerCase();
  if (TRUE_FORMS.has(word)) return true;
  if (FALSE_FORMS.has(word)) return false;
  throw invalidText("boolean", text);
}
