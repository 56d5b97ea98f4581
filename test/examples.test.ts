import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../examples", import.meta.url));

/** What each example prints, without what Node may lay out differently from release to release. */
const printed: Readonly<Record<string, readonly RegExp[]>> = {
  "quick-start.mjs": [
    /'John Coltrane' │ 2 +│ 1960/,
    /Giant Steps\nA Love Supreme\n/,
    /page: '\/albums', at: 1970-01-01T00:00:00.000Z/,
  ],
  "transactions.mjs": [
    /^refused: CHECK_VIOLATION accounts_balance_check\n/,
    /now: \[\s+{ name: 'alice', balance: 35 },\s+{ name: 'bob', balance: 40 }/,
    /before: \[\s+{ name: 'alice', balance: 100 },\s+{ name: 'bob', balance: 0 }/,
    /transfers: 2\n$/,
  ],
  "http-client.mjs": [
    /^\[ 'name', 'people' \] \[ \[ 'Lisbon', 545000 \], \[ 'Porto', 231000 \] \] 2\n/,
    /\[ 'name' \] 3\n/,
    /400 COLUMN_NOT_FOUND Did you mean "name"\?\n$/,
  ],
};

test("every example is run here", () => {
  const examples = readdirSync(folder).filter((name) => name.endsWith(".mjs"));
  expect(examples.sort()).toEqual(Object.keys(printed).sort());
});

test.each(Object.entries(printed))("%s", async (name, patterns) => {
  const run = promisify(execFile)(process.execPath, [`${folder}/${name}`], { timeout: 15_000 });
  const { stdout, stderr } = await run;
  expect(stderr).toBe("");
  for (const pattern of patterns) expect(stdout).toMatch(pattern);
});
