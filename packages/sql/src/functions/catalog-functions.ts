import { AegisError } from "../contract/errors.js";
import { typeByName, typeName } from "../types/names.js";
import { binary, scalar, unary } from "./define.js";
import { ANY, BOOLEAN, INTEGER, TEXT } from "./overloads.js";
import type { EvalContext, ParamType, ScalarFunction, SequenceAccess } from "./registry.js";

/**
 * What tools ask of PostgreSQL's catalog by functions. There is one user, who may do everything, and
 * nothing has comments.
 */
const LOOSE = { strict: false, volatility: "stable" } as const;

/** Numbers of the built-in types in pg_type. */
const TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [16, "boolean"],
  [17, "bytea"],
  [20, "bigint"],
  [21, "smallint"],
  [23, "integer"],
  [25, "text"],
  [114, "json"],
  [700, "real"],
  [701, "double precision"],
  [1042, "character"],
  [1043, "character varying"],
  [1082, "date"],
  [1083, "time without time zone"],
  [1114, "timestamp without time zone"],
  [1184, "timestamp with time zone"],
  [1186, "interval"],
  [1700, "numeric"],
  [2249, "record"],
  [2278, "void"],
  [2950, "uuid"],
  [3802, "jsonb"],
  [1000, "boolean[]"],
  [1001, "bytea[]"],
  [1005, "smallint[]"],
  [1007, "integer[]"],
  [1009, "text[]"],
  [1016, "bigint[]"],
  [1021, "real[]"],
  [1022, "double precision[]"],
  [1231, "numeric[]"],
]);

const VARCHAR_TYPES: ReadonlySet<number> = new Set([1042, 1043]);
const NUMERIC_TYPE = 1700;
/** A modifier counts the four bytes of a length before the text. */
const HEADER = 4;

/** `modifier` is the type's number for a length, or a precision and a scale. */
function formatType(oid: number, modifier: number | null): string {
  const name = TYPE_NAMES.get(oid);
  if (name === undefined) return "???";
  if (modifier === null || modifier < HEADER) return name;
  if (VARCHAR_TYPES.has(oid)) return `${name}(${modifier - HEADER})`;
  if (oid !== NUMERIC_TYPE) return name;
  return `${name}(${(modifier - HEADER) >> 16},${(modifier - HEADER) & 0xffff})`;
}

/** The name of a type that regtype gave, which is text here. */
function canonicalTypeName(text: string): string {
  const type = typeByName(text.toLowerCase());
  return type === undefined ? text : typeName(type);
}

/** A function of any arguments of these numbers, with one answer. */
function always(
  name: string,
  counts: readonly number[],
  result: ScalarFunction["result"],
  answer: boolean | null,
): readonly ScalarFunction[] {
  return counts.map((count) => {
    const params = Array.from({ length: count }, (): ParamType => ANY);
    return scalar(name, params, result, () => answer, LOOSE);
  });
}

function sequencesOf({ sequences }: EvalContext): SequenceAccess {
  if (sequences !== undefined) return sequences;
  throw new AegisError("UNSUPPORTED", "sequences cannot be looked up here");
}

/** The first user that PostgreSQL makes, whom all belongs to. */
const OWNER = 10;

const privileges = ["table", "column", "schema", "database", "sequence", "function", "type"];

/** Functions of section 9.26 that only describe. */
export const catalogFunctions: readonly ScalarFunction[] = [
  ...privileges.flatMap((kind) => always(`has_${kind}_privilege`, [2, 3, 4], BOOLEAN, true)),
  ...always("pg_has_role", [2, 3], BOOLEAN, true),
  ...["table", "type", "function", "operator"].flatMap((kind) =>
    always(`pg_${kind}_is_visible`, [1], BOOLEAN, true),
  ),
  ...always("obj_description", [1, 2], TEXT, null),
  ...always("col_description", [2], TEXT, null),
  ...always("shobj_description", [2], TEXT, null),
  scalar(
    "format_type",
    [INTEGER, INTEGER],
    TEXT,
    ([oid, modifier]) =>
      oid === null ? null : formatType(oid as number, (modifier ?? null) as number | null),
    LOOSE,
  ),
  scalar(
    "format_type",
    [TEXT, INTEGER],
    TEXT,
    ([name]) => (name === null ? null : canonicalTypeName(name as string)),
    LOOSE,
  ),
  unary<number>("pg_get_userbyid", INTEGER, TEXT, (oid, context) =>
    oid === OWNER ? context.currentUser : `unknown (OID=${oid})`,
  ),
  scalar("pg_client_encoding", [], TEXT, () => "UTF8"),
  unary<number>("pg_encoding_to_char", INTEGER, TEXT, (encoding) => (encoding === 6 ? "UTF8" : "")),
  binary<string>("pg_get_expr", [TEXT, ANY], TEXT, (text) => text),
  binary<string>(
    "pg_get_serial_sequence",
    [TEXT, TEXT],
    TEXT,
    (table, column, context) => sequencesOf(context).ownedBy(table, column) ?? null,
    { volatility: "stable" },
  ),
];
