/** An argument that cannot be used; the message names it and says what it may be. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
