import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError } from "./arguments.mjs";

const suitesFolder = join(import.meta.dirname, "../suites");

export const suiteNames = () =>
  readdirSync(suitesFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();

const modulePath = (...parts) => pathToFileURL(join(suitesFolder, ...parts)).href;

/** The suite's own description and its data generator. */
export const importSuite = (suite) => import(modulePath(suite, "suite.mjs"));

export const importEngine = (suite, name) => import(modulePath(suite, "engines", `${name}.mjs`));

export const importWorkload = (suite, name) =>
  import(modulePath(suite, "workloads", `${name}.mjs`));

/**
 * The names of a suite's engines or workloads: a file each, so that adding one is adding a file.
 *
 * @param {string} suite
 * @param {"engines" | "workloads"} kind
 * @param {readonly string[] | undefined} wanted undefined for all
 */
export function namesOf(suite, kind, wanted) {
  const all = readdirSync(join(suitesFolder, suite, kind))
    .filter((file) => file.endsWith(".mjs"))
    .map((file) => basename(file, ".mjs"))
    .sort();
  const unknown = wanted?.find((name) => !all.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`No ${kind} "${unknown}" in ${suite}; there are ${all.join(", ")}.`);
  }
  return wanted ?? all;
}
