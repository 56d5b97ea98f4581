const SHOWN_CHARACTERS = 60;

/** A value of the caller's for a message: short, and never a call into an object of theirs. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.slice(0, SHOWN_CHARACTERS));
    case "bigint":
      return `${value.toString().slice(0, SHOWN_CHARACTERS)}n`;
    case "object":
      return value === null ? "null" : "an object";
    case "function":
    case "symbol":
      return `a ${typeof value}`;
    default:
      return String(value);
  }
}
