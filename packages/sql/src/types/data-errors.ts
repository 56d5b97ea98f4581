import { AegisError } from "../contract/errors.js";

/** The text of a value is not of the form its type has. */
export function invalidText(typeName: string, text: string): AegisError {
  return new AegisError(
    "INVALID_TEXT_REPRESENTATION",
    `invalid input syntax for type ${typeName}: "${text}"`,
  );
}

/** The text of a date or time is not of any form we read. */
export function invalidDatetime(typeName: string, text: string): AegisError {
  return new AegisError("INVALID_DATETIME", `invalid input syntax for type ${typeName}: "${text}"`);
}

/** The fields of a date or time have values that no clock or calendar shows. */
export function datetimeFieldOverflow(text: string): AegisError {
  return new AegisError("DATETIME_OUT_OF_RANGE", `date/time field value out of range: "${text}"`);
}

/** A date, time or interval is beyond what its type holds; `what` is "timestamp", "date", … */
export function datetimeOutOfRange(what: string): AegisError {
  return new AegisError("DATETIME_OUT_OF_RANGE", `${what} out of range`);
}

/** A number is beyond what its type holds; `what` is "integer", "bigint", … */
export function numberOutOfRange(what: string): AegisError {
  return new AegisError("NUMERIC_OUT_OF_RANGE", `${what} out of range`);
}

export function divisionByZero(): AegisError {
  return new AegisError("DIVISION_BY_ZERO", "division by zero");
}
