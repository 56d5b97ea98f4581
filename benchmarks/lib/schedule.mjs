import { join } from "node:path";
import { importEngine, importWorkload, namesOf } from "./suite.mjs";
import { runTrial } from "./trial.mjs";

/** Loads the chosen engines and workloads of a suite: names to default exports. */
export async function loadPlan(options) {
  const engines = new Map();
  for (const name of namesOf(options.suite, "engines", options.engines)) {
    engines.set(name, (await importEngine(options.suite, name)).default);
  }
  const workloads = [];
  for (const name of namesOf(options.suite, "workloads", options.workloads)) {
    workloads.push([name, (await importWorkload(options.suite, name)).default]);
  }
  workloads.sort(([, a], [, b]) => a.order - b.order);
  return { engines, workloads: new Map(workloads) };
}

/**
 * Runs everything `repetitions` times. Within a repetition the engines follow each other on the
 * same workload, so that a ratio compares neighbours in time; the engine that goes first moves on
 * with every repetition.
 *
 * A trial that fails does not end the others.
 *
 * @returns {Promise<{ samples: object[], failures: string[] }>} one sample for each repetition,
 *   workload, engine and phase; the messages of the trials that failed
 */
export async function runAll(plan, options, onTrial) {
  const samples = [];
  const failures = [];
  for (let repetition = 0; repetition < options.repetitions; repetition++) {
    for (const [workload, definition] of plan.workloads) {
      for (const engine of rotated(participants(plan.engines, definition), repetition)) {
        const { once, inMemory } = plan.engines.get(engine);
        if (once === true && repetition > 0) continue;
        onTrial({ repetition, workload, engine });
        const task = {
          suite: options.suite,
          engine,
          workload,
          rows: options.rows,
          quick: options.quick,
          folder: join(options.directory, "database"),
        };
        try {
          const reopens = inMemory !== true && definition.phases.includes("reopened");
          for (const result of await runTrial(task, reopens)) {
            samples.push({ repetition, workload, engine, ...result });
          }
        } catch (error) {
          failures.push(error.message);
        }
      }
    }
  }
  return { samples, failures };
}

function participants(engines, workload) {
  return [...engines.keys()].filter((name) =>
    workload.engines === undefined
      ? engines.get(name).onlyWhenNamed !== true
      : workload.engines.includes(name),
  );
}

function rotated(names, by) {
  const at = names.length === 0 ? 0 : by % names.length;
  return [...names.slice(at), ...names.slice(0, at)];
}
