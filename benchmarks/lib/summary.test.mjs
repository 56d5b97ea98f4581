import assert from "node:assert/strict";
import { test } from "node:test";
import { median } from "./statistics.mjs";
import { summarize } from "./summary.mjs";

const sample = (repetition, engine, value, workload = "get") => ({
  repetition,
  workload,
  engine,
  phase: "loaded",
  value,
  memory: 1,
  disk: 2,
});

const planOf = (unit, budgets) => ({
  engines: new Map([
    ["aegis", {}],
    ["peer", {}],
  ]),
  workloads: new Map([
    ["get", { title: "get", unit, phases: ["loaded"], budgets }],
    ["scan", { title: "scan", unit, phases: ["loaded"], budgets: [] }],
  ]),
});

const budgetsOf = (unit, budgets, samples) => summarize(planOf(unit, budgets), samples)[0].budgets;

test("the median of an even number of values lies between the middle two", () => {
  assert.equal(median([4, 1, 3]), 3);
  assert.equal(median([4, 1, 3, 2]), 2.5);
});

test("a ratio is the median of the repetitions' ratios, not the ratio of medians", () => {
  const samples = [
    [sample(0, "aegis", 30), sample(0, "peer", 10)],
    [sample(1, "aegis", 8), sample(1, "peer", 2)],
    [sample(2, "aegis", 100), sample(2, "peer", 100)],
  ].flat();
  const [judged] = budgetsOf("ops/s", [{ phase: "loaded", peer: "peer", atLeast: 3.5 }], samples);
  assert.equal(judged.ratio, 3);
  assert.equal(judged.isMet, false);
});

test("of milliseconds the smaller is the better", () => {
  const samples = [sample(0, "aegis", 5), sample(0, "peer", 10)];
  const budgets = [
    { phase: "loaded", peer: "peer", atLeast: 2 },
    { phase: "loaded", atMost: 4 },
  ];
  const [ratio, limit] = budgetsOf("ms", budgets, samples);
  assert.deepEqual([ratio.ratio, ratio.isMet], [2, true]);
  assert.deepEqual([limit.value, limit.isMet], [5, false]);
});

test("a budget may compare with another workload of our own", () => {
  const samples = [sample(0, "aegis", 6), sample(0, "aegis", 10, "scan")];
  const budget = { phase: "loaded", peer: "aegis", peerWorkload: "scan", atLeast: 0.5 };
  assert.equal(budgetsOf("rows/s", [budget], samples)[0].ratio, 0.6);
});

test("a budget whose peer was not measured is not judged", () => {
  const budget = { phase: "loaded", peer: "peer", atLeast: 1 };
  assert.deepEqual(budgetsOf("ops/s", [budget], [sample(0, "aegis", 6)]), []);
});
