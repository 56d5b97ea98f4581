import { describe, expect, it } from "vitest";
import { sizeBytes } from "./size.js";

describe("sizeBytes", () => {
  it.each<[unknown, number]>([
    [0, 0],
    [4096.7, 4096],
    ["0B", 0],
    ["64KB", 65_536],
    [" 64 kb ", 65_536],
    ["1.5MB", 1_572_864],
    ["4GB", 4 * 1024 ** 3],
    ["2TB", 2 * 1024 ** 4],
  ])("reads %j", (text, bytes) => {
    expect(sizeBytes(text)).toBe(bytes);
  });

  it.each<[unknown]>([
    [-1],
    [NaN],
    [Infinity],
    ["64"],
    ["MB"],
    ["-1MB"],
    ["1PB"],
    [""],
    [null],
    [{}],
  ])("refuses %j", (value) => {
    expect(sizeBytes(value)).toBeUndefined();
  });
});
