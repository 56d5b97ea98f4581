export { Database } from "./database.js";
export type { CheckReport, Problem } from "./engine/check.js";
export type { Isolation, TransactionOptions } from "./engine/contract.js";
export type { LongCallOptions, Progress } from "./engine/life-cycle.js";
export type { DatabaseStats } from "./engine/stats.js";
export {
  AegisError,
  errorCodes,
  type ErrorCode,
  type ErrorDetails,
  type ErrorKind,
} from "./errors.js";
export type * from "./kv/index.js";
/** `openDatabase` is `open` by its longer name. */
export { open, open as openDatabase } from "./open.js";
export type { KvOptions, OpenOptions, Size } from "./options.js";
export type * from "./query/api/types.js";
export type { Session } from "./query/api/session.js";
export type {
  ColumnDescription,
  ConstraintDescription,
  IndexDescription,
  TableDescription,
} from "./query/index.js";
export type { DatabaseSnapshot } from "./snapshot.js";
export type { Transaction } from "./transaction.js";
