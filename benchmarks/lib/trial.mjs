import { fork } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bytesOnDisk } from "./disk.mjs";

const CHILD = join(import.meta.dirname, "child.mjs");
/** A child that takes longer hangs. */
const TIMEOUT_MS = 10 * 60_000;

/**
 * One workload on one engine, once: a process that fills, then one that opens again what it left, if
 * `reopens`. The database is removed afterwards.
 *
 * @returns {Promise<{ phase: string, value: number, memory: number, disk: number }[]>}
 */
export async function runTrial(task, reopens) {
  rmSync(task.folder, { recursive: true, force: true });
  mkdirSync(task.folder, { recursive: true });
  try {
    const results = await runChild({ ...task, step: "fill", phase: "loaded" });
    const disk = bytesOnDisk(task.folder);
    if (reopens) {
      results.push(...(await runChild({ ...task, step: "reopen", phase: "reopened" })));
    }
    return results.map((result) => ({ ...result, disk }));
  } finally {
    rmSync(task.folder, { recursive: true, force: true });
  }
}

/** @param {import("./contract.mjs").ChildTask} task */
function runChild(task) {
  return new Promise((resolve, reject) => {
    const child = fork(CHILD, [JSON.stringify(task)], { execArgv: ["--expose-gc"] });
    const measured = [];
    let ended;
    const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
    child.on("message", (message) => {
      if (message.phase === undefined) ended = message;
      else measured.push(message);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const asPlanned = ended?.crashed ? signal === "SIGKILL" : code === 0;
      if (ended === undefined || !asPlanned) {
        const name = `${task.engine}, ${task.workload}, ${task.step}`;
        reject(new Error(`${name}: the process ended with ${signal ?? `status ${code}`}`));
        return;
      }
      // The peak is of the whole process: load, measurement, checkpoint and close.
      const memory = ended.memory.peak - ended.memory.floor;
      resolve(measured.map(({ phase, value }) => ({ phase, value, memory })));
    });
  });
}
