// Runs one workload on one engine in this fresh process: fills a new database, or opens the one a
// previous process left. Sends what it measured to the parent.

import { performance } from "node:perf_hooks";
import { peakResident } from "./memory.mjs";
import { importEngine, importSuite, importWorkload } from "./suite.mjs";

/** Reads are done again until so much time has passed: a shorter time tells little. */
const REPEAT_MS = 500;

/** @type {import("./contract.mjs").ChildTask} */
const task = JSON.parse(process.argv[2]);
const { createData } = await importSuite(task.suite);
const { default: engine } = await importEngine(task.suite, task.engine);
const { default: workload } = await importWorkload(task.suite, task.workload);

// The parent was stopped.
const stop = () => process.exit(1);
process.once("disconnect", stop);

const library = await engine.library();
const data = createData({ rows: task.rows, values: workload.values });
const prepared = shareOf(workload.prepare(data, task));
globalThis.gc();
const floor = process.memoryUsage.rss();

const openStart = performance.now();
const store = await engine.open(library, task.folder, workload);
const openMs = performance.now() - openStart;
const context = { data, prepared, openMs };

if (task.step === "fill" && workload.load !== false) await engine.load(store, data);
if (workload.phases.includes(task.phase)) await measure();
if (task.step === "fill" && workload.ending === "crash") {
  await report({ crashed: true });
  process.kill(process.pid, "SIGKILL");
}
if (task.step === "fill") await engine.checkpoint(store);
await engine.close(store);
await report({ crashed: false });
process.off("disconnect", stop);
process.disconnect();

async function measure() {
  await workload.warmUp?.(store, context);
  globalThis.gc();
  const start = performance.now();
  let count = 0;
  let ms = 0;
  let result;
  do {
    result = await workload.run(store, context);
    count += result.count;
    ms = result.ms ?? performance.now() - start;
  } while (workload.repeats === true && ms < REPEAT_MS);
  await workload.verify?.(store, context, result);
  const value = workload.unit === "ms" ? ms : (count / ms) * 1000;
  await report({ phase: task.phase, value });
}

/** What a slow engine is given of the operations: at least one, and the first ones. */
function shareOf(operations) {
  const share = engine.share?.[task.workload];
  return share === undefined
    ? operations
    : operations.slice(0, Math.ceil(operations.length * share));
}

function report(message) {
  const memory = { peak: peakResident(), floor };
  return new Promise((resolve) => process.send({ ...message, memory }, resolve));
}
