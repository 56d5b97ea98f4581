import { AegisError } from "../contract/errors.js";
import type { SqlType } from "../types/sql-type.js";
import type { NonNullDatum } from "../types/text-output.js";
import { scalarText } from "./json-output.js";

/** The name that a value of any scalar type gives to a member of an object. */
export function jsonKey(datum: NonNullDatum, type: SqlType, timeZone: string): string {
  if (/^(json|jsonb|array|record)$/.test(type.name)) {
    const message = "key value must be scalar, not array, composite, or json";
    throw new AegisError("INVALID_ARGUMENT", message);
  }
  if (typeof datum === "boolean") return String(datum);
  return scalarText(datum, type, timeZone);
}
