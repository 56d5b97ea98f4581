import type { SqlType } from "@aegisdb/sql";

/** What catalogs say of types: PostgreSQL's numbers and names. */
interface TypeFacts {
  readonly oid: number;
  readonly arrayOid: number;
  /** As in pg_type and udt_name. */
  readonly name: string;
  /** Bytes of a value; -1 where they vary. */
  readonly length: number;
  /** pg_type.typcategory. */
  readonly category: string;
}

const FACTS: ReadonlyMap<SqlType["name"], TypeFacts> = new Map(
  (
    [
      ["boolean", 16, 1000, "bool", 1, "B"],
      ["bytea", 17, 1001, "bytea", -1, "U"],
      ["bigint", 20, 1016, "int8", 8, "N"],
      ["smallint", 21, 1005, "int2", 2, "N"],
      ["integer", 23, 1007, "int4", 4, "N"],
      ["text", 25, 1009, "text", -1, "S"],
      ["json", 114, 199, "json", -1, "U"],
      ["real", 700, 1021, "float4", 4, "N"],
      ["double precision", 701, 1022, "float8", 8, "N"],
      ["unknown", 705, 0, "unknown", -2, "X"],
      ["char", 1042, 1014, "bpchar", -1, "S"],
      ["varchar", 1043, 1015, "varchar", -1, "S"],
      ["date", 1082, 1182, "date", 4, "D"],
      ["time", 1083, 1183, "time", 8, "D"],
      ["timestamp", 1114, 1115, "timestamp", 8, "D"],
      ["timestamptz", 1184, 1185, "timestamptz", 8, "D"],
      ["interval", 1186, 1187, "interval", 16, "T"],
      ["numeric", 1700, 1231, "numeric", -1, "N"],
      ["record", 2249, 2287, "record", -1, "P"],
      ["void", 2278, 0, "void", 4, "P"],
      ["uuid", 2950, 2951, "uuid", 16, "U"],
      ["jsonb", 3802, 3807, "jsonb", -1, "U"],
    ] as const
  ).map(([type, oid, arrayOid, name, length, category]) => [
    type,
    { oid, arrayOid, name, length, category },
  ]),
);

const UNKNOWN: TypeFacts = FACTS.get("unknown")!;

function factsOf(type: SqlType): TypeFacts {
  return FACTS.get(type.name) ?? UNKNOWN;
}

export function typeOid(type: SqlType): number {
  if (type.name !== "array") return factsOf(type).oid;
  return factsOf(type.element ?? { name: "text" }).arrayOid;
}

/** "int4", "_text" for an array of text. */
export function internalName(type: SqlType): string {
  if (type.name !== "array") return factsOf(type).name;
  return `_${factsOf(type.element ?? { name: "text" }).name}`;
}

export function typeLength(type: SqlType): number {
  return type.name === "array" ? -1 : factsOf(type).length;
}

/** The number in which PostgreSQL keeps a type's modifiers; -1 without any. */
export function typeModifier(type: SqlType): number {
  switch (type.name) {
    case "varchar":
    case "char":
      return type.length === undefined ? -1 : type.length + 4;
    case "numeric":
      if (type.precision === undefined) return -1;
      return ((type.precision << 16) | ((type.scale ?? 0) & 0x7ff)) + 4;
    case "array":
      return type.element === undefined ? -1 : typeModifier(type.element);
    default:
      return type.scale ?? -1;
  }
}

/** All types, arrays after what they are of, by their numbers. */
export function allTypes(): readonly (TypeFacts & { readonly element: TypeFacts | undefined })[] {
  const plain = [...FACTS.values()].map((facts) => ({ ...facts, element: undefined }));
  const arrays = [...FACTS.values()].flatMap((element) =>
    element.arrayOid === 0
      ? []
      : [
          {
            oid: element.arrayOid,
            arrayOid: 0,
            name: `_${element.name}`,
            length: -1,
            category: "A",
            element,
          },
        ],
  );
  return [...plain, ...arrays].sort((a, b) => a.oid - b.oid);
}

interface NumericFacts {
  readonly precision: number;
  readonly radix: number;
  readonly scale: number | null;
}

/** numeric_precision, its radix and numeric_scale; undefined for types without. */
export function numericFacts(type: SqlType): NumericFacts | undefined {
  switch (type.name) {
    case "smallint":
      return { precision: 16, radix: 2, scale: 0 };
    case "integer":
      return { precision: 32, radix: 2, scale: 0 };
    case "bigint":
      return { precision: 64, radix: 2, scale: 0 };
    case "real":
      return { precision: 24, radix: 2, scale: null };
    case "double precision":
      return { precision: 53, radix: 2, scale: null };
    case "numeric":
      if (type.precision === undefined) return undefined;
      return { precision: type.precision, radix: 10, scale: type.scale ?? 0 };
    default:
      return undefined;
  }
}

/** datetime_precision: digits of a second's fraction. */
export function datetimePrecision(type: SqlType): number | null {
  switch (type.name) {
    case "date":
      return 0;
    case "time":
    case "timestamp":
    case "timestamptz":
    case "interval":
      return type.scale ?? 6;
    default:
      return null;
  }
}
