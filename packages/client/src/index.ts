export { AegisClient, type ClientOptions, type Health } from "./http-client.js";
export {
  KeyValueClient,
  type DeleteResult,
  type KeyValueEntry,
  type KeyValuePage,
  type ListOptions,
  type SetOptions,
} from "./key-value-client.js";
export type {
  Notice,
  QueryParameters,
  QueryResult,
  ScriptResult,
  Table,
  TableColumn,
  TableConstraint,
  TableIndex,
  TableSummary,
} from "./sql-results.js";
export type { Transport } from "./transport.js";
export { ClientError, type ClientErrorDetails } from "./errors.js";
export { CLIENT_VERSION } from "./version.js";
