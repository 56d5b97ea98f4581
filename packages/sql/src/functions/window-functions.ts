import { AegisError } from "../contract/errors.js";
import type { Datum } from "../types/datum.js";
import { ANY_ELEMENT, BIGINT, DOUBLE, INTEGER, sameAs } from "./overloads.js";
import type { ParamType, ResultType, WindowFunction, WindowPartition } from "./registry.js";

function windowFunction(
  name: string,
  params: readonly ParamType[],
  result: ResultType,
  evaluate: (partition: WindowPartition, row: number) => Datum,
): WindowFunction {
  return { kind: "window", name, params, variadic: false, result, evaluate };
}

function ntile(partition: WindowPartition, row: number): Datum {
  const [buckets] = partition.args(0);
  if (buckets === null) return null;
  const count = buckets as number;
  if (count <= 0) {
    const message = "argument of ntile must be greater than zero";
    throw new AegisError("INVALID_ARGUMENT", message, { sqlState: "22014" });
  }
  // The first `larger` buckets have one row more than the others.
  const size = Math.floor(partition.rows / count);
  const larger = partition.rows % count;
  const inLarger = larger * (size + 1);
  if (row < inLarger) return Math.floor(row / (size + 1)) + 1;
  return larger + Math.floor((row - inLarger) / size) + 1;
}

/** The value `distance` rows on; the default where the partition ends before. */
function shifted(partition: WindowPartition, row: number, direction: 1 | -1): Datum {
  const [, offset = 1, otherwise = null] = partition.args(row);
  if (offset === null) return null;
  const target = row + (offset as number) * direction;
  if (target < 0 || target >= partition.rows) return otherwise;
  return partition.args(target)[0]!;
}

function shiftedOverloads(name: "lag" | "lead"): readonly WindowFunction[] {
  const direction = name === "lead" ? 1 : -1;
  const evaluate = (partition: WindowPartition, row: number): Datum =>
    shifted(partition, row, direction);
  return [
    windowFunction(name, [ANY_ELEMENT], sameAs(0), evaluate),
    windowFunction(name, [ANY_ELEMENT, INTEGER], sameAs(0), evaluate),
    windowFunction(name, [ANY_ELEMENT, INTEGER, ANY_ELEMENT], sameAs(0), evaluate),
  ];
}

function firstValue(partition: WindowPartition, row: number): Datum {
  return nthOfFrame(partition, row, 1);
}

function lastValue(partition: WindowPartition, row: number): Datum {
  const start = partition.frameStart(row);
  for (let at = partition.frameEnd(row) - 1; at >= start; at--) {
    if (partition.inFrame(row, at)) return partition.args(at)[0]!;
  }
  return null;
}

function nthValue(partition: WindowPartition, row: number): Datum {
  const [, n] = partition.args(row);
  if (n === null) return null;
  if ((n as number) <= 0) {
    const message = "argument of nth_value must be greater than zero";
    throw new AegisError("INVALID_ARGUMENT", message, { sqlState: "22016" });
  }
  return nthOfFrame(partition, row, n as number);
}

function nthOfFrame(partition: WindowPartition, row: number, n: number): Datum {
  const end = partition.frameEnd(row);
  let left = n;
  for (let at = partition.frameStart(row); at < end; at++) {
    if (partition.inFrame(row, at) && --left === 0) return partition.args(at)[0]!;
  }
  return null;
}

export const windowFunctions: readonly WindowFunction[] = [
  windowFunction("row_number", [], BIGINT, (_partition, row) => row + 1),
  windowFunction("rank", [], BIGINT, (partition, row) => partition.peersStart(row) + 1),
  windowFunction("dense_rank", [], BIGINT, (partition, row) => partition.peerGroup(row) + 1),
  windowFunction("percent_rank", [], DOUBLE, (partition, row) =>
    partition.rows <= 1 ? 0 : partition.peersStart(row) / (partition.rows - 1),
  ),
  windowFunction(
    "cume_dist",
    [],
    DOUBLE,
    (partition, row) => partition.peersEnd(row) / partition.rows,
  ),
  windowFunction("ntile", [INTEGER], INTEGER, ntile),
  ...shiftedOverloads("lag"),
  ...shiftedOverloads("lead"),
  windowFunction("first_value", [ANY_ELEMENT], sameAs(0), firstValue),
  windowFunction("last_value", [ANY_ELEMENT], sameAs(0), lastValue),
  windowFunction("nth_value", [ANY_ELEMENT, INTEGER], sameAs(0), nthValue),
];
