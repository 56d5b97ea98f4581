import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { examplesOf, normalized, promisedOutput, runExample } from "./doc-examples.js";

const pages = ["README.md", ...readdirSync("docs/guide").map((name) => `docs/guide/${name}`)]
  .map((page) => ({ page, examples: examplesOf(readFileSync(page, "utf8")) }))
  .filter(({ examples }) => examples.length > 0);

describe.each(pages)("$page", ({ examples }) => {
  test.each(examples)("the example at line $line", (example) => {
    const { exitCode, stdout, stderr } = runExample(example);
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    const promised = promisedOutput(example.source);
    if (promised.some((line) => line === undefined)) return;
    const printed = stdout.trimEnd().split("\n");
    // A value that Node breaks over lines is one console.log; compare the whole text then.
    if (printed.length !== promised.length) {
      const all = promised.map((line) => normalized(line!)).join("");
      expect(all).toContain(normalized(stdout).slice(0, all.length));
      return;
    }
    for (const [i, line] of printed.entries()) {
      // "a Date, …" describes a value that differs from run to run.
      if (/^an? /.test(promised[i]!)) continue;
      expect(
        normalized(promised[i]!).startsWith(normalized(line)),
        `${line} // ${promised[i]}`,
      ).toBe(true);
    }
  });
});

test("an example that prints something else than it promises is noticed", () => {
  const source = 'import { open } from "aegisdb";\nvoid open;\nconsole.log(1 + 1); // 3\n';
  const { stdout } = runExample({ line: 1, source });
  expect(normalized(promisedOutput(source)[0]!).startsWith(normalized(stdout))).toBe(false);
});
