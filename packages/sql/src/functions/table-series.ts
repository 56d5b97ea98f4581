import { AegisError } from "../contract/errors.js";
import type { Interval } from "../contract/types.js";
import { addInt64 } from "../types/calendar.js";
import { isFiniteMicros } from "../types/datetime.js";
import type { Datum } from "../types/datum.js";
import { add } from "../types/decimal-arithmetic.js";
import { Decimal } from "../types/decimal.js";
import { addToTimestamp, intervalSpan } from "../types/interval.js";
import { integerFits, type IntegerTypeName } from "../types/numbers.js";
import type { SqlType } from "../types/sql-type.js";
import { dimensions } from "./array-shape.js";
import {
  ANY_ARRAY,
  BIGINT,
  BOOLEAN,
  INTEGER,
  INTERVAL,
  NUMERIC,
  TIMESTAMP,
  TIMESTAMPTZ,
} from "./overloads.js";
import type { EvalContext, ParamType, TableFunction } from "./registry.js";
import { addInZone, type Micros, sessionZone } from "./zoned-time.js";

type Evaluate = (args: readonly Datum[], context: EvalContext) => Iterable<readonly Datum[]>;

/** A strict function of one column, which is called like the function. */
export function tableOf(
  name: string,
  params: readonly ParamType[],
  type: SqlType,
  evaluate: Evaluate,
  column: string = name,
): TableFunction {
  const columns = [{ name: column, type }];
  return {
    kind: "table",
    name,
    params,
    variadic: false,
    columns: () => columns,
    strict: true,
    evaluate,
  };
}

const SERIES = "generate_series";

function zeroStep(): AegisError {
  return new AegisError("INVALID_ARGUMENT", "step size cannot equal zero");
}

/** Ends where the next value would leave the type, as PostgreSQL does. */
function* integerSeries(
  [start, stop, step = 1]: readonly Datum[],
  type: IntegerTypeName,
): Iterable<readonly Datum[]> {
  const by = step as number | bigint;
  if (BigInt(by) === 0n) throw zeroStep();
  const last = stop as number | bigint;
  let value = start as number | bigint;
  while (by > 0 ? value <= last : value >= last) {
    yield [value];
    value = addInt64(value, by);
    if (!integerFits(value, type)) return;
  }
}

function* numericSeries([start, stop, step]: readonly Datum[]): Iterable<readonly Datum[]> {
  const by = (step as Decimal | undefined) ?? Decimal.one;
  for (const [what, value] of [
    ["start value", start],
    ["stop value", stop],
    ["step size", by],
  ] as const) {
    if ((value as Decimal).isFinite) continue;
    const kind = (value as Decimal).isNaN ? "NaN" : "infinity";
    throw new AegisError("INVALID_ARGUMENT", `${what} cannot be ${kind}`);
  }
  if (by.sign === 0) throw zeroStep();
  const last = stop as Decimal;
  for (let value = start as Decimal; value.compare(last) * by.sign <= 0; value = add(value, by)) {
    yield [value];
  }
}

type AddInterval = (micros: Micros, interval: Interval) => Micros;

function* timestampSeries(
  [start, stop, step]: readonly Datum[],
  plus: AddInterval,
): Iterable<readonly Datum[]> {
  const by = step as Interval;
  const span = intervalSpan(by);
  if (span === 0n) throw zeroStep();
  const last = stop as number | bigint;
  let value = start as number | bigint;
  while (span > 0n ? value <= last : value >= last) {
    yield [value];
    if (!isFiniteMicros(value)) return;
    value = plus(value, by);
  }
}

function* subscripts([array, dimension, reverse]: readonly Datum[]): Iterable<readonly Datum[]> {
  const length = dimensions(array as readonly Datum[])[(dimension as number) - 1] ?? 0;
  for (let i = 1; i <= length; i++) yield [reverse === true ? length + 1 - i : i];
}

export const seriesFunctions: readonly TableFunction[] = [
  ...[INTEGER, BIGINT].flatMap((type) =>
    [2, 3].map((count) =>
      tableOf(
        SERIES,
        Array.from({ length: count }, () => type),
        type,
        (args) => integerSeries(args, type.name as IntegerTypeName),
      ),
    ),
  ),
  tableOf(SERIES, [NUMERIC, NUMERIC], NUMERIC, numericSeries),
  tableOf(SERIES, [NUMERIC, NUMERIC, NUMERIC], NUMERIC, numericSeries),
  tableOf(SERIES, [TIMESTAMP, TIMESTAMP, INTERVAL], TIMESTAMP, (args) =>
    timestampSeries(args, addToTimestamp),
  ),
  tableOf(SERIES, [TIMESTAMPTZ, TIMESTAMPTZ, INTERVAL], TIMESTAMPTZ, (args, context) =>
    timestampSeries(args, (micros, step) => addInZone(micros, step, sessionZone(context))),
  ),
  tableOf("generate_subscripts", [ANY_ARRAY, INTEGER], INTEGER, subscripts),
  tableOf("generate_subscripts", [ANY_ARRAY, INTEGER, BOOLEAN], INTEGER, subscripts),
];
