export {
  AegisError,
  assert,
  errorCodes,
  unreachable,
  type ErrorCode,
  type ErrorDetails,
  type ErrorKind,
} from "@aegisdb/sql/contract";
