// Bundles what a program imports of the two packages with hundreds of modules:
//
//   packages/sql/dist    bundle/index.js, bundle/contract.js    and what both share
//   packages/core/dist   bundle/index.js, …                     which import @aegisdb/sql by name
//
// Node reads and links one module after the other: importing `aegisdb` from 700 files takes more than
// four times the processor time of a bundle (470 ms against 100 ms on a slow core) and 20 MB more. The
// modules that `tsc` wrote stay where they are: declarations lie beside them, and `tsc -b` alone gives
// a `dist/index.js` that is up to date.
//
// A module that is started as a thread by `new URL("./<name>.js", import.meta.url)` is an entry of the
// same name: all files of a bundle lie in one folder.

import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, version as esbuildVersion } from "esbuild";
import { isMain, root } from "./lib/run.mjs";

/**
 * @typedef {object} BundledPackage
 * @property {string} folder
 * @property {Readonly<Record<string, string>>} entries name in `bundle/`: file in `dist/`
 */

/** @type {readonly BundledPackage[]} */
const PACKAGES = [
  {
    folder: join(root, "packages/sql"),
    entries: { index: "index.js", contract: "contract/index.js" },
  },
  {
    folder: join(root, "packages/core"),
    entries: { index: "index.js", thread: "jobs/thread.js" },
  },
];

/**
 * What a bundle is made from: `tsc` writes the hashes of all sources into its build info.
 * @param {string} dist
 */
function fingerprint(dist) {
  const hash = createHash("sha256").update(esbuildVersion);
  hash.update(readFileSync(new URL(import.meta.url)));
  return hash.update(readFileSync(join(dist, ".tsbuildinfo"))).digest("hex");
}

/**
 * A thread that is no entry would be missed only when it is started.
 * @param {string} target the folder of a bundle
 */
function checkThreads(target) {
  for (const file of readdirSync(target).filter((name) => name.endsWith(".js"))) {
    const code = readFileSync(join(target, file), "utf8");
    for (const [, name] of code.matchAll(/new URL\("([^"]+)", ?import\.meta\.url\)/g)) {
      if (name !== undefined && existsSync(join(target, name))) continue;
      throw new Error(`${file} of a bundle refers to ${name}, which is no entry of it`);
    }
  }
}

/** @param {BundledPackage} bundled */
async function bundlePackage({ folder, entries }) {
  const dist = join(folder, "dist");
  const target = join(dist, "bundle");
  const stampFile = join(dist, ".bundle.stamp");
  const stamp = fingerprint(dist);
  const isThere = Object.keys(entries).every((name) => existsSync(join(target, `${name}.js`)));
  if (isThere && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  rmSync(stampFile, { force: true });
  rmSync(target, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: Object.entries(entries).map(([out, file]) => ({ in: join(dist, file), out })),
    outdir: target,
    bundle: true,
    splitting: true,
    chunkNames: "[name]-[hash]",
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20",
    // Names stay as they are: stack traces into a bundle must be readable.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: true,
  });
  checkThreads(target);
  writeFileSync(stampFile, stamp);
}

/** Brings the bundles up to date. Precondition: `tsc -b` and the vendored libraries are. */
export async function bundlePackages() {
  for (const bundled of PACKAGES) await bundlePackage(bundled);
}

if (isMain(import.meta.url)) await bundlePackages();
