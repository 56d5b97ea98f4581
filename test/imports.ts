// Which file may import which: imports point downwards only.
//
//   server ──► core (aegisdb) ──► sql (@aegisdb/sql)          client: none of them
//
//   inside core, from the top:
//     index, database, open …     everything at the root of src that is not named below
//     query                       may import all of @aegisdb/sql; below it, only its contract
//     kv document timeseries graph stream                      never each other
//     engine ► jobs ► tree ► run ► log ► vfs ► tree/layout.ts ► base
//     errors limits options       everyone may import these
//
//   inside sql, from the top:
//     session ► ddl ► executor, modify, binder ► planner's definition of a plan ► functions
//             ► parser ► types ► contract; SQL_IMPORTS has each folder's own list
//
// testing/ may import anything; only tests import testing/.

import ts from "typescript";
import { isTestFile, type SourceFile } from "./source-files.js";

/** Folders of core from the bottom up. Folders in one row never import each other. */
const CORE_LAYERS: readonly (readonly string[])[] = [
  ["errors.ts", "limits.ts"],
  ["base"],
  // A layout only names and types columns; runs are written by it as trees are.
  ["tree/layout.ts"],
  ["vfs"],
  ["log"],
  ["run"],
  ["tree"],
  ["jobs"],
  ["engine"],
  ["kv", "document", "timeseries", "graph", "stream"],
  ["query"],
];

/** The bottom row is the exception: those two files may use one another. */
const BOTTOM = 0;

/** Files at the root of core/src, like open.ts and index.ts, stand above every folder. */
const TOP = CORE_LAYERS.length;

/** What of core may import the whole of @aegisdb/sql and not only its contract. */
const SEES_SQL = /^packages\/core\/src\/(query\/|database\.ts$|index\.ts$)/;

/** What a plan is, and its walks: all that the folders around the planner know of it. */
const PLAN = ["plan", "nodes", "expressions", "rewrite", "free-columns", "plan-traits"].map(
  (name) => `planner/${name}.ts`,
);

/** Files and folders of sql/src that each of its folders may import, beside itself. */
const SQL_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  types: ["contract"],
  parser: ["contract", "types/text-check.ts"],
  // quote_ident has to know which words are reserved.
  functions: ["contract", "types", "parser/keywords.ts"],
  planner: ["contract", "types", "functions/registry.ts", "binder/expr.ts"],
  binder: ["contract", "types", "parser", "functions", ...PLAN],
  // Plans that write are compiled like others, and run inside of them.
  executor: [
    ...["contract", "types", "functions", "binder/expr.ts", ...PLAN],
    ...["modify/index.ts", "modify/deferred-writes.ts"],
  ],
  modify: ["contract", "types", "binder/expr.ts", ...PLAN, "executor"],
  ddl: ["contract", "types", "parser", "functions", "binder", "planner", "executor", "modify"],
  session: [
    ...["contract", "types", "parser", "functions", "binder", "planner", "executor", "modify"],
    "ddl",
  ],
  "index.ts": ["contract", "types", "parser", "session", "modify/violations.ts"],
};

/** The packages of ours that each package may import. */
const PACKAGE_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  sql: [],
  core: ["@aegisdb/sql", "@aegisdb/sql/contract"],
  server: ["aegisdb"],
  client: [],
};

const OURS = /^(@aegisdb\/|aegisdb($|\/|-client)|aegis-server)/;

function inTesting(path: string): boolean {
  return /^packages\/[^/]+\/src\/testing\//.test(path);
}

/** The row of a core file, or undefined for a folder that has no place yet. */
function coreLayer(path: string): number | undefined {
  const inCore = path.replace("packages/core/src/", "");
  const [first = "", ...rest] = inCore.split("/");
  const ofFile = CORE_LAYERS.findIndex((names) => names.includes(inCore));
  const row = ofFile >= 0 ? ofFile : CORE_LAYERS.findIndex((names) => names.includes(first));
  if (row >= 0) return row;
  return rest.length === 0 ? TOP : undefined;
}

/** The path that a relative specifier means, with its extension as it is in the sources. */
function resolveRelative(from: string, specifier: string): string {
  const url = new URL(specifier, `file:///${from}`);
  return decodeURIComponent(url.pathname.slice(1)).replace(/\.js$/, ".ts");
}

function packageOf(path: string): string {
  return /^packages\/([^/]+)\//.exec(path)?.[1] ?? "";
}

function checkPackageImport(from: string, specifier: string): string | undefined {
  if (!OURS.test(specifier)) return undefined;
  if (specifier.includes("/src/") || specifier.includes("/dist/")) {
    return "reaches into another package";
  }
  const name = packageOf(from);
  if (!(PACKAGE_IMPORTS[name] ?? []).includes(specifier)) return `${name} must not know it`;
  const wholeSql = specifier === "@aegisdb/sql";
  const free = isTestFile(from) || inTesting(from) || SEES_SQL.test(from);
  return wholeSql && !free
    ? "only query/, database.ts and index.ts see more than the contract"
    : undefined;
}

function checkCoreImport(from: string, to: string): string | undefined {
  const above = coreLayer(from);
  const below = coreLayer(to);
  if (above === undefined) return `${from} is in a folder without a layer: place it in CORE_LAYERS`;
  if (below === undefined) return `${to} is in a folder without a layer: place it in CORE_LAYERS`;
  if (below > above) return "it points upwards";
  const folder = (path: string): string | undefined => path.split("/")[3];
  const sideways = below === above && above !== TOP && above !== BOTTOM;
  return sideways && folder(from) !== folder(to) ? "models never import each other" : undefined;
}

function checkSqlImport(from: string, to: string): string | undefined {
  const [own = "", target = ""] = [from, to].map((path) => path.replace("packages/sql/src/", ""));
  const [folder = ""] = own.split("/");
  const allowed = SQL_IMPORTS[folder];
  if (allowed === undefined) return `${folder} has no list: give it one in SQL_IMPORTS`;
  const isOwn = target.startsWith(`${folder}/`);
  const isAllowed = allowed.some((name) => target === name || target.startsWith(`${name}/`));
  return isOwn || isAllowed ? undefined : `${folder} must not know it (SQL_IMPORTS)`;
}

function checkRelativeImport(from: string, specifier: string): string | undefined {
  if (!specifier.endsWith(".js") && !specifier.endsWith(".json")) {
    return "a relative import ends in .js";
  }
  const to = resolveRelative(from, specifier);
  if (packageOf(to) !== packageOf(from)) return "it leaves the package";
  if (isTestFile(from) || inTesting(from)) return undefined;
  if (inTesting(to) || isTestFile(to)) return "only tests import test code";
  if (from.startsWith("packages/core/src/")) return checkCoreImport(from, to);
  if (from.startsWith("packages/sql/src/")) return checkSqlImport(from, to);
  return undefined;
}

/** Says why a file may not import what the specifier names, or undefined when it may. */
export function checkImport(from: string, specifier: string): string | undefined {
  const relative = specifier.startsWith(".");
  const why = relative ? checkRelativeImport(from, specifier) : checkPackageImport(from, specifier);
  return why === undefined ? undefined : `${from} imports ${specifier}: ${why}`;
}

/** Every module that a file imports, exports from, or loads with import(). */
export function importsOf({ text }: SourceFile): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map((file) => file.fileName);
}

/** What is wrong with the imports of the packages, as sentences. */
export function importProblems(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => path.startsWith("packages/"))
    .flatMap((file) => importsOf(file).map((specifier) => checkImport(file.path, specifier)))
    .filter((problem) => problem !== undefined);
}
