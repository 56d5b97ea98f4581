import { packVariantInPlace, type PackedVariant } from "../base/variant.js";
import { AegisError } from "../errors.js";
import { nameOf } from "./key.js";

/**
 * A value as it will be stored. Packed before the transaction begins, because getters and `toJSON`
 * of the caller's objects are code that may do anything, writing to this database included.
 * Throws VALUE_TOO_LARGE, or UNSUPPORTED_VALUE and the like for what cannot be stored.
 */
export function packValue(key: string, value: unknown, maxBytes: number): PackedVariant {
  if (value === undefined) {
    throw new AegisError("UNSUPPORTED_VALUE", `the key ${nameOf(key)} was given no value`, {
      hint: "Store null, or delete the key.",
    });
  }
  const packed = packVariantInPlace(value);
  const size = packed.end - packed.start;
  if (size > maxBytes) {
    throw new AegisError(
      "VALUE_TOO_LARGE",
      `the value of the key ${nameOf(key)} takes ${size} bytes; the limit is ${maxBytes}`,
      { hint: "Split the value, or raise kv.maxValueSize when opening the database." },
    );
  }
  return packed;
}
