export { errorCodes, type ErrorCode, type ErrorKind } from "./codes.js";
export { AegisError, assert, unreachable, type ErrorDetails } from "./errors.js";
export type * from "./source.js";
export type * from "./table-change.js";
export { Variant, type ColumnKind, type ColumnType, type Interval, type Value } from "./types.js";
export { ColumnVector, isByteForm, isIntForm, type Batch } from "./vector.js";
