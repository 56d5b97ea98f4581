/**
 * The one table of error codes. A code is stable: programs may compare against it, so a code is
 * added but never renamed. `sqlState` is PostgreSQL's, where PostgreSQL has the same error.
 *
 * The kinds differ in what the reader should do about them:
 * - `usage`: the caller's mistake; the call changed nothing and may be corrected.
 * - `missing`: the thing named does not exist.
 * - `conflict`: correct use that lost against another; trying again may succeed.
 * - `environment`: disk, memory, process or configuration around the database.
 * - `corruption`: bytes on disk are not what was written.
 * - `internal`: a broken invariant of ours; please report it.
 */
export type ErrorKind =
  "usage" | "missing" | "conflict" | "environment" | "corruption" | "internal";

/** What the table says of each code; `AegisError` reads every entry as this, which checks it. */
export interface CodeEntry {
  readonly kind: ErrorKind;
  readonly sqlState?: string;
  readonly meaning: string;
}

export const errorCodes = {
  // Life cycle and environment
  INVALID_OPTION: { kind: "usage", meaning: "an option is unknown or has a bad value" },
  INVALID_ARGUMENT: {
    kind: "usage",
    sqlState: "22023",
    meaning: "an argument of a call has a bad value",
  },
  DATABASE_CLOSED: { kind: "usage", sqlState: "57P01", meaning: "the database was closed" },
  DATABASE_LOCKED: {
    kind: "environment",
    sqlState: "55006",
    meaning: "another process holds the directory",
  },
  UNSUPPORTED_RUNTIME: {
    kind: "environment",
    meaning: "the runtime lacks something the database needs",
  },
  UNSUPPORTED_FORMAT: {
    kind: "environment",
    meaning: "the files were written by a newer, incompatible version",
  },
  IO_ERROR: { kind: "environment", sqlState: "58030", meaning: "reading or writing a file failed" },
  DISK_FULL: { kind: "environment", sqlState: "53100", meaning: "no space left on the device" },
  DURABILITY_LOST: {
    kind: "environment",
    sqlState: "58030",
    meaning: "a write or sync of the log failed; reopen the database",
  },
  CORRUPTION: {
    kind: "corruption",
    sqlState: "XX001",
    meaning: "a checksum or structure is wrong",
  },
  INTERNAL: { kind: "internal", sqlState: "XX000", meaning: "a broken invariant of ours" },
  LIMIT_EXCEEDED: {
    kind: "usage",
    sqlState: "54000",
    meaning: "something is larger than its limit",
  },
  OUT_OF_MEMORY: {
    kind: "environment",
    sqlState: "53200",
    meaning: "a query needs more memory than it may use",
  },
  RESULT_TOO_LARGE: {
    kind: "usage",
    sqlState: "54000",
    meaning: "a query has more rows than the call takes",
  },
  TIMEOUT: { kind: "conflict", sqlState: "57014", meaning: "the time limit passed" },
  ABORTED: { kind: "conflict", sqlState: "57014", meaning: "the caller's signal aborted the call" },

  // Transactions and the log
  SERIALIZATION_FAILURE: {
    kind: "conflict",
    sqlState: "40001",
    meaning: "another transaction changed what this one read",
  },
  TRANSACTION_ENDED: {
    kind: "usage",
    sqlState: "25000",
    meaning: "the transaction was already committed or rolled back",
  },
  READ_ONLY_TRANSACTION: {
    kind: "usage",
    sqlState: "25006",
    meaning: "a write in a read-only transaction",
  },
  NO_ACTIVE_TRANSACTION: { kind: "usage", sqlState: "25P01", meaning: "no transaction is open" },
  ACTIVE_TRANSACTION: {
    kind: "usage",
    sqlState: "25001",
    meaning: "a transaction is already open",
  },
  FAILED_TRANSACTION: {
    kind: "usage",
    sqlState: "25P02",
    meaning: "a statement failed earlier in this transaction",
  },
  LOG_MOVED: { kind: "conflict", meaning: "the log's end is not where the caller believed" },
  WRITE_STALLED: { kind: "conflict", meaning: "writes come faster than the log takes them" },

  // Values, keys and text
  INVALID_KEY: {
    kind: "usage",
    sqlState: "22023",
    meaning: "a key is empty, too long or malformed",
  },
  INVALID_TEXT: {
    kind: "usage",
    sqlState: "22021",
    meaning: "text holds a NUL or a lone surrogate",
  },
  VALUE_TOO_LARGE: {
    kind: "usage",
    sqlState: "54000",
    meaning: "a value is larger than its limit",
  },
  UNSUPPORTED_VALUE: { kind: "usage", meaning: "a value of a kind that cannot be stored" },
  NOT_A_NUMBER: { kind: "usage", meaning: "increment on a value that is not a number" },
  WATCH_LAGGED: {
    kind: "conflict",
    meaning: "a watcher fell too far behind and would have missed changes",
  },
  NOT_FOUND: { kind: "missing", meaning: "the thing named does not exist" },

  // SQL: text
  PARSE_ERROR: { kind: "usage", sqlState: "42601", meaning: "the text is not a statement we know" },
  NESTING_TOO_DEEP: { kind: "usage", sqlState: "54001", meaning: "the statement nests too deeply" },
  UNSUPPORTED: { kind: "usage", sqlState: "0A000", meaning: "a feature we do not have" },
  MULTIPLE_STATEMENTS: {
    kind: "usage",
    sqlState: "42601",
    meaning: "several statements where one is expected",
  },

  // SQL: names
  TABLE_NOT_FOUND: { kind: "missing", sqlState: "42P01", meaning: "no such table" },
  COLUMN_NOT_FOUND: { kind: "missing", sqlState: "42703", meaning: "no such column" },
  FUNCTION_NOT_FOUND: {
    kind: "missing",
    sqlState: "42883",
    meaning: "no such function or operator for these types",
  },
  TYPE_NOT_FOUND: { kind: "missing", sqlState: "42704", meaning: "no such type or object" },
  INDEX_NOT_FOUND: { kind: "missing", sqlState: "42704", meaning: "no such index" },
  CONSTRAINT_NOT_FOUND: { kind: "missing", sqlState: "42704", meaning: "no such constraint" },
  SCHEMA_NOT_FOUND: { kind: "missing", sqlState: "3F000", meaning: "no such schema" },
  PARAMETER_NOT_FOUND: { kind: "missing", sqlState: "42P02", meaning: "no such parameter" },
  SAVEPOINT_NOT_FOUND: { kind: "missing", sqlState: "3B001", meaning: "no such savepoint" },
  PREPARED_NOT_FOUND: { kind: "missing", sqlState: "26000", meaning: "no such prepared statement" },
  TABLE_EXISTS: { kind: "usage", sqlState: "42P07", meaning: "the table already exists" },
  COLUMN_EXISTS: { kind: "usage", sqlState: "42701", meaning: "the column already exists" },
  OBJECT_EXISTS: { kind: "usage", sqlState: "42710", meaning: "an object of that name exists" },
  AMBIGUOUS_COLUMN: { kind: "usage", sqlState: "42702", meaning: "several columns have that name" },
  AMBIGUOUS_FUNCTION: { kind: "usage", sqlState: "42725", meaning: "several functions would fit" },
  DUPLICATE_ALIAS: { kind: "usage", sqlState: "42712", meaning: "two tables have one name" },
  WRONG_OBJECT_TYPE: { kind: "usage", sqlState: "42809", meaning: "the object is of another kind" },
  DEPENDENT_OBJECTS: { kind: "usage", sqlState: "2BP01", meaning: "other objects depend on it" },

  // SQL: meaning
  TYPE_MISMATCH: { kind: "usage", sqlState: "42804", meaning: "a value of another type is needed" },
  CANNOT_CAST: { kind: "usage", sqlState: "42846", meaning: "no cast between the two types" },
  GROUPING_ERROR: { kind: "usage", sqlState: "42803", meaning: "grouping is not right" },
  WINDOWING_ERROR: { kind: "usage", sqlState: "42P20", meaning: "a window is not right" },
  INVALID_RECURSION: {
    kind: "usage",
    sqlState: "42P19",
    meaning: "a recursive query is not right",
  },
  INVALID_COLUMN_REFERENCE: {
    kind: "usage",
    sqlState: "42P10",
    meaning: "a column position or reference is not right",
  },
  INVALID_DEFINITION: {
    kind: "usage",
    sqlState: "42P16",
    meaning: "a table or column definition is not right",
  },
  INVALID_FOREIGN_KEY: { kind: "usage", sqlState: "42830", meaning: "a foreign key is not right" },
  SUBQUERY_ROWS: { kind: "usage", sqlState: "21000", meaning: "a subquery gave more than one row" },
  PARAMETER_COUNT: {
    kind: "usage",
    sqlState: "08P01",
    meaning: "the number of parameters does not fit the statement",
  },
  INDETERMINATE_TYPE: {
    kind: "usage",
    sqlState: "42P18",
    meaning: "the type of a parameter or NULL cannot be told",
  },

  // SQL: data
  CONSTRAINT_VIOLATION: { kind: "usage", sqlState: "23000", meaning: "a constraint forbids it" },
  NOT_NULL_VIOLATION: { kind: "usage", sqlState: "23502", meaning: "NULL in a NOT NULL column" },
  UNIQUE_VIOLATION: { kind: "usage", sqlState: "23505", meaning: "the key already exists" },
  FOREIGN_KEY_VIOLATION: {
    kind: "usage",
    sqlState: "23503",
    meaning: "the row refers to, or is referred to by, another row",
  },
  CHECK_VIOLATION: { kind: "usage", sqlState: "23514", meaning: "a CHECK forbids the row" },
  NUMERIC_OUT_OF_RANGE: {
    kind: "usage",
    sqlState: "22003",
    meaning: "a number is outside of its type",
  },
  DIVISION_BY_ZERO: { kind: "usage", sqlState: "22012", meaning: "division by zero" },
  INVALID_TEXT_REPRESENTATION: {
    kind: "usage",
    sqlState: "22P02",
    meaning: "text that is not a value of the type",
  },
  INVALID_DATETIME: {
    kind: "usage",
    sqlState: "22007",
    meaning: "text that is not a date or time",
  },
  DATETIME_OUT_OF_RANGE: {
    kind: "usage",
    sqlState: "22008",
    meaning: "a date or time outside of its range",
  },
  STRING_TOO_LONG: { kind: "usage", sqlState: "22001", meaning: "text longer than its column" },
  INVALID_REGEX: { kind: "usage", sqlState: "2201B", meaning: "not a regular expression" },
  INVALID_ESCAPE: { kind: "usage", sqlState: "22025", meaning: "a bad escape in a pattern" },
  INVALID_LIMIT: { kind: "usage", sqlState: "2201W", meaning: "LIMIT or OFFSET is not right" },
  INVALID_JSON: { kind: "usage", sqlState: "22P02", meaning: "text that is not JSON" },
  CARDINALITY_VIOLATION: {
    kind: "usage",
    sqlState: "21000",
    meaning: "a row would be changed twice by one statement",
  },
  SEQUENCE_ERROR: { kind: "usage", sqlState: "55000", meaning: "a sequence is used too early" },
  SEQUENCE_EXHAUSTED: { kind: "usage", sqlState: "2200H", meaning: "a sequence is at its end" },
} as const;

export type ErrorCode = keyof typeof errorCodes;
