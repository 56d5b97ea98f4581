import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";
import { peakResident } from "../../lib/memory.mjs";
import { draw, scattered, textOf } from "./data.mjs";

const BYTES = 100;
const ROWS = 5_000_000;
const QUICK_ROWS = 500_000;
const BOUND_MB = 450;
const CHECKED = 1000;

const countOf = ({ quick }) => (quick ? QUICK_ROWS : ROWS);

/**
 * `set` without `await`, as fast as it goes, then one wait for all; the process is killed, and
 * another counts. `yieldEvery` gives the event loop a turn after so many.
 */
export function unawaitedWorkload({ title, order, yieldEvery }) {
  const write = async (context) => {
    const { engine, library, folder } = context;
    const count = countOf(context);
    const store = await engine.open(library, folder, { model: "kv" });
    const started = performance.now();
    let last;
    for (let i = 0; i < count; i++) {
      const row = scattered(i, count);
      last = store.writeOne(row, textOf(row, BYTES));
      if (i % yieldEvery === yieldEvery - 1) await setImmediate();
    }
    const calls = performance.now() - started;
    const peak = peakResident();
    await last;
    await store.db.flush();
    const total = performance.now() - started;
    return [
      { name: "peak resident, calls", value: peak / 2 ** 20, unit: "MB", atMost: BOUND_MB },
      { name: "peak resident", value: peakResident() / 2 ** 20, unit: "MB", atMost: BOUND_MB },
      { name: "calls", value: (count / calls) * 1000, unit: "/s" },
      { name: "durable", value: (count / total) * 1000, unit: "/s" },
    ];
  };
  const recount = async (context) => {
    const { engine, library, folder } = context;
    const count = countOf(context);
    const started = performance.now();
    const store = await engine.open(library, folder, { model: "kv" });
    const openMs = performance.now() - started;
    const lost = count - store.count();
    for (const row of draw(CHECKED, count, 2)) assert.equal(store.read(row), textOf(row, BYTES));
    await store.close();
    return [
      { name: "rows lost when killed afterwards", value: lost, unit: "", atMost: 0 },
      { name: "open after that", value: openMs, unit: "ms" },
    ];
  };
  return {
    title,
    order,
    engines: ["aegis"],
    steps: [
      { name: "write", run: write, ending: "crash" },
      { name: "count", run: recount },
    ],
  };
}
