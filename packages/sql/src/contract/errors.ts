import { errorCodes, type CodeEntry, type ErrorCode, type ErrorKind } from "./codes.js";

export interface ErrorDetails {
  /** What exactly was found, beyond the message. */
  readonly detail?: string | undefined;
  /** What to do about it. */
  readonly hint?: string | undefined;
  /** 1-based offset into the statement's text, in UTF-16 code units. */
  readonly position?: number | undefined;
  /** Overrides the code's own SQLSTATE where PostgreSQL is finer than our codes. */
  readonly sqlState?: string | undefined;
  /** Names of the things involved, for programs. */
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly constraint?: string | undefined;
  readonly cause?: unknown;
}

/** Every error the database raises on purpose. Compare `code`, never the message. */
export class AegisError extends Error {
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly sqlState: string | undefined;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  readonly position: number | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;
  readonly constraint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "AegisError";
    this.code = code;
    const entry: CodeEntry = errorCodes[code];
    this.kind = entry.kind;
    this.sqlState = details.sqlState ?? entry.sqlState;
    this.detail = details.detail;
    this.hint = details.hint;
    this.position = details.position;
    this.table = details.table;
    this.column = details.column;
    this.constraint = details.constraint;
  }
}

/** Our own invariant is broken: never the caller's fault, always worth a report. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AegisError("INTERNAL", `broken invariant: ${message}`);
}

/** For the `default` of a switch over a union: a missing case is a type error. */
export function unreachable(value: never): never {
  throw new AegisError("INTERNAL", `unexpected case: ${JSON.stringify(value)}`);
}
