import {
  ColumnVector,
  isByteForm,
  isIntForm,
  type ColumnType,
  type Interval,
  type Value,
} from "@aegisdb/sql/contract";

/** A vector that holds `values`, as a memtable or a run would; with or without a dictionary. */
export function vectorOf(
  type: ColumnType,
  values: readonly Value[],
  dictionary = false,
): ColumnVector {
  const nulls = values.includes(null) ? Uint8Array.from(values, (v) => Number(v === null)) : null;
  if (!isByteForm(type.kind)) {
    return new ColumnVector(type, values.length, typedValues(type, values), nulls);
  }
  const vector = new ColumnVector(type, values.length, null, nulls);
  // A dictionary whose entries stand in another order than the rows.
  const order = values.map((_, row) => (dictionary ? values.length - 1 - row : row));
  const entries = order.map((row) => cellBytes(type, values[row]!));
  const room = entries.reduce((sum, entry) => sum + entry.length, 1);
  vector.bytes = new Uint8Array(room);
  vector.starts = new Uint32Array(entries.length);
  vector.ends = new Uint32Array(entries.length);
  // Starting past zero shows whoever forgets to add the start.
  let at = 1;
  entries.forEach((entry, i) => {
    vector.bytes!.set(entry, at);
    vector.starts![i] = at;
    at += entry.length;
    vector.ends![i] = at;
  });
  if (dictionary) vector.codes = Int32Array.from(order);
  return vector;
}

function typedValues(
  type: ColumnType,
  values: readonly Value[],
): Float64Array | BigInt64Array | Int32Array | Uint8Array {
  if (type.kind === "bool") return Uint8Array.from(values, (v) => Number(v));
  if (type.kind === "date") return Int32Array.from(values, (v) => Number(v));
  if (isIntForm(type.kind) && values.some((v) => typeof v === "bigint")) {
    return BigInt64Array.from(values, (v) => BigInt(v === null ? 0 : (v as number | bigint)));
  }
  return Float64Array.from(values, (v) => Number(v));
}

function cellBytes(type: ColumnType, value: Value): Uint8Array {
  if (value === null) return new Uint8Array(0);
  switch (type.kind) {
    case "text":
      return new TextEncoder().encode(value as string);
    case "uuid":
      return Uint8Array.from(Buffer.from((value as string).replaceAll("-", ""), "hex"));
    case "interval":
      return intervalBytes(value as Interval);
    default:
      return value as Uint8Array;
  }
}

function intervalBytes(value: Interval): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, value.months, true);
  view.setInt32(4, value.days, true);
  view.setBigInt64(8, BigInt(value.micros), true);
  return bytes;
}
