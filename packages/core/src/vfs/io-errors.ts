import { AegisError } from "../errors.js";

/** What an implementation reports when the system, or a test, refuses an operation. */

const NO_SPACE = new Set(["ENOSPC", "EDQUOT"]);

/** The error for the system's `code` (`ENOENT`, `EIO`, …) of `operation` on `path`. */
export function ioError(
  operation: string,
  path: string,
  systemCode: string,
  cause?: unknown,
): AegisError {
  const message = `${operation} "${path}" failed: ${systemCode}`;
  if (systemCode === "ENOENT") return new AegisError("NOT_FOUND", message, { cause });
  if (NO_SPACE.has(systemCode)) {
    return new AegisError("DISK_FULL", message, {
      hint: "Free space on the device or raise the quota, then try again.",
      cause,
    });
  }
  return new AegisError("IO_ERROR", message, { cause });
}

/** The same for whatever a system call threw. */
export function wrapSystemError(operation: string, path: string, error: unknown): AegisError {
  if (error instanceof AegisError) return error;
  const code =
    typeof error === "object" && error !== null && "code" in error ? String(error.code) : "unknown";
  return ioError(operation, path, code, error);
}

/** Whether there was no room: what was begun can be taken back, and may succeed later. */
export function isDiskFull(error: unknown): error is AegisError {
  return error instanceof AegisError && error.code === "DISK_FULL";
}
