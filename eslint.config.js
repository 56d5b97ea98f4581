// @ts-check
import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/**
 * Only these files may do what a replayable test cannot control (see CONTRIBUTING.md): files
 * through vfs, time through base/clock, randomness through base/prng.
 */
const CLOCK = "packages/core/src/base/clock.ts";
const PRNG = "packages/core/src/base/prng.ts";
const VFS = "packages/core/src/vfs/**/*.ts";
const TESTS = ["**/*.test.ts", "packages/*/src/testing/**/*.ts", "test/**/*.ts"];

const filePaths = {
  regex: "^(node:)?fs(/promises)?$",
  message: "Only packages/core/src/vfs/ touches files; take a Vfs.",
};
const clockImport = {
  name: "node:perf_hooks",
  message: "Only base/clock reads the clock; take a Clock.",
};
const randomImports = ["node:crypto", "crypto"].map((name) => ({
  name,
  importNames: ["randomBytes", "randomFill", "randomFillSync", "randomInt", "randomUUID"],
  message: "Only base/prng makes randomness; take a Prng.",
}));

const clockReads = [
  "MemberExpression[object.name='Date'][property.name='now']",
  "MemberExpression[object.name='performance'][property.name='now']",
  "MemberExpression[object.name='process'][property.name='hrtime']",
  "NewExpression[callee.name='Date'][arguments.length=0]",
  "CallExpression[callee.name='Date']",
].map((selector) => ({ selector, message: "Only base/clock reads the clock; take a Clock." }));

const randomReads = [
  "MemberExpression[object.name='Math'][property.name='random']",
  "MemberExpression[object.name='crypto'][property.name=/^(randomUUID|getRandomValues)$/]",
].map((selector) => ({ selector, message: "Only base/prng makes randomness; take a Prng." }));

export default defineConfig(
  {
    ignores: [
      "**/dist/",
      "**/coverage/",
      "**/node_modules/",
      ".cache/",
      "data/",
      "benchmarks/",
      "examples/",
      "docs/",
      "packages/server/dashboard/",
    ],
  },
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    languageOptions: {
      parserOptions: { project: ["./tsconfig.eslint.json"], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      eqeqeq: ["error", "always"],
      "no-console": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",

      // An un-awaited sync is the worst bug a database can have.
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/consistent-type-exports": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/prefer-readonly": "error",
      "@typescript-eslint/no-import-type-side-effects": "error",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", caughtErrorsIgnorePattern: "^_" },
      ],
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],

      // Indexing gives `T | undefined`; a hot loop that knows its bounds says so with `!`.
      "@typescript-eslint/no-non-null-assertion": "off",
      // A contract's method is async in one implementation and has nothing to await in another.
      "@typescript-eslint/require-await": "off",
    },
  },
  {
    files: ["packages/core/src/**/*.ts", "packages/sql/src/**/*.ts"],
    ignores: TESTS,
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [filePaths], paths: [clockImport, ...randomImports] },
      ],
      "no-restricted-syntax": ["error", ...clockReads, ...randomReads],
    },
  },
  {
    files: ["packages/server/src/**/*.ts", "packages/client/src/**/*.ts"],
    ignores: TESTS,
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "MemberExpression[object.name='Math'][property.name='random']",
          message: "Math.random is neither seeded nor safe; use node:crypto.",
        },
      ],
    },
  },
  {
    files: [VFS],
    rules: {
      "no-restricted-imports": ["error", { paths: [clockImport, ...randomImports] }],
    },
  },
  {
    files: [CLOCK],
    rules: {
      "no-restricted-imports": ["error", { patterns: [filePaths], paths: randomImports }],
      "no-restricted-syntax": ["error", ...randomReads],
    },
  },
  {
    files: [PRNG],
    rules: {
      "no-restricted-imports": ["error", { patterns: [filePaths], paths: [clockImport] }],
      "no-restricted-syntax": ["error", ...clockReads],
    },
  },
  {
    files: TESTS,
    rules: {
      // `expect(object.method)` compares the function, it does not call it unbound.
      "@typescript-eslint/unbound-method": "off",
    },
  },
  {
    files: ["scripts/**/*.mjs", "test/**/*.mjs", "packages/*/bin/*.js", "eslint.config.js"],
    languageOptions: { globals: { console: "readonly", process: "readonly" } },
    rules: {
      "no-console": "off",
      // TypeScript checks names in these files, with the types of Node.
      "no-undef": "off",
      // JSON.parse gives `any`; a JSDoc type on the variable says what it is.
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
);
