/**
 * The types a stored column can have. SQL's own types (VARCHAR(n), SMALLINT, …) map onto these;
 * what a type forbids beyond them is checked above storage.
 *
 * | kind      | JavaScript value at this boundary            | order               |
 * | --------- | -------------------------------------------- | ------------------- |
 * | int       | number where safe, else bigint (64 bits)     | numeric             |
 * | float     | number; NaN equals itself and is the largest | numeric             |
 * | bool      | boolean                                      | false first         |
 * | text      | string without NUL or lone surrogates        | code points         |
 * | bytes     | Uint8Array                                   | bytes               |
 * | timestamp | microseconds since 1970 UTC, as `int`        | numeric             |
 * | decimal   | the number scaled by 10^scale, as `int`      | numeric             |
 * | numeric   | its order-preserving encoding, a Uint8Array  | bytes               |
 * | date      | days since 1970-01-01, number (32 bits)      | numeric             |
 * | time      | microseconds since midnight, number          | numeric             |
 * | interval  | `Interval`                                   | months = 30 days    |
 * | uuid      | 36 lower-case characters                     | bytes               |
 * | variant   | any JSON-like value                          | none: never a key   |
 */
export type ColumnType =
  | { readonly kind: "int" }
  | { readonly kind: "float" }
  | { readonly kind: "bool" }
  | { readonly kind: "text" }
  | { readonly kind: "bytes" }
  | { readonly kind: "timestamp" }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }
  | { readonly kind: "numeric" }
  | { readonly kind: "date" }
  | { readonly kind: "time" }
  | { readonly kind: "interval" }
  | { readonly kind: "uuid" }
  | { readonly kind: "variant" };

export type ColumnKind = ColumnType["kind"];

export interface Interval {
  readonly months: number;
  readonly days: number;
  /** Microseconds; may exceed a day and may be negative. */
  readonly micros: number | bigint;
}

/** A value of any column type; `null` is SQL's NULL. Variants are `unknown` by nature. */
export type Value = null | number | bigint | boolean | string | Uint8Array | Interval | Variant;

/** A value for a `variant` column, wrapped so that it cannot be taken for another type's. */
export class Variant {
  readonly json: unknown;
  constructor(json: unknown) {
    this.json = json;
  }
}
