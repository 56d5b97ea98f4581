import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sourceFiles } from "./source-files.js";
import { type Exceptions, measure, measureFunctions, SLACK, tidyProblems } from "./tidy.js";

const exceptions = JSON.parse(
  readFileSync(new URL("tidy-exceptions.json", import.meta.url), "utf8"),
) as Exceptions;

const reason = "a table of facts that is read as a whole";
const source = (lines: number): string => "// a line\n".repeat(lines);

describe("the repository", () => {
  test("keeps files and functions within their limits", () => {
    const files = sourceFiles();
    expect(files.length).toBeGreaterThan(10);
    expect(tidyProblems(measure(files), exceptions)).toEqual([]);
  });
});

describe("the check", () => {
  test("finds a file that is too long", () => {
    const path = "packages/core/src/long.ts";
    expect(tidyProblems(measure([{ path, text: source(300) }]), {})).toEqual([]);
    expect(tidyProblems(measure([{ path, text: source(301) }]), {})).toEqual([
      `${path} has 301 lines; the limit is 300. Split it.`,
    ]);
  });

  test("lets a test file be longer, but not endless", () => {
    const path = "packages/core/src/long.test.ts";
    expect(tidyProblems(measure([{ path, text: source(500) }]), {})).toEqual([]);
    expect(tidyProblems(measure([{ path, text: source(501) }]), {})).toHaveLength(1);
  });

  test.each([
    ["function f() {\nBODY}\n", "f"],
    ["const f = () => {\nBODY};\n", "f"],
    ["class C {\n  m(): void {\nBODY  }\n}\n", "C.m"],
    ["class C {\n  constructor() {\nBODY  }\n}\n", "C.constructor"],
    ["function outer() {\n  return function () {\nBODY  };\n}\n", "outer.(anonymous)"],
  ])("finds a function that is too long in %j", (template, name) => {
    const path = "packages/sql/src/long.ts";
    const withBody = (lines: number) => ({ path, text: template.replace("BODY", source(lines)) });
    const tooLong = tidyProblems(measure([withBody(69)]), {});
    expect(tooLong).toContain(`${path}#${name} has 71 lines; the limit is 70. Split it.`);
    const longest = Math.max(...measureFunctions(withBody(66)).map(({ lines }) => lines));
    expect(longest).toBeLessThanOrEqual(70);
    expect(tidyProblems(measure([withBody(66)]), {})).toEqual([]);
  });

  test("lets an exception shrink, and never grow", () => {
    const path = "packages/core/src/table.ts";
    const check = (lines: number) =>
      tidyProblems(measure([{ path, text: source(lines) }]), { [path]: { lines: 400, reason } });
    expect(check(400)).toEqual([]);
    expect(check(400 - SLACK)).toEqual([]);
    expect(check(401)).toEqual([`${path} grew from 400 to 401 lines. Split it.`]);
    expect(check(399 - SLACK)).toEqual([`${path} shrank to 389 lines: lower its exception.`]);
  });

  test("finds an exception that nobody needs, and one without a reason", () => {
    const path = "packages/core/src/table.ts";
    const short = measure([{ path, text: source(10) }]);
    expect(tidyProblems(short, { [path]: { lines: 400, reason } })).toEqual([
      `${path} fits: remove its exception.`,
    ]);
    expect(tidyProblems([], { [path]: { lines: 400, reason } })).toEqual([
      `${path} is gone: remove its exception.`,
    ]);
    const long = measure([{ path, text: source(400) }]);
    expect(tidyProblems(long, { [path]: { lines: 400, reason: "large" } })).toEqual([
      `${path} needs a reason for its exception.`,
    ]);
  });
});
