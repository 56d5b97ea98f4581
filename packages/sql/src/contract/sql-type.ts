/** The types of SQL as the binder sees them; `types.ts` has the storage forms below. */
export type SqlTypeName =
  | "boolean"
  | "smallint"
  | "integer"
  | "bigint"
  | "real"
  | "double precision"
  | "numeric"
  | "text"
  | "varchar"
  | "char"
  | "bytea"
  | "date"
  | "time"
  | "timestamp"
  | "timestamptz"
  | "interval"
  | "uuid"
  | "json"
  | "jsonb"
  | "array"
  | "record"
  | "void"
  /** A string literal, NULL or parameter whose type the context decides. */
  | "unknown";

export interface SqlType {
  readonly name: SqlTypeName;
  /** varchar(n), char(n). */
  readonly length?: number;
  /** numeric(p, s); also the fractional digits of time and timestamp as `scale`. */
  readonly precision?: number;
  readonly scale?: number;
  /** Element type of an array. */
  readonly element?: SqlType;
  /** Fields of a record. */
  readonly fields?: readonly { readonly name: string; readonly type: SqlType }[];
}
