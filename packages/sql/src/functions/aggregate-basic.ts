import type { Datum } from "../types/datum.js";
import { comparatorOf } from "../types/compare.js";
import type { SqlType } from "../types/sql-type.js";
import type { NonNullDatum } from "../types/text-output.js";
import {
  aggregate,
  ANY,
  ANY_ARRAY,
  ANY_ELEMENT,
  BIGINT,
  BOOLEAN,
  CHAR,
  DATE,
  DOUBLE,
  INTEGER,
  INTEGER_TYPES,
  INTERVAL,
  NUMERIC,
  REAL,
  sameAs,
  SMALLINT,
  TEXT,
  TIME,
  TIMESTAMP,
  TIMESTAMPTZ,
} from "./overloads.js";
import type { AggregateFunction } from "./registry.js";

class Counter {
  count = 0;
}

const counting = {
  name: "count",
  result: BIGINT,
  init: () => new Counter(),
  step: (state: Counter) => {
    state.count++;
    return state;
  },
  unstep: (state: Counter) => {
    state.count--;
    return state;
  },
  finish: (state: Counter) => state.count,
} as const;

/** Values that a kernel compares as the numbers they are stored as. */
const PLAIN: readonly SqlType[] = [
  SMALLINT,
  INTEGER,
  BIGINT,
  REAL,
  DOUBLE,
  DATE,
  TIME,
  TIMESTAMP,
  TIMESTAMPTZ,
];

function extreme(name: "min" | "max", type: SqlType, plain: boolean): AggregateFunction {
  const compare = comparatorOf(type);
  const sign = name === "min" ? -1 : 1;
  return aggregate<Datum>({
    name,
    params: [type],
    // The argument's own type, for a char keeps its length and with it its blanks.
    result: sameAs(0),
    init: () => null,
    // Of equal values that look different, such as 1.0 and 1.00, the last one stays.
    step: (best, [value]) =>
      best === null || compare(value as NonNullDatum, best) * sign >= 0 ? value! : best,
    finish: (best) => best,
    ...(plain && { kernel: name }),
  });
}

/** Arrays compare as their elements do, which only the argument's type tells. */
function arrayExtreme(name: "min" | "max"): AggregateFunction {
  return {
    ...extreme(name, { name: "array", element: TEXT }, false),
    params: [ANY_ARRAY],
    forTypes: ([type]) => extreme(name, type!, false),
  };
}

class Votes {
  yes = 0;
  no = 0;

  add(value: Datum | undefined, weight: number): this {
    if (value === true) this.yes += weight;
    else this.no += weight;
    return this;
  }
}

function vote(name: string, decide: (votes: Votes) => boolean): AggregateFunction {
  return aggregate<Votes>({
    name,
    params: [BOOLEAN],
    result: BOOLEAN,
    init: () => new Votes(),
    step: (votes, [value]) => votes.add(value, 1),
    unstep: (votes, [value]) => votes.add(value, -1),
    finish: (votes) => (votes.yes + votes.no === 0 ? null : decide(votes)),
  });
}

type BitOperation = (a: bigint, b: bigint) => bigint;

function bits(name: string, type: SqlType, combine: BitOperation): AggregateFunction {
  return aggregate<number | bigint | null>({
    name,
    params: [type],
    result: type,
    init: () => null,
    step: (state, [value]) => {
      if (state === null) return value as number | bigint;
      const combined = combine(BigInt(state), BigInt(value as number | bigint));
      const narrow = Number(combined);
      return Number.isSafeInteger(narrow) ? narrow : combined;
    },
    finish: (state) => state,
  });
}

export const basicAggregates: readonly AggregateFunction[] = [
  aggregate<Counter>({ ...counting, params: [], kernel: "countStar" }),
  aggregate<Counter>({ ...counting, params: [ANY], kernel: "count" }),
  ...(["min", "max"] as const).flatMap((name) => [
    ...PLAIN.map((type) => extreme(name, type, true)),
    ...[NUMERIC, TEXT, CHAR, INTERVAL].map((type) => extreme(name, type, false)),
    arrayExtreme(name),
  ]),
  aggregate<Datum>({
    name: "any_value",
    params: [ANY_ELEMENT],
    result: sameAs(0),
    init: () => null,
    step: (first, [value]) => first ?? value!,
    finish: (first) => first,
  }),
  vote("bool_and", ({ no }) => no === 0),
  vote("every", ({ no }) => no === 0),
  vote("bool_or", ({ yes }) => yes > 0),
  ...INTEGER_TYPES.flatMap((type) => [
    bits("bit_and", type, (a, b) => a & b),
    bits("bit_or", type, (a, b) => a | b),
    bits("bit_xor", type, (a, b) => a ^ b),
  ]),
];
