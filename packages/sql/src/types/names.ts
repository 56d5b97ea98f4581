import { AegisError } from "../contract/errors.js";
import type { SqlType, SqlTypeName } from "./sql-type.js";

/** Digits a numeric(p, s) may declare. */
const MAX_PRECISION = 1000;
const MAX_LENGTH = 10_485_760;
const MAX_FRACTION_DIGITS = 6;
/** float(1) to float(24) are real, float(25) to float(53) are double precision. */
const MAX_REAL_BITS = 24;
const MAX_FLOAT_BITS = 53;

const NAMES: ReadonlyMap<string, SqlTypeName> = new Map(
  (
    [
      ["boolean", "bool"],
      ["smallint", "int2 tinyint smallserial serial2"],
      ["integer", "int int4 mediumint serial serial4"],
      ["bigint", "int8 bigserial serial8"],
      ["real", "float4"],
      ["double precision", "float float8 double"],
      ["numeric", "decimal dec"],
      // A path of SQL/JSON is parsed where it is used, and is text until then.
      ["text", "string clob jsonpath"],
      ["varchar", "character_varying char_varying nvarchar"],
      ["char", "character bpchar nchar"],
      ["bytea", "blob binary varbinary"],
      ["date", ""],
      ["time", "time_without_time_zone"],
      ["timestamp", "datetime timestamp_without_time_zone"],
      ["timestamptz", "timestamp_with_time_zone"],
      ["interval", ""],
      ["uuid", ""],
      ["json", ""],
      ["jsonb", ""],
      ["record", ""],
      ["void", ""],
      ["unknown", ""],
    ] as const
  ).flatMap(([name, aliases]) =>
    [name, ...aliases.split(" ").filter((alias) => alias !== "")].map(
      (alias) => [alias.replaceAll("_", " "), name] as const,
    ),
  ),
);

const SERIAL: ReadonlySet<string> = new Set(
  "serial serial2 serial4 serial8 smallserial bigserial".split(" "),
);

/** Whether the name is an integer type with a sequence of its own. */
export function isSerialName(name: string): boolean {
  return SERIAL.has(name);
}

/**
 * The type of a lower-case name with single spaces ("int4", "timestamp with time zone") and its
 * modifiers. Undefined where there is no such type; INVALID_ARGUMENT for bad modifiers.
 */
export function typeByName(name: string, modifiers: readonly number[] = []): SqlType | undefined {
  const known = NAMES.get(name);
  if (known === undefined) return undefined;
  const [first, second] = modifiers;
  if (first === undefined) return known === "char" && name !== "bpchar" ? CHAR1 : { name: known };
  switch (known) {
    case "varchar":
    case "char":
      return { name: known, length: checkLength(known, first) };
    case "numeric":
      return numericType(first, second ?? 0);
    case "double precision":
      return name === "float" ? { name: floatName(first) } : noModifiers(known);
    case "time":
    case "timestamp":
    case "timestamptz":
    case "interval":
      return { name: known, scale: Math.min(first, MAX_FRACTION_DIGITS) };
    // Other dialects give a display width or a length here, which changes nothing.
    case "smallint":
    case "integer":
    case "bigint":
    case "bytea":
      return { name: known };
    default:
      return noModifiers(known);
  }
}

const CHAR1: SqlType = { name: "char", length: 1 };

function checkLength(typeName: string, length: number): number {
  if (length < 1) {
    throw new AegisError("INVALID_ARGUMENT", `length for type ${typeName} must be at least 1`);
  }
  if (length > MAX_LENGTH) {
    const message = `length for type ${typeName} cannot exceed ${MAX_LENGTH}`;
    throw new AegisError("INVALID_ARGUMENT", message);
  }
  return length;
}

function numericType(precision: number, scale: number): SqlType {
  if (precision < 1 || precision > MAX_PRECISION) {
    const message = `NUMERIC precision ${precision} must be between 1 and ${MAX_PRECISION}`;
    throw new AegisError("INVALID_ARGUMENT", message);
  }
  if (scale < -MAX_PRECISION || scale > MAX_PRECISION) {
    const range = `between -${MAX_PRECISION} and ${MAX_PRECISION}`;
    throw new AegisError("INVALID_ARGUMENT", `NUMERIC scale ${scale} must be ${range}`);
  }
  return { name: "numeric", precision, scale };
}

function floatName(bits: number): SqlTypeName {
  if (bits < 1) {
    const message = "precision for type float must be at least 1 bit";
    throw new AegisError("INVALID_ARGUMENT", message);
  }
  if (bits > MAX_FLOAT_BITS) {
    const message = "precision for type float must be less than 54 bits";
    throw new AegisError("INVALID_ARGUMENT", message);
  }
  return bits <= MAX_REAL_BITS ? "real" : "double precision";
}

function noModifiers(typeName: string): never {
  const message = `type modifier is not allowed for type "${typeName}"`;
  throw new AegisError("PARSE_ERROR", message);
}

/** The full name, modifiers included: "character varying(20)", "numeric(10,2)", "integer[]". */
export function typeText(type: SqlType): string {
  switch (type.name) {
    case "varchar":
    case "char":
      return type.length === undefined ? typeName(type) : `${typeName(type)}(${type.length})`;
    case "numeric":
      return type.precision === undefined
        ? "numeric"
        : `numeric(${type.precision},${type.scale ?? 0})`;
    case "time":
    case "timestamp":
    case "timestamptz":
    case "interval": {
      if (type.scale === undefined) return typeName(type);
      const [first, ...rest] = typeName(type).split(" ");
      return [`${first}(${type.scale})`, ...rest].join(" ");
    }
    case "array":
      return `${typeText(type.element ?? { name: "unknown" })}[]`;
    default:
      return typeName(type);
  }
}

/** The name without modifiers, as pg_typeof and information_schema print it. */
export function typeName(type: SqlType): string {
  switch (type.name) {
    case "varchar":
      return "character varying";
    case "char":
      return "character";
    case "time":
      return "time without time zone";
    case "timestamp":
      return "timestamp without time zone";
    case "timestamptz":
      return "timestamp with time zone";
    case "array":
      return `${typeName(type.element ?? { name: "unknown" })}[]`;
    default:
      return type.name;
  }
}
