import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Writers inside of a process. */
export const WRITERS = 4;

/**
 * @typedef {{ kind: "found", counts: number[], problems: string[] }} Found
 * @typedef {{ kind: "acknowledged", writer: number, n: number }} Acknowledged
 * @typedef {{ kind: "opening" } | Found | Acknowledged | { kind: "closed" }} Message
 */

/** A process that writes to the database, and everything it has said. */
export class WriterProcess {
  /** The last acknowledged number of each writer; 0 for none. */
  acknowledged = Array.from({ length: WRITERS }, () => 0);
  /** What it found, once it has said so. @type {Found | undefined} */
  findings;
  /** Whether it said that the database is closed. */
  closed = false;
  errors = "";

  /**
   * @param {string} script a file beside this one that takes a directory and a number of writers
   * @param {string} directory
   * @param {{ smallLimits?: boolean, sync?: string }} [options]
   */
  constructor(script, directory, { smallLimits = false, sync = "commit" } = {}) {
    const path = fileURLToPath(new URL(script, import.meta.url));
    const limits = new URL("small-limits.mjs", import.meta.url).href;
    const args = [path, directory, String(WRITERS), sync];
    this.child = spawn(process.execPath, smallLimits ? ["--import", limits, ...args] : args, {
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.child.stderr.on("data", (data) => {
      this.errors += String(data);
    });
    // A process that is dead already is told to close all the same.
    this.child.stdin.on("error", () => undefined);
    const lines = createInterface({ input: this.child.stdout });
    /** Settles when everything that it said was read. @type {Promise<void>} */
    this.ended = new Promise((resolve) => {
      lines.on("close", resolve);
    });
    /** @type {Promise<void>} */
    this.opening = new Promise((resolve) => {
      lines.on("line", (line) => {
        /** @type {Message} */
        const message = JSON.parse(line);
        if (message.kind === "opening") resolve();
      });
      lines.on("close", resolve);
    });
    /** @type {Promise<Found>} */
    this.found = new Promise((resolve, reject) => {
      lines.on("line", (line) => {
        /** @type {Message} */
        const message = JSON.parse(line);
        if (message.kind === "acknowledged") this.acknowledged[message.writer] = message.n;
        if (message.kind === "closed") this.closed = true;
        if (message.kind !== "found") return;
        this.findings = message;
        resolve(message);
      });
      lines.on("close", () => {
        reject(new Error(`the writer ended: ${this.errors}`));
      });
    });
    this.found.catch(() => undefined);
  }

  /** Asks it to close the database; whoever wants to know when that is done waits for `ended`. */
  close() {
    this.child.stdin.write("close\n");
  }

  async kill() {
    this.child.kill("SIGKILL");
    await this.ended;
  }
}

/**
 * What a strike of any kind hits: a process that opens and recovers, one that writes, flushes and
 * compacts, or one that closes.
 * @typedef {"opening" | "writing" | "closing"} Moment
 * @type {readonly Moment[]}
 */
const MOMENTS = ["writing", "opening", "writing", "closing"];

/** Longest time from the beginning of a moment to the strike. */
const LONGEST_MS = { opening: 80, writing: 320, closing: 40 };
/** Time to write something before a close. */
const BEFORE_CLOSE_MS = 60;

/**
 * Lets processes write to one directory, one after the other, and strikes each one down, at
 * moments spread over its life, which is `pace` times as long. Each new one's findings are given to `check`, together with what
 * was promised by those before it; one more process looks at what the last strike has left.
 *
 * @param {{
 *   rounds: number,
 *   pace?: number,
 *   start: (round: number) => WriterProcess,
 *   strike: (writer: WriterProcess, round: number) => Promise<void>,
 *   check: (round: number, found: Found, promised: readonly number[]) => void,
 * }} rig
 * @returns how many writes were acknowledged in all, and how often a moment was struck while it lasted
 */
export async function strikeAgainAndAgain({ rounds, pace = 1, start, strike, check }) {
  /** @type {readonly number[]} */
  let promised = Array.from({ length: WRITERS }, () => 0);
  const struck = { opening: 0, writing: 0, closing: 0 };
  let acknowledged = 0;
  for (let round = 0; round < rounds; round++) {
    const writer = start(round);
    const moment = MOMENTS[round % MOMENTS.length] ?? "writing";
    await reach(moment, writer, pace);
    await sleep((round * 97 * pace) % (LONGEST_MS[moment] * pace));
    const lasts = moment === "opening" ? writer.findings === undefined : !writer.closed;
    if (lasts) struck[moment]++;
    if ((writer.child.exitCode ?? 0) !== 0) throw new Error(`it ended by itself: ${writer.errors}`);
    await strike(writer, round);
    const { findings } = writer;
    if (findings === undefined) {
      if (moment !== "opening") await writer.found;
      continue;
    }
    check(round, findings, promised);
    const { counts } = findings;
    promised = counts.map((count, w) => Math.max(count, writer.acknowledged[w] ?? 0));
    acknowledged += promised.reduce((sum, n, w) => sum + n - (counts[w] ?? 0), 0);
  }
  const last = start(rounds);
  check(rounds, await last.found, promised);
  await last.kill();
  return { acknowledged, struck };
}

/**
 * @param {Moment} moment
 * @param {WriterProcess} writer
 * @param {number} pace
 */
async function reach(moment, writer, pace) {
  await writer.opening;
  if (moment === "opening") return;
  await writer.found;
  if (moment !== "closing") return;
  await sleep(BEFORE_CLOSE_MS * pace);
  writer.close();
}

/** @param {number} ms */
function sleep(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/**
 * What is wrong with what a process found after the others were struck down, as sentences:
 * something acknowledged is lost, or something is there that was never written.
 *
 * @param {Found} found
 * @param {readonly number[]} promised
 */
export function brokenPromises({ counts, problems }, promised) {
  const broken = [...problems];
  for (const [writer, count] of counts.entries()) {
    const least = promised[writer] ?? 0;
    if (count < least) broken.push(`writer ${writer} has ${count} of ${least} acknowledged`);
    // The last one before the end may have got to the disk unacknowledged; none after it.
    if (count > least + 1) broken.push(`writer ${writer} has ${count}, but wrote ${least + 1}`);
  }
  return broken;
}
