// `npm run check`: builds what is stale, then runs everything of `npm test` but the test suites.

import { runChecks } from "./lib/checks.mjs";
import { setup } from "./setup.mjs";

try {
  await setup();
  const results = await runChecks();
  if (results.some((result) => !result.ok)) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
