import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "..");
const root = join(folder, "..");

/** Installs the peers on first use, and again when package-lock.json has moved on. */
export function installPeers() {
  const recordFile = join(folder, "node_modules/.package-lock.json");
  if (existsSync(recordFile) && isCurrent(recordFile)) return;
  console.log("Installing the peers (better-sqlite3 is compiled; this takes a minute or two) …");
  // `npm run` hands the root's settings down, and the root runs no install scripts.
  run("npm", ["ci", "--ignore-scripts=false"], folder);
}

/** Builds what is stale in the packages, as every other script does first. */
export function buildPackages() {
  run(process.execPath, [join(root, "scripts/setup.mjs")], root);
}

function isCurrent(recordFile) {
  const wanted = packagesOf(join(folder, "package-lock.json"));
  const installed = packagesOf(recordFile);
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === "" || installed[path]?.version === version || (optional && !installed[path]),
  );
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages;
}

function run(command, args, cwd) {
  const { status, error } = spawnSync(command, args, {
    cwd,
    stdio: "inherit",
    shell: process.platform === "win32" && command === "npm",
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with status ${status}`);
}
