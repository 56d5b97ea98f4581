// Brings a fresh clone, or a tree that moved on, to where everything can run: installs the
// dependencies when node_modules does not match package-lock.json, then builds what is stale.
// Uses Node's built-ins only, asks nothing, and does nothing when nothing is stale.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isMain, root, run, withoutHosts } from "./lib/run.mjs";

/**
 * @typedef {{ version?: string, resolved?: string, link?: boolean, optional?: boolean }} LockEntry
 */

/**
 * Reads the `packages` table of a lock file.
 * @param {string} file
 * @returns {Record<string, LockEntry>}
 */
function lockedPackages(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages;
}

/**
 * Compares what package-lock.json asks for with what npm recorded as installed.
 * @returns {string | undefined} the first difference, or undefined when there is none
 */
function installedDiffers() {
  const recordFile = join(root, "node_modules/.package-lock.json");
  if (!existsSync(recordFile)) return "node_modules is missing";
  const wanted = lockedPackages(join(root, "package-lock.json"));
  const installed = lockedPackages(recordFile);
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.startsWith("node_modules/") && !path.includes("/node_modules/")) continue;
    const present = installed[path];
    if (present === undefined) {
      // An optional package is left out where the platform cannot use it.
      if (entry.optional === true) continue;
      return `${path} is not installed`;
    }
    if (present.version !== entry.version || present.resolved !== entry.resolved) {
      return `${path} is of another version`;
    }
    if (!existsSync(join(root, path))) return `${path} was removed`;
  }
  for (const path of Object.keys(installed)) {
    if (wanted[path] === undefined) return `${path} is no longer wanted`;
  }
  return undefined;
}

const INSTALL_ATTEMPTS = 2;

/** Installs exactly what package-lock.json says when the tree differs from it. */
async function install() {
  let difference = installedDiffers();
  // npm may end well with packages missing when its cache was disturbed; what counts is the result.
  for (let attempt = 1; difference !== undefined && attempt <= INSTALL_ATTEMPTS; attempt++) {
    console.log(`Installing dependencies: ${difference}.`);
    await installOnce();
    difference = installedDiffers();
  }
  if (difference !== undefined) throw new Error(`npm ci ended well, but ${difference}`);
}

async function installOnce() {
  const outcome = await run("npm", [
    "ci",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--prefer-offline",
    "--loglevel=error",
  ]);
  if (!outcome.ok) {
    console.error(withoutHosts(outcome.output));
    throw new Error("npm ci failed");
  }
  console.log(`Installed in ${outcome.seconds.toFixed(1)} s.`);
}

/** Installs, then builds. Rejects with the reason when either fails. */
export async function setup() {
  await install();
  const { build } = await import("./build.mjs");
  await build();
}

if (isMain(import.meta.url)) {
  try {
    await setup();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
