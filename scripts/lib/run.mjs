// Runs one command to its end and keeps what it printed. Node built-ins only:
// the set-up script needs this before anything is installed.

import { spawn } from "node:child_process";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/**
 * Takes hosts out of text that a package manager printed, so that no log of ours names one.
 * @param {string} text
 */
export function withoutHosts(text) {
  return text.replace(/\bhttps?:\/\/[^\s/'"]+/g, "<registry>");
}

/**
 * @typedef {{ ok: boolean, seconds: number, output: string }} Outcome
 */

/**
 * Runs a command from the root folder with no standard input.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, inherit?: boolean }} [options] `inherit` prints the
 *   output as it comes instead of collecting it.
 * @returns {Promise<Outcome>}
 */
export function run(command, args, options = {}) {
  const started = performance.now();
  return new Promise((settle) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", options.inherit ? "inherit" : "pipe", options.inherit ? "inherit" : "pipe"],
    });
    let output = "";
    /** @param {boolean} ok */
    const finish = (ok) => {
      settle({ ok, seconds: (performance.now() - started) / 1000, output });
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => (output += text));
    }
    child.on("error", (error) => {
      output += `${command}: ${error.message}\n`;
      finish(false);
    });
    child.on("close", (code, signal) => {
      if (signal !== null) output += `${command} was ended by ${signal}\n`;
      finish(code === 0);
    });
  });
}

/**
 * Runs a program of an installed package, found in node_modules/.bin.
 * @param {string} name
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, inherit?: boolean }} [options]
 */
export function runBin(name, args, options) {
  return run(resolve(root, "node_modules/.bin", name), args, options);
}

/**
 * Says whether the module whose URL is given was started by `node`, not imported.
 * @param {string} url
 */
export function isMain(url) {
  return process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(url);
}
