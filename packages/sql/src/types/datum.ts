import type { Interval } from "../contract/types.js";
import type { Decimal } from "./decimal.js";
import type { Jsonb } from "./jsonb.js";

/**
 * A value inside the executor, where it is held one at a time (columns of them are vectors).
 *
 * | SqlType                     | Datum                                                    |
 * | --------------------------- | -------------------------------------------------------- |
 * | boolean                     | boolean                                                  |
 * | smallint, integer           | number                                                   |
 * | bigint                      | number where safe, else bigint; never a bigint in ±2^53  |
 * | real, double precision      | number (real is rounded to float32)                      |
 * | numeric                     | Decimal                                                  |
 * | text, varchar, char, unknown| string (char without its padding)                        |
 * | bytea                       | Uint8Array                                               |
 * | date                        | number, days since 1970-01-01; ±Infinity                 |
 * | time                        | number, microseconds                                     |
 * | timestamp, timestamptz      | number or bigint as bigint, microseconds UTC; ±Infinity  |
 * | interval                    | Interval                                                 |
 * | uuid                        | string, lower case                                       |
 * | json                        | string, the text as it was written                       |
 * | jsonb                       | Jsonb                                                    |
 * | array, record               | Datum[]                                                  |
 *
 * NULL is null.
 */
export type Datum =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Decimal
  | Interval
  | Jsonb
  | readonly Datum[];
