import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

const long = process.env["AEGIS_LONG"] === "1";
const extension = long ? "long.test.ts" : "test.ts";

export default defineConfig({
  resolve: {
    // Tests run the sources of every package, so that no build stands between an edit and its test.
    alias: [
      {
        find: /^@aegisdb\/sql\/contract$/,
        replacement: path("packages/sql/src/contract/index.ts"),
      },
      { find: /^@aegisdb\/sql$/, replacement: path("packages/sql/src/index.ts") },
      { find: /^aegisdb$/, replacement: path("packages/core/src/index.ts") },
      // The entry that never looks for native code; the built package bundles the same one.
      { find: /^msgpackr$/, replacement: path("node_modules/msgpackr/index.js") },
    ],
  },
  test: {
    include: [`packages/*/src/**/*.${extension}`, `test/**/*.${extension}`],
    exclude: [...configDefaults.exclude, ...(long ? [] : ["**/*.long.test.ts"])],
    pool: "forks",
    testTimeout: long ? 600_000 : 20_000,
    hookTimeout: long ? 600_000 : 20_000,
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts"],
      exclude: ["**/*.test.ts", "packages/*/src/testing/**"],
    },
  },
});
