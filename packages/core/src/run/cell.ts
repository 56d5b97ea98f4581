import { Variant, type ColumnKind, type Interval, type Value } from "@aegisdb/sql/contract";
import { getInt64 } from "../base/bytes.js";
import { readText } from "../base/text.js";
import { unpackVariant } from "../base/variant.js";
import { AegisError } from "../errors.js";

/** Values of the kinds that vectors and chunks keep as bytes. Nothing returned aliases them. */

const UUID_BYTES = 16;
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, "0"),
);

/** The value in `bytes[start, end)`. Precondition: `kind` is a byte form and the length fits. */
export function byteFormValue(
  kind: ColumnKind,
  bytes: Uint8Array,
  start: number,
  end: number,
): Value {
  switch (kind) {
    case "text":
      return readText(bytes, start, end);
    case "bytes":
    case "numeric":
      return bytes.slice(start, end);
    case "uuid":
      return readUuidBytes(bytes, start);
    case "interval":
      return readIntervalBytes(bytes, start);
    case "variant":
      return new Variant(unpackVariant(bytes, start, end));
    default:
      throw new AegisError("INTERNAL", `kind ${kind} is not kept as bytes`);
  }
}

export function readUuidBytes(bytes: Uint8Array, start: number): string {
  let text = "";
  for (let i = 0; i < UUID_BYTES; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += "-";
    text += HEX[bytes[start + i]!]!;
  }
  return text;
}

function readIntervalBytes(bytes: Uint8Array, start: number): Interval {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, UUID_BYTES);
  return {
    months: view.getInt32(0, true),
    days: view.getInt32(4, true),
    micros: getInt64(view, 8),
  };
}
