import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { brokenPromise, examplesOf, runExample, typeErrors } from "./doc-examples.js";

const pages = ["README.md", ...readdirSync("docs/guide").map((name) => `docs/guide/${name}`)]
  .map((page) => ({ page, examples: examplesOf(readFileSync(page, "utf8")) }))
  .filter(({ examples }) => examples.length > 0);

describe.each(pages)("$page", ({ examples }) => {
  test.each(examples)("the example at line $line", (example) => {
    const { exitCode, stdout, stderr } = runExample(example);
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    expect(brokenPromise(example.source, stdout), stdout).toBeUndefined();
  });
});

test("every example compiles", () => {
  const examples = pages.flatMap((page) =>
    page.examples.map((example) => ({ page: page.page, ...example })),
  );
  expect(typeErrors(examples)).toEqual([]);
});

describe("the checks of examples", () => {
  test.each([
    ["console.log(a); // 2\n", "1\n"],
    ["console.log(a); // 10\n", "1\n"],
    ["if (a) console.log(a); // 2\n", ""],
    ["console.log(a); // 1\n", "1\n2\n"],
    ["console.log(a); // [1, 2]\n", "[ 1 ]\n"],
    ["console.log(a);\nconsole.log(b); // 2\n", "1\n3\n"],
  ])("%j does not print %j", (source, stdout) => {
    expect(brokenPromise(source, stdout)).toBeDefined();
  });

  test.each([
    ["console.log(a); // 1: the first\n", "1\n"],
    ["console.log(a); // [ { b: 'c' } ], in order\n", "[\n  { b: 'c' }\n]\n"],
    ["console.log(a);\nconsole.log(b); // 2\n", "1\n1\n2\n"],
    ["console.log(a); // a Date of today\n", "2024-05-06T07:08:09.000Z\n"],
  ])("%j prints %j", (source, stdout) => {
    expect(brokenPromise(source, stdout)).toBeUndefined();
  });

  test("an example that does not compile is noticed", () => {
    const source = 'import { open } from "aegisdb";\nawait open(1);\n';
    expect(typeErrors([{ page: "page.md", line: 10, source }])).toEqual([
      expect.stringContaining("page.md:11: Argument of type 'number'"),
    ]);
  });
});
