import type { Datum } from "../types/datum.js";
import type { SqlType } from "../types/sql-type.js";

/** The items of an array; those of an array of several dimensions are arrays again. */
export type Items = readonly Datum[];

/** Lengths of the dimensions, outermost first; none for an empty array. */
export function dimensions(items: Items): readonly number[] {
  const lengths: number[] = [];
  for (let at: Datum = items; Array.isArray(at) && at.length > 0; at = at[0] as Datum) {
    lengths.push(at.length);
  }
  return lengths;
}

/** All values in order, whatever the dimensions. Items of a record type stay whole. */
export function flatItems(items: Items, depth: number): Items {
  return depth <= 1 ? items : items.flatMap((item) => flatItems(item as Items, depth - 1));
}

/** How many dimensions an array of that type has. */
export function depthOf(items: Items, type: SqlType): number {
  // Records are arrays inside of JavaScript too, but no dimension of the array that holds them.
  return dimensions(items).length - (type.element?.name === "record" && items.length > 0 ? 1 : 0);
}
