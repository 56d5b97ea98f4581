import {
  isByteForm,
  Variant,
  type ColumnType,
  type ColumnVector,
  type Interval,
  type Value,
} from "@aegisdb/sql/contract";
import type { Prng } from "../../base/prng.js";
import { unpackVariant } from "../../base/variant.js";

/** Naive handling of values: slow, and written without the code that it is to judge. */

/** Equal text if and only if two values are the same in type and content. */
export function fingerprint(value: Value): string {
  if (value === null) return "-";
  switch (typeof value) {
    case "number":
      return Object.is(value, -0) ? "n-0" : `n${value}`;
    case "bigint":
      return `b${value}`;
    case "boolean":
      return value ? "true" : "false";
    case "string":
      return JSON.stringify(value);
    default:
  }
  if (value instanceof Uint8Array) return `x${Buffer.from(value).toString("hex")}`;
  if (value instanceof Variant) return `v${JSON.stringify(value.json)}`;
  return `i${value.months}/${value.days}/${value.micros}`;
}

export function rowFingerprint(row: readonly Value[]): string {
  return row.map(fingerprint).join(" ");
}

/** Order of two values of one key column: nulls last, text by code points. */
export function compareNaively(a: Value, b: Value): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === "string" && typeof b === "string") {
    const x = [...a].map((character) => character.codePointAt(0)!);
    const y = [...b].map((character) => character.codePointAt(0)!);
    const at = x.findIndex((point, i) => point !== y[i]);
    return at < 0 ? x.length - y.length : x[at]! - (y[at] ?? -1);
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

/** One value of a vector, by the table in the vector contract. */
export function cell(vector: ColumnVector, row: number): Value {
  if (vector.nulls !== null && vector.nulls[row] === 1) return null;
  const { type } = vector;
  if (!isByteForm(type.kind)) {
    const raw = vector.values![row]!;
    if (type.kind === "bool") return raw === 1;
    if (typeof raw !== "bigint") return raw;
    return Number.isSafeInteger(Number(raw)) ? Number(raw) : raw;
  }
  const entry = vector.codes === null ? row : vector.codes[row]!;
  return fromBytes(type, vector.bytes!.slice(vector.starts![entry], vector.ends![entry]));
}

function fromBytes(type: ColumnType, bytes: Uint8Array): Value {
  switch (type.kind) {
    case "text":
      return Buffer.from(bytes).toString("utf8");
    case "uuid": {
      const hex = Buffer.from(bytes).toString("hex");
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    }
    case "interval": {
      const view = new DataView(bytes.buffer);
      const micros = view.getBigInt64(8, true);
      return {
        months: view.getInt32(0, true),
        days: view.getInt32(4, true),
        micros: Number.isSafeInteger(Number(micros)) ? Number(micros) : micros,
      };
    }
    case "variant":
      return new Variant(unpackVariant(bytes));
    default:
      return bytes;
  }
}

const LETTERS = ["a", "b", "zz", "é", "中", "\ue000", "\u{1f600}", "\x01", "~"];

export function randomText(prng: Prng, maxLetters: number): string {
  let text = "";
  for (let left = prng.int(maxLetters + 1); left > 0; left--) text += prng.pick(LETTERS);
  return text;
}

/** Any value of the column's type, now and then at the edge of its range. */
export function randomValue(prng: Prng, type: ColumnType): Value {
  switch (type.kind) {
    case "int":
    case "decimal":
      return randomInt(prng);
    case "timestamp":
      return 1_700_000_000_000_000 + prng.int(1_000_000) * 1000;
    case "float":
      return prng.chance(0.1) ? prng.pick([NaN, Infinity, -Infinity, -0, 5e-324]) : prng.float();
    case "bool":
      return prng.chance(0.5);
    case "text":
      return randomText(prng, prng.chance(0.1) ? 100 : 8);
    case "bytes":
    case "numeric":
      return prng.bytes(prng.int(prng.chance(0.05) ? 600 : 24));
    case "date":
      return prng.int(40_000) - 20_000;
    case "time":
      return prng.int(86_400_000_000);
    case "interval":
      return randomInterval(prng);
    case "uuid":
      return randomUuid(prng);
    case "variant":
      return new Variant(randomJson(prng, 3));
  }
}

function randomInt(prng: Prng): number | bigint {
  if (!prng.chance(0.1)) return prng.int(10_000) - 5000;
  return prng.pick([0, 2 ** 53 - 1, -(2 ** 53 - 1), 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)]);
}

function randomInterval(prng: Prng): Interval {
  return { months: prng.int(25) - 12, days: prng.int(60) - 30, micros: prng.int(10 ** 9) };
}

function randomUuid(prng: Prng): string {
  const hex = Buffer.from(prng.bytes(16)).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function randomJson(prng: Prng, depth: number): unknown {
  switch (prng.int(depth > 0 ? 7 : 5)) {
    case 0:
      return null;
    case 1:
      return prng.chance(0.5);
    case 2:
      return prng.int(1000) / (prng.chance(0.5) ? 1 : 8);
    case 3:
      return randomText(prng, 12);
    case 4:
      return prng.int(2 ** 40);
    case 5:
      return Array.from({ length: prng.int(4) }, () => randomJson(prng, depth - 1));
    default: {
      const names = ["name", "tags", "size", "in"].slice(0, prng.int(5));
      return Object.fromEntries(names.map((name) => [name, randomJson(prng, depth - 1)]));
    }
  }
}
