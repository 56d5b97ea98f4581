import { describe, expect, test } from "vitest";
import { addToCounter, checkStep } from "./counter.js";

const MAX = Number.MAX_SAFE_INTEGER;

describe("addToCounter", () => {
  test.each([
    [0, 1, 1],
    [5, -7, -2],
    [MAX - 1, 1, MAX],
    [-MAX + 1, -1, -MAX],
    [1, 0.5, 1.5],
    [1e300, 0.5, 1e300],
    [0.1, 0.2, 0.1 + 0.2],
    [1n, 1, 2n],
    [2n ** 80n, 1, 2n ** 80n + 1n],
    [1, 1n, 2n],
    [MAX, 10n, BigInt(MAX) + 10n],
    [-3n, 3n, 0n],
  ])("adds %s and %s", (stored, by, sum) => {
    expect(addToCounter("k", stored, by)).toBe(sum);
  });

  test.each([
    [MAX, 1],
    [-MAX, -1],
    [2 ** 53, 0],
    [1e300, 1],
    [Number.MAX_VALUE, Number.MAX_VALUE],
    [0.5, Infinity],
    [1.5, 1n],
    [2 ** 60, 1n],
    [1n, 1.5],
  ])("refuses %s and %s, whose sum would not be exact", (stored, by) => {
    expect(() => addToCounter("k", stored, by)).toThrow(
      expect.objectContaining({ code: "NUMERIC_OUT_OF_RANGE" }),
    );
  });

  test.each([["12"], [null], [true], [{}], [[1]], [new Date(0)], [NaN]])(
    "refuses to count on %s",
    (stored) => {
      expect(() => addToCounter("hits", stored, 1)).toThrow(
        expect.objectContaining({
          code: "NOT_A_NUMBER",
          message: expect.stringContaining('"hits"') as string,
        }),
      );
    },
  );
});

describe("checkStep", () => {
  test.each([["1"], [null], [NaN], [Infinity], [{}]])("refuses %s", (by) => {
    expect(() => checkStep(by)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });

  test.each([[1], [0], [-2.5], [3n]])("takes %s", (by) => {
    expect(() => checkStep(by)).not.toThrow();
  });
});
