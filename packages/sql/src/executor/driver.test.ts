import { describe, expect, test } from "vitest";
import { evalContext, executionContext } from "../testing/execution.js";
import type { Datum } from "../types/datum.js";
import { planBatches, type RunLimits, runPlan, runPlanAsync } from "./index.js";
import { type CompiledPlan, PENDING, type RowBatch } from "./operator.js";

/** A plan of `batches` batches with a turn of work before each; counts what happens to it. */
function steps(batches: number): { plan: CompiledPlan; counts: { next: number; closed: number } } {
  const counts = { next: 0, closed: 0 };
  const plan: CompiledPlan = {
    columns: [{ id: 1, name: "n", type: { name: "integer" } }],
    open: () => ({
      next() {
        counts.next++;
        if (counts.next % 2 === 1 && counts.next < 2 * batches) return PENDING;
        if (counts.next > 2 * batches) return null;
        return { length: 1, columns: [[counts.next / 2]], selection: null, selected: 1 };
      },
      close: () => counts.closed++,
    }),
  };
  return { plan, counts };
}

/** A clock that moves by `step` microseconds whenever it is read. */
function context(step: number, limits: RunLimits = {}) {
  let now = 0;
  return executionContext({ limits, eval: { ...evalContext(), clock: () => (now += step) } });
}

const values =
  (into: unknown[]) =>
  (batch: RowBatch): void => {
    into.push((batch.columns[0] as readonly Datum[])[0]);
  };

describe("runs", () => {
  test("give all batches and close the operator", async () => {
    const found: unknown[] = [];
    const first = steps(3);
    runPlan(first.plan, context(1), values(found));
    expect(found).toEqual([1, 2, 3]);
    expect(first.counts.closed).toBe(1);
    const second = steps(3);
    await runPlanAsync(second.plan, context(1), values(found));
    expect(found).toEqual([1, 2, 3, 1, 2, 3]);
    const third = steps(3);
    expect([...planBatches(third.plan, context(1))]).toHaveLength(3);
    expect([second.counts.closed, third.counts.closed]).toEqual([1, 1]);
  });

  test("end when the consumer has enough", () => {
    const { plan, counts } = steps(100);
    let taken = 0;
    runPlan(plan, context(1), () => ++taken < 2);
    expect([taken, counts.next, counts.closed]).toEqual([2, 4, 1]);
    const other = steps(100);
    for (const batch of planBatches(other.plan, context(1))) if (batch.selected === 1) break;
    expect(other.counts).toEqual({ next: 2, closed: 1 });
  });

  test("stop at the deadline", () => {
    const { plan, counts } = steps(100);
    const run = (): void => runPlan(plan, context(10, { deadline: 100 }), () => true);
    expect(run).toThrow(expect.objectContaining({ code: "TIMEOUT", sqlState: "57014" }));
    expect(counts.next).toBe(10);
    expect(counts.closed).toBe(1);
  });

  test("stop at a signal, also while they wait for the event loop", async () => {
    const { plan, counts } = steps(1_000_000);
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("enough")), 5);
    const run = runPlanAsync(plan, context(1000, { signal: controller.signal }), () => true);
    await expect(run).rejects.toMatchObject({ code: "ABORTED", cause: { message: "enough" } });
    expect(counts.closed).toBe(1);
    const aborted = AbortSignal.abort();
    expect(() => runPlan(steps(1).plan, context(1, { signal: aborted }), () => true)).toThrow(
      expect.objectContaining({ code: "ABORTED" }),
    );
  });

  test("give the event loop back every few milliseconds", async () => {
    const turns: number[] = [];
    const { plan, counts } = steps(50);
    let waiting = true;
    const count = (): void => {
      turns.push(counts.next);
      if (waiting) setImmediate(count);
    };
    setImmediate(count);
    await runPlanAsync(plan, context(1000), () => true);
    waiting = false;
    // 101 steps of a millisecond each make about 20 turns.
    expect(turns.length).toBeGreaterThan(10);
  });

  test("close what they opened when a step fails", () => {
    let closed = 0;
    const plan: CompiledPlan = {
      columns: [],
      open: () => ({
        next: () => {
          throw new Error("broken");
        },
        close: () => closed++,
      }),
    };
    expect(() => runPlan(plan, context(1), () => true)).toThrow("broken");
    expect(closed).toBe(1);
  });
});
