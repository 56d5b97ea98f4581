import { median } from "./statistics.mjs";

/** The engine whose budgets these are. */
const OURS = "aegis";

/**
 * Medians for every workload, phase and engine, and for every budget the median of the ratios of
 * each repetition.
 */
export function summarize(plan, samples) {
  const find = (workload, engine, phase) =>
    samples.filter((s) => s.workload === workload && s.engine === engine && s.phase === phase);
  const rows = [];
  for (const [workload, definition] of plan.workloads) {
    for (const phase of definition.phases) {
      const engines = {};
      for (const engine of plan.engines.keys()) {
        const found = find(workload, engine, phase);
        if (found.length > 0) engines[engine] = mediansOf(found);
      }
      const budgets = definition.budgets
        .filter((budget) => budget.phase === phase)
        .map((budget) => judge(budget, { workload, unit: definition.unit, find }))
        .filter((judged) => judged !== undefined);
      const { title, unit } = definition;
      rows.push({ workload, phase, title, unit, engines, budgets });
    }
  }
  return rows;
}

function mediansOf(samples) {
  return {
    value: median(samples.map((sample) => sample.value)),
    memory: median(samples.map((sample) => sample.memory)),
    disk: median(samples.map((sample) => sample.disk)),
  };
}

/** Undefined if one side was not measured. */
function judge(budget, { workload, unit, find }) {
  const ours = find(workload, OURS, budget.phase);
  if (ours.length === 0) return undefined;
  if (budget.atMost !== undefined) {
    const value = median(ours.map((sample) => sample.value));
    return { atMost: budget.atMost, value, isMet: value <= budget.atMost };
  }
  const theirs = find(budget.peerWorkload ?? workload, budget.peer, budget.phase);
  if (theirs.length === 0) return undefined;
  const ratio = median(
    ours.map(({ repetition, value }) => {
      const peer = theirs.find((sample) => sample.repetition === repetition).value;
      return unit === "ms" ? peer / value : value / peer;
    }),
  );
  const { peer, peerWorkload, atLeast } = budget;
  return { peer, peerWorkload, atLeast, ratio, isMet: ratio >= atLeast };
}
