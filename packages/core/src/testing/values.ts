import fc from "fast-check";
import type { ColumnType, Interval, Value } from "@aegisdb/sql/contract";

/** Values of every column kind for property tests, with the awkward ones drawn often. */

const INT64 = 2n ** 63n;

/** A number where safe, else a bigint. */
function exactInt(value: bigint): number | bigint {
  const asNumber = Number(value);
  return Number.isSafeInteger(asNumber) ? asNumber : value;
}

const edges = [
  0n,
  1n,
  16_384n,
  65_536n,
  2n ** 24n,
  2n ** 32n,
  2n ** 40n,
  2n ** 48n,
  2n ** 53n,
  INT64 - 2n,
];

/** Integers of 64 bits: small, large and next to every change of width. */
const anyInt: fc.Arbitrary<number | bigint> = fc.oneof(
  fc.integer({ min: -300, max: 300 }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -INT64, max: INT64 - 1n }).map(exactInt),
  fc
    .tuple(fc.constantFrom(...edges), fc.integer({ min: -2, max: 1 }), fc.boolean())
    .map(([edge, step, negative]) => exactInt((negative ? -edge : edge) + BigInt(step))),
);

const anyFloat: fc.Arbitrary<number> = fc.oneof(
  fc.double(),
  fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 5e-324, -5e-324, 1, -1),
);

/** Well-formed text without NUL, with characters around the surrogates. */
const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "grapheme-ascii", maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom(
      "\x01",
      "a",
      "b",
      "~",
      "\x7f",
      "\u0080",
      "é",
      "\u00ff",
      "\u0100",
      "中",
      "\ud7ff",
      "\ue000",
      "\uffff",
      "\u{10000}",
      "\u{10ffff}",
      "😀",
    ),
    maxLength: 6,
  }),
);

const anyBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.array(fc.constantFrom(0, 1, 2, 0xff), { maxLength: 6 }).map((bytes) => Uint8Array.from(bytes)),
);

const INT32 = 2 ** 31;
const DAY = 86_400_000_000;

const anyInterval: fc.Arbitrary<Interval> = fc.oneof(
  fc.record({
    months: fc.integer(),
    days: fc.integer(),
    micros: anyInt,
  }),
  // Few months, days and whole days of microseconds, so that many are of one length.
  fc.record({
    months: fc.integer({ min: -2, max: 2 }),
    days: fc.integer({ min: -60, max: 60 }),
    micros: fc.integer({ min: -61, max: 61 }).map((days) => days * DAY),
  }),
);

/** Any value of a column's type but NULL, in the one form the types page gives for it. */
export function valueOf(type: ColumnType): fc.Arbitrary<Value> {
  switch (type.kind) {
    case "float":
      return anyFloat;
    case "bool":
      return fc.boolean();
    case "text":
      return anyText;
    case "bytes":
    case "numeric":
      return anyBytes;
    case "date":
      return fc.oneof(fc.integer({ min: -INT32, max: INT32 - 1 }), fc.integer({ min: -3, max: 3 }));
    case "time":
      return fc.integer({ min: 0, max: DAY });
    case "interval":
      return anyInterval;
    case "uuid":
      return fc.uuid();
    case "int":
    case "timestamp":
    case "decimal":
      return anyInt;
    case "variant":
      throw new TypeError("variants are drawn by the tests of variants");
  }
}
