import { AegisError } from "../contract/errors.js";
import type { Datum } from "../types/datum.js";
import { aggregate, ANY_ARRAY, arrayOf, BYTEA, known, sameAs, TEXT } from "./overloads.js";
import type { AggregateFunction } from "./registry.js";

/** Pieces with the delimiters before them; the first value's delimiter is not used. */
function joining(type: typeof TEXT, join: (parts: readonly Datum[]) => Datum): AggregateFunction {
  return aggregate<Datum[]>({
    name: "string_agg",
    params: [type, type],
    result: type,
    strict: false,
    ordered: true,
    init: () => [],
    step: (parts, [value, delimiter]) => {
      if (value === null) return parts;
      if (parts.length > 0 && delimiter !== null) parts.push(delimiter!);
      parts.push(value!);
      return parts;
    },
    finish: (parts) => (parts.length === 0 ? null : join(parts)),
  });
}

const arrayAgg = aggregate<Datum[]>({
  name: "array_agg",
  params: [{ name: "anynonarray" }],
  result: ([type]) => arrayOf(known(type)),
  strict: false,
  ordered: true,
  init: () => [],
  step: (items, [value]) => {
    items.push(value!);
    return items;
  },
  // A copy: over a growing frame the state goes on from here.
  finish: (items) => (items.length === 0 ? null : items.slice()),
});

/** Arrays of arrays are one array of more dimensions, so all of them have the same shape. */
const arrayOfArrays: AggregateFunction = {
  ...arrayAgg,
  params: [ANY_ARRAY],
  result: sameAs(0),
  step: (state, [value]) => {
    const items = state as (readonly Datum[])[];
    if (value === null) throw refused("cannot accumulate null arrays", "22004");
    const next = value as readonly Datum[];
    if (next.length === 0) throw refused("cannot accumulate empty arrays", "2202E");
    const first = items[0];
    if (first !== undefined && !sameShape(first, next)) {
      throw refused("cannot accumulate arrays of different dimensionality", "2202E");
    }
    items.push(next);
    return items;
  },
};

function refused(message: string, sqlState: string): AegisError {
  return new AegisError("INVALID_ARGUMENT", message, { sqlState });
}

function sameShape(a: Datum, b: Datum): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return !Array.isArray(a) && !Array.isArray(b);
  return a.length === b.length && sameShape(a[0] as Datum, b[0] as Datum);
}

export const listAggregates: readonly AggregateFunction[] = [
  joining(TEXT, (parts) => (parts as readonly string[]).join("")),
  joining(BYTEA, (parts) => new Uint8Array(Buffer.concat(parts as readonly Uint8Array[]))),
  arrayAgg,
  arrayOfArrays,
];
