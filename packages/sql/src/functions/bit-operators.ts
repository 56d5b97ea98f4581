import { toInt64 } from "../types/calendar.js";
import type { SqlType } from "../types/sql-type.js";
import { binary, unary } from "./define.js";
import type { Int } from "./integers.js";
import { BIGINT, INTEGER, INTEGER_TYPES, SMALLINT } from "./overloads.js";
import type { ScalarFunction } from "./registry.js";

const BITWISE: readonly {
  readonly symbol: string;
  readonly narrow: (a: number, b: number) => number;
  readonly wide: (a: bigint, b: bigint) => bigint;
}[] = [
  { symbol: "&", narrow: (a, b) => a & b, wide: (a, b) => a & b },
  { symbol: "|", narrow: (a, b) => a | b, wide: (a, b) => a | b },
  { symbol: "#", narrow: (a, b) => a ^ b, wide: (a, b) => a ^ b },
];

function isNarrow(value: Int): value is number {
  return typeof value === "number" && (value | 0) === value;
}

const bitwise = BITWISE.flatMap(({ symbol, narrow, wide }) =>
  INTEGER_TYPES.map((type) =>
    binary<Int>(symbol, [type, type], type, (a, b) =>
      isNarrow(a) && isNarrow(b) ? narrow(a, b) : toInt64(wide(BigInt(a), BigInt(b))),
    ),
  ),
);

/** The distance counts within the width of the register, as processors have it. */
function shifts(type: SqlType): readonly ScalarFunction[] {
  if (type === BIGINT) {
    const distance = (by: number): bigint => BigInt(by & 63);
    return [
      binary<Int, number>("<<", [type, INTEGER], type, (value, by) =>
        toInt64(BigInt.asIntN(64, BigInt(value) << distance(by))),
      ),
      binary<Int, number>(">>", [type, INTEGER], type, (value, by) =>
        toInt64(BigInt(value) >> distance(by)),
      ),
    ];
  }
  const narrow = (value: number): number => (type === SMALLINT ? (value << 16) >> 16 : value);
  return [
    binary<number>("<<", [type, INTEGER], type, (value, by) => narrow(value << by)),
    binary<number>(">>", [type, INTEGER], type, (value, by) => narrow(value >> by)),
  ];
}

/** & | # ~ << >> of integers. */
export const bitOperators: readonly ScalarFunction[] = [
  ...bitwise,
  ...INTEGER_TYPES.flatMap(shifts),
  ...INTEGER_TYPES.map((type) =>
    unary<Int>("unary ~", type, type, (value) =>
      isNarrow(value) ? ~value : toInt64(~BigInt(value)),
    ),
  ),
];
