import type { Variant } from "../contract/index.js";
import {
  ColumnVector,
  isByteForm,
  isIntForm,
  type ColumnType,
  type Interval,
  type Value,
} from "../contract/index.js";

/** A vector that holds `values`, in the form a memtable or a run would give it. */
export function vectorOf(type: ColumnType, values: readonly Value[]): ColumnVector {
  const nulls = values.includes(null) ? Uint8Array.from(values, (v) => Number(v === null)) : null;
  if (!isByteForm(type.kind)) {
    return new ColumnVector(type, values.length, typedValues(type, values), nulls);
  }
  const vector = new ColumnVector(type, values.length, null, nulls);
  const cells = values.map((value) => cellBytes(type, value));
  vector.bytes = new Uint8Array(cells.reduce((sum, cell) => sum + cell.length, 0));
  vector.starts = new Uint32Array(cells.length);
  vector.ends = new Uint32Array(cells.length);
  let at = 0;
  cells.forEach((cell, i) => {
    vector.bytes!.set(cell, at);
    vector.starts![i] = at;
    at += cell.length;
    vector.ends![i] = at;
  });
  return vector;
}

function typedValues(
  type: ColumnType,
  values: readonly Value[],
): Float64Array | BigInt64Array | Int32Array | Uint8Array {
  if (type.kind === "bool") return Uint8Array.from(values, (v) => Number(v));
  if (type.kind === "date") return Int32Array.from(values, (v) => Number(v));
  if (isIntForm(type.kind) && values.some((v) => typeof v === "bigint")) {
    return BigInt64Array.from(values, (v) => BigInt((v ?? 0) as number | bigint));
  }
  return Float64Array.from(values, (v) => Number(v));
}

function cellBytes(type: ColumnType, value: Value): Uint8Array {
  if (value === null) return new Uint8Array(0);
  switch (type.kind) {
    case "text":
      return Buffer.from(value as string);
    case "uuid":
      return Buffer.from((value as string).replaceAll("-", ""), "hex");
    case "interval":
      return intervalBytes(value as Interval);
    case "variant":
      return messagePack((value as Variant).json);
    default:
      return value as Uint8Array;
  }
}

function intervalBytes(value: Interval): Uint8Array {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32LE(value.months, 0);
  bytes.writeInt32LE(value.days, 4);
  bytes.writeBigInt64LE(BigInt(value.micros), 8);
  return bytes;
}

/** MessagePack in its widest forms: every length takes 32 bits, every number 64. */
function messagePack(json: unknown): Buffer {
  if (json === null || json === undefined) return Buffer.of(0xc0);
  switch (typeof json) {
    case "boolean":
      return Buffer.of(json ? 0xc3 : 0xc2);
    case "number": {
      if (Number.isSafeInteger(json) && !Object.is(json, -0)) return messagePack(BigInt(json));
      const bytes = Buffer.alloc(9, 0xcb);
      bytes.writeDoubleBE(json, 1);
      return bytes;
    }
    case "bigint": {
      const bytes = Buffer.alloc(9, 0xd3);
      bytes.writeBigInt64BE(json, 1);
      return bytes;
    }
    case "string": {
      const text = Buffer.from(json);
      return Buffer.concat([header(0xdb, text.length), text]);
    }
    default:
      return packObject(json);
  }
}

function packObject(json: object): Buffer {
  if (json instanceof Uint8Array) return Buffer.concat([header(0xc6, json.length), json]);
  if (Array.isArray(json)) {
    return Buffer.concat([header(0xdd, json.length), ...json.map(messagePack)]);
  }
  const entries = Object.entries(json);
  const parts = entries.flatMap(([key, item]) => [messagePack(key), messagePack(item)]);
  return Buffer.concat([header(0xdf, entries.length), ...parts]);
}

function header(tag: number, length: number): Buffer {
  const bytes = Buffer.alloc(5, tag);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}
