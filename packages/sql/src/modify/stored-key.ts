import { type Interval, type Value, Variant } from "../contract/types.js";

/** Whether two rows in storage form have the same values in some columns; NULL is as NULL. */
export function sameKey(
  a: readonly Value[],
  b: readonly Value[],
  columns: readonly number[],
): boolean {
  for (const column of columns) {
    if (!sameValue(a[column] ?? null, b[column] ?? null)) return false;
  }
  return true;
}

function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  // Text that differs counts as a change; the check that follows is made for nothing then.
  if (a instanceof Variant || b instanceof Variant) return false;
  return sameInterval(a, b as Interval);
}

function sameInterval(a: Interval, b: Interval): boolean {
  return a.months === b.months && a.days === b.days && a.micros === b.micros;
}
