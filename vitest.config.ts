import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: "@aegisdb/sql/contract", replacement: path("packages/sql/src/contract/index.ts") },
      { find: "@aegisdb/sql", replacement: path("packages/sql/src/index.ts") },
      { find: /^aegisdb$/, replacement: path("packages/core/src/index.ts") },
    ],
  },
  test: {
    include: ["packages/*/src/**/*.test.ts", "test/**/*.test.ts"],
  },
});
