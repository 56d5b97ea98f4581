import { AegisError } from "../contract/errors.js";
import type { Interval } from "../contract/types.js";
import type { Datum } from "../types/datum.js";
import { comparatorOf } from "../types/compare.js";
import { addIntervals, multiplyInterval, negateInterval } from "../types/interval.js";
import type { SqlType } from "../types/sql-type.js";
import type { NonNullDatum } from "../types/text-output.js";
import {
  aggregate,
  ANY_ELEMENT,
  arrayOf,
  DOUBLE,
  INTERVAL,
  known,
  sameAs,
  TEXT,
} from "./overloads.js";
import type { AggregateFunction, ParamType } from "./registry.js";

/** The sorted input of a WITHIN GROUP, and the fraction (or fractions) asked for. */
class SortedInput {
  readonly values: Datum[] = [];
  fraction: Datum = null;
}

/** What stands at a fraction of the sorted values, of which there is one at least. */
type Pick = (values: readonly Datum[], fraction: number) => Datum;

interface PercentileParts {
  readonly name: string;
  readonly value: ParamType;
  readonly result: AggregateFunction["result"];
  readonly pick: Pick;
}

const FRACTIONS: SqlType = arrayOf(DOUBLE);

/** Two overloads: one fraction, and an array of them that gives an array. */
function percentile({ name, value, result, pick }: PercentileParts): readonly AggregateFunction[] {
  const base = {
    name,
    directArguments: 1,
    init: () => new SortedInput(),
    step: (state: SortedInput, [fraction, item]: readonly Datum[]) => {
      state.values.push(item!);
      state.fraction = fraction!;
      return state;
    },
  };
  const many: AggregateFunction["result"] =
    typeof result === "function" ? (types) => listOf(result(types)) : arrayOf(result);
  return [
    aggregate<SortedInput>({
      ...base,
      params: [DOUBLE, value],
      result,
      finish: ({ values, fraction }) =>
        values.length === 0 ? null : pick(values, checkFraction(fraction as number)),
    }),
    aggregate<SortedInput>({
      ...base,
      params: [FRACTIONS, value],
      result: many,
      finish: ({ values, fraction }) => {
        if (values.length === 0) return null;
        const pickAll = (wanted: Datum): Datum => {
          if (wanted === null) return null;
          if (Array.isArray(wanted)) return (wanted as readonly Datum[]).map(pickAll);
          return pick(values, checkFraction(wanted as number));
        };
        return pickAll(fraction);
      },
    }),
  ];
}

/** Arrays in an array are one array of more dimensions. */
function listOf(type: SqlType): SqlType {
  return type.name === "array" ? type : arrayOf(type);
}

function checkFraction(fraction: number): number {
  if (fraction >= 0 && fraction <= 1) return fraction;
  const message = `percentile value ${fraction} is not between 0 and 1`;
  throw new AegisError("NUMERIC_OUT_OF_RANGE", message);
}

/** The first value at or above the fraction of the rows. */
function discrete(values: readonly Datum[], fraction: number): Datum {
  return values[Math.max(1, Math.ceil(fraction * values.length)) - 1]!;
}

function between(
  values: readonly Datum[],
  fraction: number,
  mix: (low: NonNullDatum, high: NonNullDatum, weight: number) => Datum,
): Datum {
  const place = fraction * (values.length - 1);
  const below = Math.floor(place);
  const low = values[below] as NonNullDatum;
  if (below === Math.ceil(place)) return low;
  return mix(low, values[below + 1] as NonNullDatum, place - below);
}

function continuousNumber(values: readonly Datum[], fraction: number): Datum {
  return between(values, fraction, (low, high, weight) => {
    return (low as number) + weight * ((high as number) - (low as number));
  });
}

function continuousInterval(values: readonly Datum[], fraction: number): Datum {
  return between(values, fraction, (low, high, weight) => {
    const span = addIntervals(high as Interval, negateInterval(low as Interval));
    return addIntervals(low as Interval, multiplyInterval(span, weight));
  });
}

class Runs {
  best: Datum = null;
  bestLength = 0;
  current: Datum = null;
  length = 0;
}

/** Equal values come one after the other, so the longest run is the most frequent value. */
function mode([type]: readonly SqlType[]): AggregateFunction {
  const item = known(type);
  const compare = comparatorOf(item);
  return aggregate<Runs>({
    name: "mode",
    params: [item],
    result: item,
    directArguments: 0,
    init: () => new Runs(),
    step: (runs, [value]) => {
      const same = runs.current !== null && compare(runs.current, value as NonNullDatum) === 0;
      if (!same) {
        runs.current = value!;
        runs.length = 0;
      }
      runs.length++;
      if (runs.length > runs.bestLength) {
        runs.best = runs.current;
        runs.bestLength = runs.length;
      }
      return runs;
    },
    finish: ({ best }) => best,
  });
}

export const orderedSetAggregates: readonly AggregateFunction[] = [
  ...percentile({
    name: "percentile_disc",
    value: ANY_ELEMENT,
    result: sameAs(1),
    pick: discrete,
  }),
  ...percentile({
    name: "percentile_cont",
    value: DOUBLE,
    result: DOUBLE,
    pick: continuousNumber,
  }),
  ...percentile({
    name: "percentile_cont",
    value: INTERVAL,
    result: INTERVAL,
    pick: continuousInterval,
  }),
  { ...mode([TEXT]), params: [ANY_ELEMENT], result: sameAs(0), forTypes: mode },
];
