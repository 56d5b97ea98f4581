import { fork } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { FigureRows, mediansOf } from "./limit-summary.mjs";

const CHILD = join(import.meta.dirname, "limit-child.mjs");
/** A child that takes longer hangs. */
const TIMEOUT_MS = 10 * 60_000;

/**
 * Runs every workload on each of its engines. A scenario that fails does not end the others.
 *
 * @returns {Promise<{ rows: object[], failures: string[] }>}
 */
export async function runLimits(plan, options, onStep) {
  const rows = [];
  const failures = [];
  for (const [workload, definition] of plan.workloads) {
    const figures = new FigureRows();
    const waited = {};
    for (const engine of definition.engines.filter((name) => plan.engines.has(name))) {
      const task = { suite: options.suite, engine, workload, quick: options.quick };
      const folder = join(options.directory, "database");
      try {
        const measured = await runScenario({ ...task, folder }, definition, onStep);
        figures.add(engine, measured.figures, engine === definition.engines[0]);
        waited[engine] = measured.waited;
      } catch (error) {
        failures.push(error.message);
      }
    }
    rows.push({ workload, title: definition.title, figures: figures.rows, waited });
  }
  return { rows, failures };
}

async function runScenario(task, { steps }, onStep) {
  const figures = [];
  let waited = 0;
  rmSync(task.folder, { recursive: true, force: true });
  mkdirSync(task.folder, { recursive: true });
  try {
    for (const [index, step] of steps.entries()) {
      if (task.quick && step.whenQuick === false) continue;
      onStep({ ...task, step: step.name });
      const rounds = [];
      for (let time = 0; time < (step.times ?? 1); time++) {
        if (step.before?.() === false) break;
        const measured = await runStep({ ...task, step: index }, step);
        rounds.push(measured.figures);
        waited = Math.max(waited, measured.waited);
      }
      if (rounds.length > 0) figures.push(...mediansOf(rounds));
    }
    return { figures, waited };
  } finally {
    rmSync(task.folder, { recursive: true, force: true });
  }
}

/** @param {import("./limit-contract.mjs").StepTask} task */
function runStep(task, step) {
  return new Promise((resolve, reject) => {
    const child = fork(CHILD, [JSON.stringify(task)]);
    let measured;
    const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
    child.on("message", (message) => (measured = message));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const asPlanned = step.ending === "crash" ? signal === "SIGKILL" : code === 0;
      if (measured !== undefined && asPlanned) return resolve(measured);
      const name = `${task.engine}, ${task.workload}, ${step.name}`;
      reject(new Error(`${name}: the process ended with ${signal ?? `status ${code}`}`));
    });
  });
}
