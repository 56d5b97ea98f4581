// Packs every package as npm would publish it and looks at the result: publint for the manifest,
// attw for how TypeScript resolves its entry points, and our own promises about what is inside.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { packageFolders } from "./lib/packages.mjs";
import { isMain, run } from "./lib/run.mjs";

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {Record<string, string>} [scripts]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [optionalDependencies]
 */

/**
 * Problems that attw reports by design: the packages are ESM, for runtimes that know `exports`.
 * @param {import("@arethetypeswrong/core").Problem} problem
 */
function isByDesign(problem) {
  if (problem.kind === "CJSResolvesToESM") return true;
  return "resolutionKind" in problem && problem.resolutionKind === "node10";
}

/**
 * What no package of ours may do, whatever the tools say.
 * @param {Manifest} manifest
 * @param {readonly string[]} files
 */
function brokenPromises(manifest, files) {
  /** @type {string[]} */
  const broken = [];
  for (const script of ["preinstall", "install", "postinstall", "prepare"]) {
    if (manifest.scripts?.[script] !== undefined) broken.push(`it has the script ${script}`);
  }
  if (manifest.optionalDependencies !== undefined) broken.push("it has optional dependencies");
  for (const required of ["LICENSE", "NOTICE", "dist/index.js", "dist/index.d.ts"]) {
    if (!files.includes(required)) broken.push(`${required} is not in it`);
  }
  for (const file of files) {
    if (/\.node$|binding\.gyp$/.test(file)) broken.push(`${file} is native code`);
    if (/\.test\.|(^|\/)testing\//.test(file)) broken.push(`${file} is test code`);
  }
  return broken;
}

/**
 * @param {string} folder
 * @param {string} target where the tarball goes
 * @returns {Promise<string[]>} what is wrong, as sentences
 */
async function checkPacked(folder, target) {
  const packed = await run("npm", [
    "pack",
    folder,
    "--json",
    "--ignore-scripts",
    "--loglevel=error",
    "--pack-destination",
    target,
  ]);
  if (!packed.ok) return [`npm pack failed: ${packed.output}`];
  /** @type {[{ filename: string, files: { path: string }[] }]} npm may warn before the JSON */
  const [info] = JSON.parse(packed.output.slice(packed.output.search(/^\[/m)));
  /** @type {Manifest} */
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const files = info.files.map((file) => file.path);
  const problems = brokenPromises(manifest, files);

  const tarball = new Uint8Array(readFileSync(join(target, info.filename)));
  const linted = await publint({ pack: { tarball: tarball.buffer }, strict: true });
  for (const message of linted.messages) {
    problems.push(`publint: ${formatMessage(message, linted.pkg) ?? message.code}`);
  }
  const analysed = await checkPackage(createPackageFromTarballData(tarball));
  if (!analysed.types) {
    problems.push("attw: it has no types");
  } else {
    for (const problem of analysed.problems) {
      if (!isByDesign(problem)) problems.push(`attw: ${JSON.stringify(problem)}`);
    }
  }
  return problems.map((problem) => `${manifest.name}: ${problem}`);
}

/** Packs and checks all packages. */
async function checkPackages() {
  const target = mkdtempSync(join(tmpdir(), "aegisdb-pack-"));
  try {
    const found = await Promise.all(packageFolders().map((folder) => checkPacked(folder, target)));
    return found.flat();
  } finally {
    rmSync(target, { recursive: true });
  }
}

if (isMain(import.meta.url)) {
  const problems = await checkPackages();
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}
