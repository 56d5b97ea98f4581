// `npm run test:power`: power cuts on a real file system. A process writes to a database on an ext4
// file system on a loop device; the file system is shut down so that it loses what was not synced;
// it is mounted again, and a fresh process must find everything that was acknowledged.
//
// A first run without syncs must lose something, else the rig proves nothing and this fails.
//
//   AEGIS_POWER_CUTS=20   cuts for each of the two writers
//
// Exit code 0: nothing was lost; 1: something was; 77: this machine cannot do it, as the message says.

import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  brokenPromises,
  strikeAgainAndAgain,
  WriterProcess,
} from "../test/crash/writer-process.mjs";
import { FLUSH, LoopDisk, reasonAgainst } from "../test/power/loop-disk.mjs";
import { setup } from "./setup.mjs";

const SKIPPED = 77;
const CUTS = Number(process.env["AEGIS_POWER_CUTS"] ?? 20);
const CONTROL_CUTS = 3;
const CONTROL_MS = 500;
/** Syncs on a loop device are slow: a process lives so many times longer than one that is killed. */
const PACE = 4;
/** Says that this process has its mounts to itself. */
const OWN_MOUNTS = "AEGIS_POWER_OWN_MOUNTS";
/** @type {readonly NodeJS.Signals[]} */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Four cuts in five lose everything unsynced; the others what these ways of dying lose. */
const FLUSHES = [FLUSH.nothing, FLUSH.nothing, FLUSH.journal, FLUSH.nothing, FLUSH.nothing];
FLUSHES.push(FLUSH.nothing, FLUSH.nothing, FLUSH.everything, FLUSH.nothing, FLUSH.nothing);

/** @param {string} text */
function say(text) {
  process.stdout.write(`${text}\n`);
}

/**
 * Runs `use` on a fresh disk, which is given back whatever happens.
 * @template Result
 * @param {(disk: LoopDisk) => Promise<Result>} use
 */
async function withDisk(use) {
  const disk = new LoopDisk();
  const destroy = () => disk.destroy();
  process.once("exit", destroy);
  try {
    disk.mount();
    return await use(disk);
  } finally {
    destroy();
    process.off("exit", destroy);
  }
}

/**
 * The power goes and comes back.
 * @param {LoopDisk} disk
 * @param {WriterProcess} writer
 * @param {number} flush
 */
async function cutPower(disk, writer, flush) {
  disk.cut(flush);
  await writer.kill();
  disk.unmount();
  disk.mount();
}

/** The names that tell how often the log, the manifest and the runs began a new file. */
class FilesSeen {
  /** @readonly @type {Record<string, Set<string>>} */
  #names = { log: new Set(), MANIFEST: new Set(), runs: new Set() };

  /** @param {string} directory */
  look(directory) {
    if (!existsSync(directory)) return;
    for (const name of readdirSync(directory)) {
      if (name.startsWith("MANIFEST-")) this.#names["MANIFEST"]?.add(name);
    }
    for (const part of ["log", "runs"]) {
      const path = join(directory, part);
      if (existsSync(path)) for (const name of readdirSync(path)) this.#names[part]?.add(name);
    }
  }

  /** @returns {string | undefined} what never changed, though cuts must strike it */
  get missing() {
    return Object.entries(this.#names).find(([, names]) => names.size < 3)?.[0];
  }

  toString() {
    const { log, MANIFEST, runs } = this.#names;
    return `${log?.size} log segments, ${MANIFEST?.size} manifests and ${runs?.size} run files seen`;
  }
}

/** Without syncs something acknowledged must be lost, and what is left must be whole. */
async function control() {
  let acknowledged = 0;
  let lost = 0;
  for (let cut = 0; cut < CONTROL_CUTS; cut++) {
    await withDisk(async (disk) => {
      const directory = join(disk.path, "db");
      const first = new WriterProcess("writer.mjs", directory, { sync: "none" });
      await first.found;
      await new Promise((resolve) => setTimeout(resolve, CONTROL_MS));
      await cutPower(disk, first, FLUSH.nothing);
      const second = new WriterProcess("writer.mjs", directory);
      const { counts, problems } = await second.found;
      await second.kill();
      if (problems.length > 0) throw new Error(`without syncs: ${problems.join("; ")}`);
      for (const [writer, count] of counts.entries()) {
        const promised = first.acknowledged[writer] ?? 0;
        acknowledged += promised;
        lost += Math.max(promised - count, 0);
      }
    });
  }
  if (lost === 0) throw new Error("this proves nothing: without syncs nothing is lost either");
  say(`control: without syncs ${CONTROL_CUTS} cuts take ${lost} of ${acknowledged} writes`);
}

/**
 * @param {string} script
 * @returns {Promise<number>} rounds in which a promise was broken
 */
async function cutAgainAndAgain(script) {
  let failures = 0;
  await withDisk(async (disk) => {
    const directory = join(disk.path, "db");
    const seen = new FilesSeen();
    const { acknowledged, struck } = await strikeAgainAndAgain({
      rounds: CUTS,
      pace: PACE,
      start: () => new WriterProcess(script, directory, { smallLimits: true }),
      strike: async (writer, round) => {
        await cutPower(disk, writer, FLUSHES[round % FLUSHES.length] ?? FLUSH.nothing);
        seen.look(directory);
      },
      check: (round, found, promised) => {
        const broken = brokenPromises(found, promised);
        if (broken.length > 0) failures++;
        for (const what of broken) say(`  ${script}, after cut ${round}: ${what}`);
      },
    });
    const { opening, writing, closing } = struck;
    const when = `${writing} while writing, ${opening} while opening, ${closing} while closing`;
    say(`${script}: ${CUTS} cuts (${when}), ${acknowledged} writes acknowledged,`);
    say(`  ${seen.toString()}`);
    if (seen.missing !== undefined && CUTS >= 10) {
      throw new Error(`this proves too little: ${seen.missing} had no new file under the cuts`);
    }
  });
  return failures;
}

/** Whether a disk can be made, mounted and cut; the reason if not. */
async function tryDisk() {
  try {
    await withDisk(async (disk) => {
      disk.cut(FLUSH.nothing);
    });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The same program with mounts of its own, which end with it however it ends. */
function runWithOwnMounts() {
  const program = [process.execPath, fileURLToPath(import.meta.url)];
  const child = spawn("unshare", ["--mount", "--propagation", "private", ...program], {
    stdio: "inherit",
    env: { ...process.env, [OWN_MOUNTS]: "1" },
  });
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve(status ?? 1));
  });
}

async function main() {
  const reason = reasonAgainst();
  if (reason !== undefined) return skip(reason);
  if (process.env[OWN_MOUNTS] === undefined) {
    await setup();
    return runWithOwnMounts();
  }
  for (const signal of SIGNALS) process.once(signal, () => process.exit(1));
  const failure = await tryDisk();
  if (failure !== undefined) return skip(failure);
  await control();
  let failures = 0;
  for (const script of ["writer.mjs", "bank-writer.mjs"])
    failures += await cutAgainAndAgain(script);
  say(failures === 0 ? "Nothing acknowledged was lost." : `${failures} cuts broke a promise.`);
  return failures === 0 ? 0 : 1;
}

/** @param {string} reason */
function skip(reason) {
  say(`SKIPPED: power cannot be cut on this machine: ${reason}.`);
  return SKIPPED;
}

process.exitCode = await main();
