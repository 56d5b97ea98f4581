import type { ColumnKind, ColumnVector, Value } from "@aegisdb/sql/contract";
import { Buffer } from "node:buffer";
import { AegisError, unreachable } from "../errors.js";
import {
  bytesUnits,
  rawBytesUnits,
  readBytes,
  readRawBytes,
  readUuid,
  uuidUnits,
} from "./keycode-bytes.js";
import type { KeyColumn } from "./keycode.js";
import { typeMismatch, unexpectedNull } from "./keycode-errors.js";
import { intervalCell, intervalOf, readSpan, spanUnits } from "./keycode-interval.js";
import { canonicalDate, canonicalInt, intCell } from "./keycode-number.js";
import { textCell, textUnits, unitsText } from "./keycode-text.js";
import {
  complement,
  floatUnits,
  intUnits,
  readFloat,
  readInt,
  type KeyReader,
} from "./keycode-units.js";
import { readLatin1 } from "./text.js";

/**
 * How one column of a composite key is coded. A column is one of these objects, chosen when the
 * codec is made, so that encoding asks nothing about types.
 */
export interface ColumnCode {
  /** Code of a value. */
  readonly encode: (value: Value) => string;
  /** Code of row `index` of the column's vector. */
  readonly encodeCell: (vector: ColumnVector, index: number) => string;
  /** The value at the reader; an interval comes back normalised, without its parts. */
  readonly decode: (reader: KeyReader) => Value;
}

/** `open`: the column ends the key, so that ascending text and bytes need no terminator. */
export function createColumnCode(column: KeyColumn, open: boolean): ColumnCode {
  const descending = column.descending === true;
  const code = createValueCode(column.type.kind, descending, open && !descending);
  return column.nullable === true
    ? nullableCode(code, descending)
    : requiredCode(code, column.type.kind);
}

const VALUE_TAG = "\x01";
const NULL_TAG = "\x02";

/** One unit before the value says whether there is one; ascending puts nulls last. */
function nullableCode(code: ColumnCode, descending: boolean): ColumnCode {
  const valueTag = descending ? complement(VALUE_TAG) : VALUE_TAG;
  const nullTag = descending ? complement(NULL_TAG) : NULL_TAG;
  const nullUnit = nullTag.charCodeAt(0);
  return {
    encode: (value) => (value === null ? nullTag : valueTag + code.encode(value)),
    encodeCell: (vector, index) =>
      vector.nulls !== null && vector.nulls[index] === 1
        ? nullTag
        : valueTag + code.encodeCell(vector, index),
    decode: (reader) => (reader.unit() === nullUnit ? null : code.decode(reader)),
  };
}

function requiredCode(code: ColumnCode, kind: ColumnKind): ColumnCode {
  return {
    encode(value) {
      if (value === null) throw unexpectedNull(kind);
      return code.encode(value);
    },
    encodeCell(vector, index) {
      if (vector.nulls !== null && vector.nulls[index] === 1) throw unexpectedNull(kind);
      return code.encodeCell(vector, index);
    },
    decode: code.decode,
  };
}

function createValueCode(kind: ColumnKind, descending: boolean, open: boolean): ColumnCode {
  const mask = descending ? 0xff : 0;
  switch (kind) {
    case "int":
    case "timestamp":
    case "decimal":
    case "time":
      return intCode(kind, descending);
    case "date":
      return dateCode(descending);
    case "float":
      return floatCode(mask);
    case "bool":
      return boolCode(mask);
    case "text":
      return descending ? descendingTextCode : open ? openTextCode : textCode;
    case "bytes":
    case "numeric":
      return open ? openBytesCode(kind) : bytesCode(kind, mask);
    case "uuid":
      return uuidCode(mask);
    case "interval":
      return intervalCode(descending);
    case "variant":
      throw new AegisError("INVALID_DEFINITION", "a column of type variant cannot be a key column");
    default:
      return unreachable(kind);
  }
}

/** -1 - v, which turns the order of the integers around within int64. */
function inverted(value: number | bigint): number | bigint {
  if (typeof value === "bigint") return -1n - value;
  return value < Number.MAX_SAFE_INTEGER ? -1 - value : -1n - BigInt(value);
}

function canonical(value: number | bigint): number | bigint {
  return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function intCode(kind: ColumnKind, descending: boolean): ColumnCode {
  if (!descending) {
    return {
      encode: (value) => intUnits(canonicalInt(kind, value)),
      encodeCell: (vector, index) => intUnits(intCell(vector, index)),
      decode: readInt,
    };
  }
  return {
    encode: (value) => intUnits(inverted(canonicalInt(kind, value))),
    encodeCell: (vector, index) => intUnits(inverted(intCell(vector, index))),
    decode: (reader) => canonical(inverted(readInt(reader))),
  };
}

function dateCode(descending: boolean): ColumnCode {
  const code = intCode("date", descending);
  return {
    encode: (value) => code.encode(canonicalDate(value)),
    encodeCell: code.encodeCell,
    decode: code.decode,
  };
}

function floatCode(mask: number): ColumnCode {
  return {
    encode(value) {
      if (typeof value !== "number") throw typeMismatch("float", value);
      return floatUnits(value, mask);
    },
    encodeCell: (vector, index) => floatUnits(vector.values![index] as number, mask),
    decode: (reader) => readFloat(reader, mask),
  };
}

function boolCode(mask: number): ColumnCode {
  const no = String.fromCharCode(1 ^ mask);
  const yes = String.fromCharCode(2 ^ mask);
  const yesUnit = yes.charCodeAt(0);
  return {
    encode(value) {
      if (typeof value !== "boolean") throw typeMismatch("bool", value);
      return value ? yes : no;
    },
    encodeCell: (vector, index) => (vector.values![index] === 1 ? yes : no),
    decode: (reader) => reader.unit() === yesUnit,
  };
}

function textOf(value: Value): string {
  if (typeof value !== "string") throw typeMismatch("text", value);
  return textUnits(value);
}

const textCode: ColumnCode = {
  encode: (value) => textOf(value) + "\0",
  encodeCell: (vector, index) => textCell(vector, index) + "\0",
  decode(reader) {
    const end = reader.key.indexOf("\0", reader.at);
    const units = reader.key.slice(reader.at, end);
    reader.at = end + 1;
    return unitsText(units);
  },
};

const openTextCode: ColumnCode = {
  encode: textOf,
  encodeCell: textCell,
  decode(reader) {
    const units = reader.key.slice(reader.at);
    reader.at = reader.key.length;
    return unitsText(units);
  },
};

const DESCENDING_END = "\xff";

/** Complemented UTF-8: it orders by code point too, and its units stay one byte wide. */
export function descendingTextUnits(text: string): string {
  const utf8 = Buffer.from(text, "utf8");
  for (let i = 0; i < utf8.length; i++) utf8[i] = utf8[i]! ^ 0xff;
  return readLatin1(utf8, 0, utf8.length);
}

const descendingTextCode: ColumnCode = {
  encode(value) {
    const units = textOf(value);
    return descendingTextUnits(unitsText(units)) + DESCENDING_END;
  },
  encodeCell: (vector, index) =>
    descendingTextUnits(unitsText(textCell(vector, index))) + DESCENDING_END,
  decode(reader) {
    const end = reader.key.indexOf(DESCENDING_END, reader.at);
    const utf8 = Buffer.from(complement(reader.key.slice(reader.at, end)), "latin1");
    reader.at = end + 1;
    return utf8.toString("utf8");
  },
};

function bytesOf(kind: ColumnKind, value: Value): Uint8Array {
  if (!(value instanceof Uint8Array)) throw typeMismatch(kind, value);
  return value;
}

function bytesCode(kind: ColumnKind, mask: number): ColumnCode {
  const finish = mask === 0 ? (units: string) => units : complement;
  return {
    encode(value) {
      const bytes = bytesOf(kind, value);
      return finish(bytesUnits(bytes, 0, bytes.length));
    },
    encodeCell(vector, index) {
      const entry = vector.codes === null ? index : vector.codes[index]!;
      return finish(bytesUnits(vector.bytes!, vector.starts![entry]!, vector.ends![entry]!));
    },
    decode: (reader) => readBytes(reader, mask),
  };
}

function openBytesCode(kind: ColumnKind): ColumnCode {
  return {
    encode(value) {
      const bytes = bytesOf(kind, value);
      return rawBytesUnits(bytes, 0, bytes.length);
    },
    encodeCell(vector, index) {
      const entry = vector.codes === null ? index : vector.codes[index]!;
      return rawBytesUnits(vector.bytes!, vector.starts![entry]!, vector.ends![entry]!);
    },
    decode: readRawBytes,
  };
}

function uuidCode(mask: number): ColumnCode {
  const finish = mask === 0 ? (units: string) => units : complement;
  return {
    encode(value) {
      if (typeof value !== "string") throw typeMismatch("uuid", value);
      return finish(uuidUnits(value));
    },
    encodeCell(vector, index) {
      const entry = vector.codes === null ? index : vector.codes[index]!;
      return finish(rawBytesUnits(vector.bytes!, vector.starts![entry]!, vector.ends![entry]!));
    },
    decode: (reader) => readUuid(reader, mask),
  };
}

function intervalCode(descending: boolean): ColumnCode {
  return {
    encode: (value) => spanUnits(intervalOf(value), descending),
    encodeCell: (vector, index) => spanUnits(intervalCell(vector, index), descending),
    decode: (reader) => readSpan(reader, descending),
  };
}
