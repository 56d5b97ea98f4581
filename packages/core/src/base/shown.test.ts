import { expect, test } from "vitest";
import { shown } from "./shown.js";

test("says what a value is, and asks no object for anything", () => {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const values: [unknown, string][] = [
    ["x", '"x"'],
    ["x".repeat(1000), `"${"x".repeat(60)}"`],
    [5, "5"],
    [-0, "0"],
    [NaN, "NaN"],
    [5n, "5n"],
    [10n ** 100n, `1${"0".repeat(59)}n`],
    [true, "true"],
    [undefined, "undefined"],
    [null, "null"],
    [Symbol("s"), "a symbol"],
    [() => 1, "a function"],
    [[1], "an object"],
    [Object.create(null), "an object"],
    [revoked.proxy, "an object"],
  ];
  for (const [value, text] of values) expect(shown(value)).toBe(text);
});
