import { AegisError } from "../contract/errors.js";
import { binary, unary } from "./define.js";
import { checkedResult } from "./floats.js";
import { DOUBLE } from "./overloads.js";
import type { ScalarFunction } from "./registry.js";

const DEGREES_PER_RADIAN = 180 / Math.PI;
const RIGHT_ANGLE = 90;
const FULL_TURN = 360;

function outOfRange(): never {
  throw new AegisError("NUMERIC_OUT_OF_RANGE", "input is out of range");
}

/** A periodic function has no value at infinity. */
function periodic(compute: (angle: number) => number): (angle: number) => number {
  return (angle) => {
    if (Number.isFinite(angle) || Number.isNaN(angle)) return compute(angle);
    return outOfRange();
  };
}

/** Sine and cosine exist for arguments from -1 to 1 only. */
function inverse(compute: (ratio: number) => number): (ratio: number) => number {
  return (ratio) => (ratio < -1 || ratio > 1 ? outOfRange() : compute(ratio));
}

/** Exact where the result is a round number, as PostgreSQL promises for degrees. */
function sineOfDegrees(angle: number): number {
  const turned = angle % FULL_TURN;
  const sign = turned < 0 ? -1 : 1;
  const positive = Math.abs(turned);
  const half = positive > 180 ? positive - 180 : positive;
  const folded = half > RIGHT_ANGLE ? 180 - half : half;
  const outer = positive > 180 ? -sign : sign;
  if (folded === 30) return outer * 0.5;
  if (folded === RIGHT_ANGLE) return outer;
  return outer * Math.sin(folded / DEGREES_PER_RADIAN);
}

function cosineOfDegrees(angle: number): number {
  const turned = Math.abs(angle % FULL_TURN);
  const folded = turned > 180 ? FULL_TURN - turned : turned;
  if (folded === RIGHT_ANGLE) return 0;
  if (folded === 60) return 0.5;
  if (folded === 120) return -0.5;
  return folded > RIGHT_ANGLE
    ? -Math.cos((180 - folded) / DEGREES_PER_RADIAN)
    : Math.cos(folded / DEGREES_PER_RADIAN);
}

function tangentOfDegrees(angle: number): number {
  const turned = angle % 180;
  const size = Math.abs(turned);
  if (size === 0) return 0;
  if (size === 45 || size === 135) return (size === 45) === turned > 0 ? 1 : -1;
  if (size === RIGHT_ANGLE) {
    const quarter = Math.abs(angle % FULL_TURN) === RIGHT_ANGLE;
    return quarter === angle > 0 ? Infinity : -Infinity;
  }
  return sineOfDegrees(angle) / cosineOfDegrees(angle);
}

function cotangentOfDegrees(angle: number): number {
  const tangent = tangentOfDegrees(angle);
  return 1 / tangent;
}

/** Whole degrees where the ratio is one of those that `sineOfDegrees` makes exact. */
function degrees(radians: number): number {
  const value = radians * DEGREES_PER_RADIAN;
  const whole = Math.round(value);
  return whole !== 0 && whole % 15 === 0 && Math.abs(value - whole) < 1e-12 ? whole : value;
}

const INVERSE_HYPERBOLIC = {
  acosh: (value: number): number => (value < 1 ? outOfRange() : Math.acosh(value)),
  atanh: (value: number): number => (value < -1 || value > 1 ? outOfRange() : Math.atanh(value)),
};

const FUNCTIONS: Readonly<Record<string, (value: number) => number>> = {
  sin: periodic(Math.sin),
  cos: periodic(Math.cos),
  tan: periodic(Math.tan),
  cot: periodic((angle) => 1 / Math.tan(angle)),
  asin: inverse(Math.asin),
  acos: inverse(Math.acos),
  atan: Math.atan,
  sind: periodic(sineOfDegrees),
  cosd: periodic(cosineOfDegrees),
  tand: periodic(tangentOfDegrees),
  cotd: periodic(cotangentOfDegrees),
  asind: inverse((ratio) => degrees(Math.asin(ratio))),
  acosd: inverse((ratio) => degrees(Math.acos(ratio))),
  atand: (value) => degrees(Math.atan(value)),
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  ...INVERSE_HYPERBOLIC,
  degrees: (radians) => checkedResult(radians / (Math.PI / 180), radians),
  radians: (angle) => angle * (Math.PI / 180),
};

/** Trigonometric and hyperbolic functions, in radians and (named with a final d) in degrees. */
export const trigonometricFunctions: readonly ScalarFunction[] = [
  ...Object.entries(FUNCTIONS).map(([name, compute]) =>
    unary<number>(name, DOUBLE, DOUBLE, (value) => compute(value)),
  ),
  binary<number>("atan2", [DOUBLE, DOUBLE], DOUBLE, Math.atan2),
  binary<number>("atan2d", [DOUBLE, DOUBLE], DOUBLE, (y, x) => degrees(Math.atan2(y, x))),
];
