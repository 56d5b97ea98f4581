// Bundles the two libraries that the packages ship inside themselves, and points the built files
// at the bundles:
//
//   source, tests          import … from "chevrotain"              (node_modules)
//   packages/*/dist        import … from "./vendor/chevrotain.js"  (one file, no dependency)
//
// Chevrotain is bundled because importing it unbundled reads hundreds of lodash-es files (about
// 300 ms against 17 ms); msgpackr because its Node entry asks for msgpackr-extract, an optional
// native module. Source code imports both by their plain names; after `tsc` has written dist, the
// names in dist are rewritten, declarations included, so nothing that is published refers to them.

import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { build, version as esbuildVersion } from "esbuild";
import { isMain, root } from "./lib/run.mjs";

/**
 * @typedef {object} Bundle
 * @property {string} name the package's name, as source code imports it
 * @property {string} dist the built folder that ships it
 * @property {string} entry the file to bundle: never one that loads a native module
 * @property {string} types a declaration file that imports nothing
 */

/** @type {readonly Bundle[]} */
const BUNDLES = [
  {
    name: "chevrotain",
    dist: join(root, "packages/sql/dist"),
    entry: join(root, "node_modules/chevrotain/lib/src/api.js"),
    types: join(root, "node_modules/@chevrotain/types/api.d.ts"),
  },
  {
    name: "msgpackr",
    dist: join(root, "packages/core/dist"),
    entry: join(root, "node_modules/msgpackr/index.js"),
    types: join(root, "node_modules/msgpackr/index.d.ts"),
  },
];

/** Names that a bundle must not mention: with one of them it could load native code. */
const FORBIDDEN = ["msgpackr-extract", "createRequire", "node-gyp-build"];

/**
 * The folder in node_modules that a bundled file comes from, with its package's name.
 * @param {string} input a path as esbuild's metafile gives it, relative to the root
 */
function packageOf(input) {
  const parts = input.split("/");
  const at = parts.lastIndexOf("node_modules") + 1;
  const name = parts.slice(at, at + (parts[at]?.startsWith("@") ? 2 : 1));
  return { name: name.join("/"), folder: join(root, ...parts.slice(0, at), ...name) };
}

/**
 * Writes the licence texts of everything in a bundle, one after the other.
 * @param {readonly string[]} inputs
 */
function licenceTexts(inputs) {
  /** @type {Map<string, string>} */
  const folders = new Map();
  for (const input of inputs) {
    const { name, folder } = packageOf(input);
    folders.set(name, folder);
  }
  const texts = [...folders].sort().map(([name, folder]) => {
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} has no licence file to ship`);
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return `${name} ${version}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  });
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}

/**
 * What a bundle is made from: when this is unchanged, so is the bundle.
 * @param {Bundle} bundle
 */
function fingerprint(bundle) {
  const hash = createHash("sha256").update(esbuildVersion);
  hash.update(readFileSync(new URL(import.meta.url)));
  hash.update(readFileSync(join(root, "node_modules", bundle.name, "package.json")));
  return hash.update(readFileSync(bundle.types)).digest("hex");
}

/**
 * Bundles one library unless the bundle that is there was made from the same files.
 * @param {Bundle} bundle
 */
async function writeBundle(bundle) {
  const vendor = join(bundle.dist, "vendor");
  const file = join(vendor, `${bundle.name}.js`);
  const stampFile = join(bundle.dist, `.${bundle.name}.stamp`);
  const stamp = fingerprint(bundle);
  if (existsSync(file) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) {
    return;
  }
  const result = await build({
    absWorkingDir: root,
    entryPoints: [bundle.entry],
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "node20",
    // Names stay as they are: stack traces into a bundle must be readable.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    metafile: true,
    write: false,
  });
  const code = result.outputFiles[0]?.text ?? "";
  const outside = Object.values(result.metafile.outputs).flatMap((output) => output.imports);
  if (outside.length > 0) throw new Error(`the bundle of ${bundle.name} imports other modules`);
  for (const word of FORBIDDEN) {
    if (code.includes(word)) throw new Error(`the bundle of ${bundle.name} mentions ${word}`);
  }
  mkdirSync(vendor, { recursive: true });
  rmSync(stampFile, { force: true });
  writeFileSync(file, code);
  writeFileSync(join(vendor, `${bundle.name}.d.ts`), readFileSync(bundle.types));
  writeFileSync(
    join(vendor, `${bundle.name}.LICENSE.txt`),
    licenceTexts(Object.keys(result.metafile.inputs)),
  );
  writeFileSync(stampFile, stamp);
}

/**
 * Every file under a folder whose name matches.
 * @param {string} folder
 * @param {RegExp} name
 * @returns {string[]}
 */
function filesUnder(folder, name) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => name.test(path))
    .map((path) => join(folder, path));
}

/**
 * Points the imports of a built file at the bundle. The file keeps its time of change: to `tsc -b`
 * it is the file it wrote.
 * @param {Bundle} bundle
 * @param {string} file
 */
function rewriteImports(bundle, file) {
  const text = readFileSync(file, "utf8");
  if (!text.includes(bundle.name)) return;
  const target = relative(dirname(file), join(bundle.dist, "vendor", `${bundle.name}.js`))
    .split(sep)
    .join("/");
  const specifier = JSON.stringify(target.startsWith(".") ? target : `./${target}`);
  const pattern = new RegExp(
    `(\\bfrom\\s*|\\bimport\\s*\\(\\s*|\\bimport\\s+)(["'])${bundle.name}\\2`,
    "g",
  );
  const rewritten = text.replace(pattern, (_, before) => `${before}${specifier}`);
  if (rewritten === text) return;
  const { atime, mtime } = statSync(file);
  writeFileSync(file, rewritten);
  utimesSync(file, atime, mtime);
}

/** Brings the bundles, and every import of them in dist, up to date. */
export async function bundleVendor() {
  for (const bundle of BUNDLES) {
    if (!existsSync(bundle.dist)) continue;
    await writeBundle(bundle);
    const vendor = join(bundle.dist, "vendor") + sep;
    for (const file of filesUnder(bundle.dist, /\.(js|d\.ts)$/)) {
      if (!file.startsWith(vendor)) rewriteImports(bundle, file);
    }
  }
}

if (isMain(import.meta.url)) await bundleVendor();
