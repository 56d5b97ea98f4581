// Runs one step of a workload of limits in this fresh process. Sends its figures to the parent, or
// prints them when it was started by hand: node lib/limit-child.mjs '{"suite":"limits", …}'.

import { waitedForProcessor } from "./processor.mjs";
import { importEngine, importWorkload } from "./suite.mjs";

/** @type {import("./limit-contract.mjs").StepTask} */
const task = JSON.parse(process.argv[2]);
const { default: engine } = await importEngine(task.suite, task.engine);
const { default: workload } = await importWorkload(task.suite, task.workload);
const step = workload.steps[task.step];

// The parent was stopped.
const stop = () => process.exit(1);
process.once("disconnect", stop);

const { folder, quick } = task;
const library = await engine.library();
const figures = await step.run({ engine, library, folder, quick });
await report({ figures, waited: waitedForProcessor() });
if (step.ending === "crash") process.kill(process.pid, "SIGKILL");
process.off("disconnect", stop);
if (process.connected) process.disconnect();

function report(message) {
  if (process.connected) return new Promise((resolve) => process.send(message, resolve));
  console.log(message);
}
