import type { Datum } from "./datum.js";
import { conversionOf, type Conversion } from "./conversions.js";
import type { TextContext } from "./datetime-parser.js";
import { applyModifier } from "./modifiers.js";
import type { SqlType, SqlTypeName } from "./sql-type.js";
import { fromText } from "./text-input.js";
import { type NonNullDatum, toText } from "./text-output.js";

/**
 * Where a cast happens by itself: `implicit` anywhere, `assignment` only when a value is stored
 * in a column, `explicit` only where CAST or :: asks for it.
 */
export type CastKind = "implicit" | "assignment" | "explicit";

export interface Cast {
  readonly kind: CastKind;
  /**
   * The value as type `to`, its modifiers applied; `explicit` says that the statement wrote the
   * cast, which cuts text that is too long. NULL gives NULL.
   */
  readonly apply: (datum: Datum, to: SqlType, context: TextContext, explicit: boolean) => Datum;
}

/** To each type: the types its values come from implicitly, by assignment, explicitly. */
const MATRIX: Readonly<Partial<Record<SqlTypeName, Readonly<Partial<Record<CastKind, string>>>>>> =
  {
    smallint: { assignment: "integer,bigint,real,double precision,numeric", explicit: "jsonb" },
    integer: {
      implicit: "smallint",
      assignment: "bigint,real,double precision,numeric",
      explicit: "boolean,jsonb",
    },
    bigint: {
      implicit: "smallint,integer",
      assignment: "real,double precision,numeric",
      explicit: "jsonb",
    },
    real: {
      implicit: "smallint,integer,bigint,numeric",
      assignment: "double precision",
      explicit: "jsonb",
    },
    "double precision": { implicit: "smallint,integer,bigint,numeric,real", explicit: "jsonb" },
    numeric: {
      implicit: "smallint,integer,bigint",
      assignment: "real,double precision",
      explicit: "jsonb",
    },
    boolean: { explicit: "integer,jsonb" },
    text: { implicit: "varchar,char" },
    varchar: { implicit: "text,char" },
    char: { implicit: "text,varchar" },
    date: { assignment: "timestamp,timestamptz" },
    time: { assignment: "timestamp,timestamptz,interval" },
    timestamp: { implicit: "date", assignment: "timestamptz" },
    timestamptz: { implicit: "date,timestamp" },
    interval: { implicit: "time" },
    json: { assignment: "jsonb" },
    jsonb: { assignment: "json" },
  };

/** The way from one type to another, or undefined where there is none. */
export function findCast(from: SqlType, to: SqlType): Cast | undefined {
  if (from.name === "array" && to.name === "array") return arrayCast(from, to);
  if (from.name === to.name) return { kind: "implicit", apply: withModifier((datum) => datum) };
  const kind = castKind(from.name, to.name);
  if (kind === undefined) return undefined;
  const conversion = conversionOf(from.name, to.name);
  if (conversion !== undefined) return { kind, apply: withModifier(conversion) };
  if (isText(to.name)) {
    return {
      kind,
      apply: withModifier((datum, _to, context) => castText(datum, from, context)),
    };
  }
  const read: Conversion = (datum, type, context) =>
    fromText(toText(datum, from, context.timeZone), type, context);
  return { kind, apply: withModifier(read) };
}

/** The table by the type to cast to and the type to cast from. */
const KINDS: ReadonlyMap<string, ReadonlyMap<string, CastKind>> = new Map(
  Object.entries(MATRIX).map(([to, row]) => [
    to,
    new Map(
      (["implicit", "assignment", "explicit"] as const).flatMap((kind) =>
        (row[kind]?.split(",") ?? []).map((from) => [from, kind] as const),
      ),
    ),
  ]),
);

function castKind(from: SqlTypeName, to: SqlTypeName): CastKind | undefined {
  if (from === "unknown") return "implicit";
  if (from === "void" || to === "void" || to === "unknown" || to === "record") return undefined;
  const kind = KINDS.get(to)?.get(from);
  if (kind !== undefined) return kind;
  // Any value can be written as text, and read from it; neither happens by itself in expressions.
  if (isText(to)) return "assignment";
  return isText(from) ? "explicit" : undefined;
}

function isText(name: SqlTypeName): boolean {
  return name === "text" || name === "varchar" || name === "char";
}

/** A cast writes booleans in full, where psql shows one letter. */
function castText(
  datum: NonNullDatum,
  from: SqlType,
  { timeZone, floatDigits }: TextContext,
): string {
  if (typeof datum === "boolean") return datum ? "true" : "false";
  // The blanks at the end of a char are no part of it once it is text.
  if (from.name === "char") return datum as string;
  return toText(datum, from, timeZone, floatDigits);
}

function withModifier(convert: Conversion): Cast["apply"] {
  return (datum, to, context, explicit) => {
    const converted = datum === null ? null : convert(datum, to, context);
    return converted === null ? null : applyModifier(converted, to, explicit);
  };
}

function arrayCast(from: SqlType, to: SqlType): Cast | undefined {
  const fromElement = from.element ?? { name: "unknown" };
  const toElement = to.element ?? { name: "unknown" };
  const element = findCast(fromElement, toElement);
  if (element === undefined) return undefined;
  const apply: Cast["apply"] = (datum, _to, context, explicit) => {
    if (datum === null) return null;
    const convert = (item: Datum): Datum =>
      Array.isArray(item)
        ? (item as readonly Datum[]).map(convert)
        : element.apply(item, toElement, context, explicit);
    return (datum as readonly Datum[]).map(convert);
  };
  return { kind: element.kind, apply };
}
