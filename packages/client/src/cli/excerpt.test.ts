import { expect, test } from "vitest";
import { excerpt } from "./excerpt.js";

test("shows the line and a caret under the place", () => {
  expect(excerpt("SELECT nme FROM t", 8)).toBe("  line 1: SELECT nme FROM t\n                 ^\n");
  expect(excerpt("SELECT 1;\nSELEC 2;\nSELECT 3", 11)).toBe("  line 2: SELEC 2;\n          ^\n");
});

test("shows the end of a text, and no place that it does not have", () => {
  expect(excerpt("SELECT", 7)).toBe("  line 1: SELECT\n                ^\n");
  expect(excerpt("SELECT 1\n", 10)).toBe("  line 2: \n          ^\n");
  for (const position of [undefined, 0, 8]) expect(excerpt("SELECT", position)).toBe("");
});

test("cuts long lines, and counts the cells of wide and escaped characters", () => {
  const [line, caret] = excerpt(`SELECT ${"x".repeat(500)} y`, 300).split("\n");
  expect(line!.length).toBeLessThan(140);
  expect(line).toContain("line 1: …xxx");
  expect(line![caret!.indexOf("^")]).toBe("x");
  expect(excerpt("'日本\t' y", 7)).toBe(`  line 1: '日本\\t' y\n${" ".repeat(19)}^\n`);
});
