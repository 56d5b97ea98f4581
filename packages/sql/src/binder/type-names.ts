import { AegisError } from "../contract/errors.js";
import type { TypeName } from "../parser/ast.js";
import { typeByName, type SqlType, type SqlTypeName } from "../types/index.js";

/** PostgreSQL's own names for types, which results of casts are named by. */
const INTERNAL: Readonly<Partial<Record<SqlTypeName, string>>> = {
  boolean: "bool",
  smallint: "int2",
  integer: "int4",
  bigint: "int8",
  real: "float4",
  "double precision": "float8",
  char: "bpchar",
};

/** Types of the system catalog, as the types that hold their values here. */
const SYSTEM: ReadonlyMap<string, SqlType> = new Map<string, SqlType>([
  ["name", { name: "text" }],
  ["cstring", { name: "text" }],
  ["regclass", { name: "text" }],
  ["regtype", { name: "text" }],
  ["regproc", { name: "text" }],
  ["oid", { name: "bigint" }],
]);

/** The type that a name stands for. TYPE_NOT_FOUND where there is none. */
export function resolveType(node: TypeName): SqlType {
  const { position } = node;
  const name = node.path.at(-1)!;
  let type: SqlType | undefined;
  checkModifiers(node);
  try {
    type = typeByName(name, node.modifiers) ?? SYSTEM.get(name);
  } catch (error) {
    if (!(error instanceof AegisError)) throw error;
    throw new AegisError(error.code, error.message, { hint: error.hint, position });
  }
  if (name === "timetz") throw noTimeWithZone(position);
  if (type === undefined && name.startsWith("_")) type = arrayOf(typeByName(name.slice(1)));
  if (type === undefined) {
    const message = `type "${node.path.join(".")}" does not exist`;
    throw new AegisError("TYPE_NOT_FOUND", message, { position });
  }
  // PostgreSQL does not keep how many dimensions were declared.
  return node.dimensions > 0 ? { name: "array", element: type } : type;
}

/** The offset is part of such a value, and nothing here would keep it. */
function noTimeWithZone(position: number): AegisError {
  return new AegisError("UNSUPPORTED", "time with time zone is not supported", {
    position,
    hint: "Use timestamptz, or time where the offset does not matter.",
  });
}

/** Digits of a numeric and the length of a text are whole numbers, two at most. */
function checkModifiers({ path, modifiers, position }: TypeName): void {
  const fraction = modifiers.find((modifier) => !Number.isSafeInteger(modifier));
  if (fraction !== undefined) {
    const message = `invalid input syntax for type integer: "${fraction}"`;
    throw new AegisError("INVALID_TEXT_REPRESENTATION", message, { position });
  }
  if (modifiers.length <= 2) return;
  const message = `invalid ${path.at(-1)!.toUpperCase()} type modifier`;
  throw new AegisError("INVALID_ARGUMENT", message, { position });
}

function arrayOf(element: SqlType | undefined): SqlType | undefined {
  return element === undefined ? undefined : { name: "array", element };
}

/** The name of a result column that is a cast to this type. */
export function internalTypeName(node: TypeName): string {
  const name = node.path.at(-1)!;
  const known = typeByName(name)?.name;
  return known === undefined ? name : (INTERNAL[known] ?? known);
}
