export interface ClientErrorDetails {
  /** HTTP status of the reply; undefined if there was none. */
  readonly status?: number | undefined;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  /** Where in the statement or script, in characters, from 1 on. */
  readonly position?: number | undefined;
  readonly cause?: unknown;
}

/**
 * Everything that can go wrong with a request. `code` is the server's where it answered, otherwise
 * CONNECTION_FAILED, TIMEOUT, INVALID_REPLY or INVALID_ARGUMENT.
 */
export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly code: string;
  readonly status: number | undefined;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  readonly position: number | undefined;

  constructor(code: string, message: string, details: ClientErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.status = details.status;
    this.detail = details.detail;
    this.hint = details.hint;
    this.position = details.position;
  }
}
