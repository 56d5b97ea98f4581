import { ColumnVector } from "../../contract/vector.js";
import type { Datum } from "../../types/datum.js";
import { Decimal } from "../../types/decimal.js";
import type { SqlType } from "../../types/sql-type.js";
import { toStorage } from "../../types/storage.js";

/**
 * How a value is held in a typed loop: as the number that vectors have for it.
 *
 * | lane    | JavaScript value                                              |
 * | ------- | ------------------------------------------------------------- |
 * | int     | a safe integer: integers, instants, times of day              |
 * | float   | a double                                                      |
 * | bool    | a boolean                                                     |
 * | date    | days, infinite ones as storage has them                       |
 * | s0, s2… | numeric as a safe integer scaled by a power of ten            |
 * | null    | nothing: always NULL                                          |
 */
export type Lane = "int" | "float" | "bool" | "date" | "null" | ScaledLane;
export type ScaledLane = `s${number}`;

/** Beyond, a power of ten is no double that every product below 2^53 could be compared with. */
const MAX_LANE_SCALE = 15;

export function isScaled(lane: Lane): lane is ScaledLane {
  return lane.startsWith("s");
}

export function scaleOf(lane: ScaledLane): number {
  return Number(lane.slice(1));
}

export function scaledLane(scale: number): ScaledLane | undefined {
  return scale > MAX_LANE_SCALE ? undefined : `s${scale}`;
}

/** The lane of a vector as it is; undefined where it needs datums. */
export function vectorLane(vector: ColumnVector): Lane | undefined {
  const { values, type } = vector;
  if (values instanceof Float64Array) {
    if (type.kind === "decimal") return scaledLane(type.scale);
    return type.kind === "float" ? "float" : "int";
  }
  if (type.kind === "date") return "date";
  return type.kind === "bool" ? "bool" : undefined;
}

/** The lane of a value that is the same for all rows of a batch. */
export function datumLane(datum: Datum, type: SqlType): Lane | undefined {
  if (datum === null) return "null";
  if (datum instanceof Decimal) {
    const safe = datum.isFinite && Number.isSafeInteger(Number(datum.unscaled));
    return safe ? scaledLane(datum.scale) : undefined;
  }
  const lane = typeLane(type);
  return lane === undefined || typeof datum === "bigint" ? undefined : lane;
}

/** What a value is in its lane. Precondition: it has one. */
export function laneValue(datum: Datum, type: SqlType): number | boolean | null {
  if (datum instanceof Decimal) return Number(datum.unscaled);
  if (type.name === "date") return toStorage(datum, type) as number | null;
  return datum as number | boolean | null;
}

/** The lane of what functions give for a type; numeric has one for each scale. */
export function typeLane(type: SqlType): Exclude<Lane, ScaledLane> | undefined {
  switch (type.name) {
    case "smallint":
    case "integer":
    case "bigint":
    case "time":
    case "timestamp":
    case "timestamptz":
      return "int";
    case "real":
    case "double precision":
      return "float";
    case "boolean":
      return "bool";
    case "date":
      return "date";
    default:
      return undefined;
  }
}

/**
 * The lane that values of both are of; undefined if there is none. Numerics of two scales have
 * none: 1.5 and 1.50 are equal and print differently.
 */
export function commonLane(a: Lane, b: Lane): Lane | undefined {
  if (a === b || b === "null") return a;
  return a === "null" ? b : undefined;
}

/** Whether values of both can be compared. */
export function isComparable(a: Lane, b: Lane): boolean {
  return commonLane(a, b) !== undefined || (isScaled(a) && isScaled(b));
}

/** A vector for results of a lane. */
export function laneVector(
  lane: Exclude<Lane, "null">,
  type: SqlType,
  length: number,
): ColumnVector {
  if (isScaled(lane)) {
    const kind = { kind: "decimal", precision: 18, scale: scaleOf(lane) } as const;
    return new ColumnVector(kind, length, new Float64Array(length));
  }
  switch (lane) {
    case "bool":
      return new ColumnVector({ kind: "bool" }, length, new Uint8Array(length));
    case "date":
      return new ColumnVector({ kind: "date" }, length, new Int32Array(length));
    case "float":
      return new ColumnVector({ kind: "float" }, length, new Float64Array(length));
    case "int": {
      const { name } = type;
      const kind = name === "time" || name.startsWith("timestamp") ? name : "int";
      const stored = kind === "time" ? "time" : kind === "int" ? "int" : "timestamp";
      return new ColumnVector({ kind: stored }, length, new Float64Array(length));
    }
  }
}
