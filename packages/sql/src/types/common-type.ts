import { AegisError } from "../contract/errors.js";
import { findCast } from "./casts.js";
import { typeName } from "./names.js";
import type { SqlType, SqlTypeName } from "./sql-type.js";

/** Types of one category convert into each other rather than into others. */
export type TypeCategory =
  "boolean" | "number" | "string" | "datetime" | "timespan" | "array" | "other" | "unknown";

export function categoryOf(name: SqlTypeName): TypeCategory {
  switch (name) {
    case "boolean":
      return "boolean";
    case "smallint":
    case "integer":
    case "bigint":
    case "real":
    case "double precision":
    case "numeric":
      return "number";
    case "text":
    case "varchar":
    case "char":
      return "string";
    case "date":
    case "time":
    case "timestamp":
    case "timestamptz":
      return "datetime";
    case "interval":
      return "timespan";
    case "array":
      return "array";
    case "unknown":
      return "unknown";
    default:
      return "other";
  }
}

const PREFERRED: ReadonlySet<SqlTypeName> = new Set<SqlTypeName>([
  "boolean",
  "double precision",
  "text",
  "timestamptz",
  "interval",
]);

/** Whether its category's values tend to this type when nothing else decides. */
export function isPreferred(name: SqlTypeName): boolean {
  return PREFERRED.has(name);
}

/** Whether values become the other type wherever an expression needs it. */
export function castsImplicitly(from: SqlType, to: SqlType): boolean {
  return findCast(from, to)?.kind === "implicit";
}

/**
 * The one type for the branches of a CASE, UNION, COALESCE, VALUES or ARRAY; `what` names the
 * construct in the TYPE_MISMATCH or CANNOT_CAST it throws. Literals of unknown type follow the others, and are
 * text among themselves. Modifiers are kept where all have the same.
 */
export function commonType(types: readonly SqlType[], what: string): SqlType {
  const known = types.filter((type) => type.name !== "unknown");
  const first = known[0];
  if (first === undefined) return { name: "text" };
  if (known.length === types.length && known.every((type) => sameType(type, first))) return first;
  let chosen: SqlType = first;
  for (const next of known.slice(1)) {
    if (sameBase(next, chosen)) continue;
    if (categoryOf(next.name) !== categoryOf(chosen.name)) throw mismatch(what, chosen, next);
    const widens = castsImplicitly(chosen, next) && !castsImplicitly(next, chosen);
    if (!isPreferred(chosen.name) && widens) chosen = next;
  }
  for (const type of known) {
    if (castsImplicitly(type, chosen)) continue;
    const names = `${typeName(type)} to ${typeName(chosen)}`;
    throw new AegisError("CANNOT_CAST", `${what} could not convert type ${names}`);
  }
  return known.every((type) => sameType(type, chosen)) ? chosen : withoutModifiers(chosen);
}

/** The same type, modifiers aside. */
export function sameBase(a: SqlType, b: SqlType): boolean {
  if (a.name !== b.name) return false;
  if (a.element === undefined || b.element === undefined) return a.element === b.element;
  return sameBase(a.element, b.element);
}

function sameType(a: SqlType, b: SqlType): boolean {
  if (a.length !== b.length || a.precision !== b.precision || a.scale !== b.scale) return false;
  if (a.element !== undefined && b.element !== undefined && !sameType(a.element, b.element)) {
    return false;
  }
  return sameBase(a, b);
}

export function withoutModifiers(type: SqlType): SqlType {
  if (type.element !== undefined) {
    return { name: type.name, element: withoutModifiers(type.element) };
  }
  return type.fields === undefined ? { name: type.name } : { name: type.name, fields: type.fields };
}

function mismatch(what: string, a: SqlType, b: SqlType): AegisError {
  return new AegisError(
    "TYPE_MISMATCH",
    `${what} types ${typeName(a)} and ${typeName(b)} cannot be matched`,
    { hint: "Cast one of them to the type you want." },
  );
}
