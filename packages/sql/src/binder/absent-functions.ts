const NO_LOCKS =
  "Read and write the rows themselves: transactions are serializable, and of two in each other's way one is run again.";
const NO_SLEEP = "Wait in JavaScript, between statements.";

/** Functions that there will not be, and what to do instead. */
const ABSENT: ReadonlyMap<string, string> = new Map([
  ...["pg_sleep", "pg_sleep_for", "pg_sleep_until"].map((name) => [name, NO_SLEEP] as const),
  ...["lock", "lock_shared", "unlock", "unlock_shared", "unlock_all", "xact_lock"]
    .concat("xact_lock_shared")
    .map((name) => [`pg_advisory_${name}`, NO_LOCKS] as const),
  ...["lock", "lock_shared", "xact_lock", "xact_lock_shared"].map(
    (name) => [`pg_try_advisory_${name}`, NO_LOCKS] as const,
  ),
]);

export function insteadOf(name: string): string | undefined {
  return ABSENT.get(name);
}
