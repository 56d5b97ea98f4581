import { AegisError } from "../../contract/errors.js";
import type { SqlType } from "../../types/sql-type.js";

/**
 * How the values of a type are told apart when rows are joined or made distinct:
 *
 * - `whole`, `float`: as doubles (with a map for integers past 2^53);
 * - `numeric`: as doubles where 15 digits are enough, else by their canonical text;
 * - `bytes`: texts and byte strings by their bytes, UUIDs by their 16;
 * - `datum`: everything else by `hashKey`.
 */
export type KeyClass = "whole" | "float" | "numeric" | "bytes" | "datum";

export function keyClassOf(type: SqlType): KeyClass {
  switch (type.name) {
    case "boolean":
    case "smallint":
    case "integer":
    case "bigint":
    case "date":
    case "time":
    case "timestamp":
    case "timestamptz":
      return "whole";
    case "real":
    case "double precision":
      return "float";
    case "numeric":
      return "numeric";
    case "text":
    case "varchar":
    case "char":
    case "unknown":
    case "bytea":
    case "uuid":
      return "bytes";
    default:
      return "datum";
  }
}

/** Types of one family have the same keys for equal values. */
function familyOf(type: SqlType): string {
  switch (type.name) {
    case "smallint":
    case "integer":
    case "bigint":
      return "int";
    case "real":
    case "double precision":
      return "float";
    case "text":
    case "varchar":
    case "unknown":
      return "text";
    case "array":
      return `${type.element === undefined ? "text" : familyOf(type.element)}[]`;
    case "record":
      return `(${(type.fields ?? []).map((field) => familyOf(field.type)).join()})`;
    default:
      return type.name;
  }
}

/**
 * Whether values of both types can be matched by key, and as which type then; undefined if only
 * the operator itself can compare them.
 */
export function commonKeyType(a: SqlType, b: SqlType): SqlType | undefined {
  const families = [familyOf(a), familyOf(b)];
  if (a.name === "json" || b.name === "json") return undefined;
  if (families[0] === families[1]) return a;
  if (families.includes("int") && families.includes("float")) return { name: "double precision" };
  return undefined;
}

/** Throws FUNCTION_NOT_FOUND for types whose values cannot be told apart. */
export function requireEquality(type: SqlType): void {
  if (type.name !== "json") return;
  throw new AegisError(
    "FUNCTION_NOT_FOUND",
    "could not identify an equality operator for type json",
    {
      hint: "Cast json to jsonb, whose values can be compared.",
    },
  );
}
