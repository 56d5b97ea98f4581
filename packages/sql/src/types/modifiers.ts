import { AegisError } from "../contract/errors.js";
import type { Interval } from "../contract/types.js";
import type { Datum } from "./datum.js";
import { roundMicros } from "./datetime.js";
import { constrain } from "./decimal-arithmetic.js";
import type { Decimal } from "./decimal.js";
import { makeInterval } from "./interval.js";
import { typeText } from "./names.js";
import type { SqlType } from "./sql-type.js";
import { withoutPadding } from "./text-input.js";
import { countCharacters, type NonNullDatum } from "./text-output.js";

/**
 * The value as a column of exactly this type holds it: numeric(p,s) rounds, timestamp(p) rounds,
 * varchar(n) and char(n) throw STRING_TOO_LONG, or cut the text where the cast was explicit.
 */
export function applyModifier(datum: NonNullDatum, type: SqlType, explicit: boolean): NonNullDatum {
  switch (type.name) {
    case "varchar":
      return type.length === undefined ? datum : fitLength(datum as string, type, explicit);
    case "char": {
      const text = withoutPadding(datum as string);
      return type.length === undefined ? text : fitLength(text, type, explicit);
    }
    case "numeric":
      if (type.precision === undefined) return datum;
      return constrain(datum as Decimal, type.precision, type.scale ?? 0);
    case "time":
    case "timestamp":
    case "timestamptz":
      if (type.scale === undefined) return datum;
      return roundMicros(datum as number | bigint, type.scale);
    case "interval": {
      if (type.scale === undefined) return datum;
      const { months, days, micros } = datum as Interval;
      return makeInterval(months, days, roundMicros(micros, type.scale));
    }
    case "array": {
      const element = type.element;
      if (element === undefined || !hasModifier(element)) return datum;
      return (datum as readonly Datum[]).map((item) => {
        if (item === null) return null;
        return applyModifier(item, Array.isArray(item) ? type : element, explicit);
      });
    }
    default:
      return datum;
  }
}

function hasModifier(type: SqlType): boolean {
  if (type.name === "array") return type.element !== undefined && hasModifier(type.element);
  return type.length !== undefined || type.precision !== undefined || type.scale !== undefined;
}

function fitLength(text: string, type: SqlType, explicit: boolean): string {
  const length = type.length ?? 0;
  if (text.length <= length || countCharacters(text) <= length) return text;
  const characters = Array.from(text);
  // Blanks past the end are never an error; they are cut, as the standard wants it.
  if (explicit || withoutPadding(characters.slice(length).join("")) === "") {
    const cut = characters.slice(0, length).join("");
    return type.name === "char" ? withoutPadding(cut) : cut;
  }
  throw new AegisError("STRING_TOO_LONG", `value too long for type ${typeText(type)}`);
}
