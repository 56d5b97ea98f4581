import { describe, expect, test } from "vitest";
import { durationMs } from "./duration.js";

describe("durationMs", () => {
  test.each([
    ["0s", 0],
    ["250us", 0.25],
    ["500ms", 500],
    ["90s", 90_000],
    ["15m", 900_000],
    ["1h", 3_600_000],
    ["1h30m", 5_400_000],
    ["1.5h", 5_400_000],
    ["30d", 2_592_000_000],
    ["2w", 1_209_600_000],
  ])("reads %s", (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  test("takes numbers as milliseconds", () => {
    expect(durationMs(1500)).toBe(1500);
    expect(durationMs(-1)).toBe(-1);
    expect(durationMs(Infinity)).toBe(Infinity);
  });

  test.each([
    "",
    "1",
    "h",
    "1 h",
    "1H",
    "-1h",
    "1y",
    ".5h",
    "1h,",
    "1h\n",
    "1e3s",
    "9".repeat(80) + "s",
  ])("refuses %j", (text) => {
    expect(durationMs(text)).toBeUndefined();
  });

  test.each([[null], [undefined], [true], [{}], [[]], [5n]])("refuses %s", (value) => {
    expect(durationMs(value)).toBeUndefined();
  });
});
