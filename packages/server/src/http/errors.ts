import { AegisError, type ErrorCode, type ErrorKind } from "aegisdb";

/** Codes of what only the server can complain about, with their statuses. */
export const httpErrorStatus = {
  INVALID_REQUEST: 400,
  HOST_NOT_ALLOWED: 403,
  ORIGIN_NOT_ALLOWED: 403,
  ROUTE_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  BODY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
} as const;

export type HttpErrorCode = keyof typeof httpErrorStatus;

/** The status of a database error by its kind: whose turn it is to do something. */
export const kindStatus: Readonly<Record<ErrorKind, number>> = {
  usage: 400,
  missing: 404,
  conflict: 409,
  environment: 503,
  corruption: 500,
  internal: 500,
};

/** Codes for which HTTP has a closer status than that of their kind. */
export const codeStatus: Readonly<Partial<Record<ErrorCode, number>>> = {
  DATABASE_CLOSED: 503,
  TIMEOUT: 503,
  ABORTED: 503,
  WRITE_STALLED: 503,
  DISK_FULL: 507,
  VALUE_TOO_LARGE: 413,
  TABLE_EXISTS: 409,
  COLUMN_EXISTS: 409,
  OBJECT_EXISTS: 409,
  UNIQUE_VIOLATION: 409,
  FOREIGN_KEY_VIOLATION: 409,
};

interface HttpErrorDetails {
  readonly detail?: string;
  readonly hint?: string;
  /** 1-based offset into the body, in characters. */
  readonly position?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that never reaches the database. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly code: HttpErrorCode;
  readonly details: HttpErrorDetails;

  constructor(code: HttpErrorCode, message: string, details: HttpErrorDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** How the library is spelled in its hints, which means nothing to who sends requests. */
const LIBRARY_CALL = /\b(?:db|tx)\.[a-z]|\bwith exec\b/i;

const SCRIPT_HINT =
  "Send a script to /api/v1/exec, with BEGIN and COMMIT where it is a transaction.";

/** What hints say over HTTP instead. */
const HINTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  UNSUPPORTED: SCRIPT_HINT,
  MULTIPLE_STATEMENTS: SCRIPT_HINT,
  PARAMETER_COUNT: "Send the statement alone to /api/v1/query, with its params.",
  SERIALIZATION_FAILURE: "Send the request again.",
};

/**
 * An error of a statement that a request carries. The path was found and so was the statement: a
 * name in it that is not there is a mistake in the body.
 */
export class StatementError extends Error {
  override readonly name = "StatementError";

  constructor(readonly error: AegisError) {
    super(error.message, { cause: error });
  }

  get status(): number {
    const { code, kind } = this.error;
    return kind === "missing" ? kindStatus.usage : (codeStatus[code] ?? kindStatus[kind]);
  }

  get hint(): string | undefined {
    const { code, hint } = this.error;
    return hint !== undefined && LIBRARY_CALL.test(hint) ? HINTS[code] : hint;
  }
}

/** The `error` member of a reply. */
export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  readonly position?: number | undefined;
}

export interface Failure {
  readonly status: number;
  readonly error: ErrorBody;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Whether somebody raised it on purpose. */
export function isExpected(thrown: unknown): boolean {
  return (
    thrown instanceof HttpError || thrown instanceof StatementError || thrown instanceof AegisError
  );
}

/**
 * What the client is told of anything that was thrown. Of an error that nobody raised on purpose it
 * learns nothing: such a message may carry paths or data.
 */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof HttpError) {
    const { code, message, details } = thrown;
    const { detail, hint, position, headers } = details;
    return {
      status: httpErrorStatus[code],
      error: { code, message, detail, hint, position },
      headers,
    };
  }
  if (thrown instanceof StatementError) {
    const { code, message, detail, position } = thrown.error;
    const { status, hint } = thrown;
    return { status, error: { code, message, detail, hint, position } };
  }
  if (thrown instanceof AegisError) {
    const { code, kind, message, detail, hint, position } = thrown;
    return {
      status: codeStatus[code] ?? kindStatus[kind],
      error: { code, message, detail, hint, position },
    };
  }
  return {
    status: kindStatus.internal,
    error: {
      code: "INTERNAL",
      message: "the server failed to answer this request",
      hint: "The server's error output says why.",
    },
  };
}
