import type { SqlType } from "../types/index.js";

const INT32 = 2 ** 31;
const INT64 = 2n ** 63n;

/**
 * The type that a JavaScript value has where the statement does not say (`SELECT $1`), as the
 * literal of the same look would have it. NULL and empty arrays stay unknown.
 */
export function typeOfValue(value: unknown): SqlType {
  switch (typeof value) {
    case "string":
      return { name: "text" };
    case "boolean":
      return { name: "boolean" };
    case "number":
      if (!Number.isSafeInteger(value)) return { name: "double precision" };
      return { name: value >= -INT32 && value < INT32 ? "integer" : "bigint" };
    case "bigint":
      return { name: value >= -INT64 && value < INT64 ? "bigint" : "numeric" };
    default:
      return value === null || value === undefined ? { name: "unknown" } : typeOfObject(value);
  }
}

function typeOfObject(value: object): SqlType {
  if (value instanceof Date) return { name: "timestamptz" };
  if (value instanceof Uint8Array) return { name: "bytea" };
  if (!Array.isArray(value)) return { name: "jsonb" };
  const known = value.map(typeOfValue).filter((type) => type.name !== "unknown");
  const [first] = known;
  if (first === undefined) return { name: "unknown" };
  const alike = known.every((type) => type.name === first.name);
  if (alike) return first.name === "array" ? first : { name: "array", element: first };
  if (known.every(isNumber)) return { name: "array", element: widestNumber(known) };
  return { name: "jsonb" };
}

const NUMBERS = ["integer", "bigint", "double precision", "numeric"] as const;

function isNumber({ name }: SqlType): boolean {
  return NUMBERS.some((number) => number === name);
}

function widestNumber(types: readonly SqlType[]): SqlType {
  const name = NUMBERS.findLast((number) => types.some((type) => type.name === number));
  return { name: name ?? "numeric" };
}
