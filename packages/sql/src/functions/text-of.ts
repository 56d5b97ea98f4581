import type { Datum } from "../types/datum.js";
import { findCast } from "../types/casts.js";
import type { SqlType } from "../types/sql-type.js";
import { type NonNullDatum, toText } from "../types/text-output.js";
import { floatDigits, sessionTimeZone, TEXT } from "./overloads.js";
import type { EvalContext } from "./registry.js";

/** Writes a value that is not NULL. */
export type TextWriter = (datum: Datum, context: EvalContext) => string;

/** How a cast to text writes values of the type: booleans in full, char without its padding. */
export function asText(type: SqlType): TextWriter {
  if (isPlainText(type)) return (datum) => datum as string;
  const cast = findCast(type, TEXT);
  if (cast === undefined) return asOutput(type);
  const digitsOf = digitsFor(type);
  return (datum, context) => {
    const textContext = {
      now: context.now,
      timeZone: sessionTimeZone(context),
      floatDigits: digitsOf(context),
    };
    return cast.apply(datum, TEXT, textContext, true) as string;
  };
}

/** How values of the type are shown: booleans as t and f, char with its padding. */
export function asOutput(type: SqlType): TextWriter {
  if (isPlainText(type)) return (datum) => datum as string;
  const digitsOf = digitsFor(type);
  return (datum, context) =>
    toText(datum as NonNullDatum, type, sessionTimeZone(context), digitsOf(context));
}

const WITH_FLOATS: readonly SqlType["name"][] = ["real", "double precision", "array", "record"];
const BY_SETTING: readonly SqlType["name"][] = [...WITH_FLOATS, "timestamptz"];

/** Looks the setting up for values that may hold a float. */
function digitsFor({ name }: SqlType): typeof floatDigits {
  return WITH_FLOATS.includes(name) ? floatDigits : () => undefined;
}

/** Settings of the session say how floats and instants are written. */
export function textVolatility({ name }: SqlType): "immutable" | "stable" {
  return BY_SETTING.includes(name) ? "stable" : "immutable";
}

function isPlainText({ name }: SqlType): boolean {
  return name === "text" || name === "varchar" || name === "unknown";
}
