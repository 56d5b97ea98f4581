import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isCatalogCall } from "../packages/sql/src/binder/catalog-calls.js";
import { registry } from "../packages/sql/src/functions/index.js";
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

/** Functions of the reference that the syntax knows, rather than the table of functions. */
const SPECIAL = ["coalesce"];

test("every function that the reference lists exists", () => {
  const reference = readFileSync("docs/guide/sql-reference.md", "utf8");
  const rows = /^## Functions$([\s\S]*?)^## /m.exec(reference)?.[1]?.match(/^\| .*\|$/gm) ?? [];
  const names = rows
    .flatMap((row) => row.match(/`[a-z0-9_ ]+`/g) ?? [])
    .flatMap((list) => list.slice(1, -1).split(" "));
  expect(names.length).toBeGreaterThan(250);
  const { scalar, aggregate, window, table } = registry;
  const exists = (name: string): boolean =>
    isCatalogCall(name) ||
    [scalar, aggregate, window, table].some((overloads) => overloads(name).length > 0);
  expect(names.filter((name) => !exists(name) && !SPECIAL.includes(name))).toEqual([]);
});

test("the architecture page has a paragraph for every folder of every package", () => {
  const page = readFileSync("docs/architecture.md", "utf8");
  const sections = new Map(
    page
      .split(/^## packages\//m)
      .slice(1)
      .map((text) => [/^\w+/.exec(text)![0], text]),
  );
  const missing = readdirSync("packages").flatMap((name) => {
    const folders = readdirSync(`packages/${name}/src`, { recursive: true, withFileTypes: true });
    return folders
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${entry.parentPath}/${entry.name}`.replace(`packages/${name}/src/`, ""))
      .filter((folder) => {
        const section = sections.get(name) ?? "";
        const nested = folder.replace(/^executor\//, "");
        return ![folder, nested].some((path) =>
          new RegExp(`\\*\\*\`(src/)?${path}/\``).test(section),
        );
      })
      .map((folder) => `${name}: ${folder}`);
  });
  expect(missing).toEqual([]);
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
