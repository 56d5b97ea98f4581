import assert from "node:assert/strict";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { quantile } from "../../lib/statistics.mjs";
import { load, scattered, textOf } from "./data.mjs";

const BYTES = 100;
const ROWS = 2_000_000;
const QUICK_ROWS = 400_000;
const IN_FLIGHT = 1000;
const NS_PER_MS = 1e6;
const P99_MS = 10;
const MAX_MS = 100;

/** How a load is written: each keeps the database as busy as it can. */
export const producers = {
  batches: (store, count) => load(store, { count, bytes: BYTES }),

  /** Single writes, of which every thousandth is awaited. */
  async everyThousandth(store, count) {
    let last;
    for (let i = 0; i < count; i++) {
      last = writeNext(store, i, count);
      if (i % IN_FLIGHT === IN_FLIGHT - 1) await last;
    }
    await last;
  },

  /** 1,000 clients, each of which awaits its write before it makes the next. */
  async inFlight(store, count) {
    let next = 0;
    const client = async () => {
      while (next < count) await writeNext(store, next++, count);
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, client));
  },
};

function writeNext(store, index, count) {
  const row = scattered(index, count);
  return store.writeOne(row, textOf(row, BYTES));
}

/**
 * The pauses of the event loop while a load runs at full speed, with its flushes and compactions,
 * and how long a read waits that is due every millisecond.
 */
export function eventLoopWorkload({ title, order, model, produce }) {
  const run = async ({ engine, library, folder, quick }) => {
    const count = quick ? QUICK_ROWS : ROWS;
    const store = await engine.open(library, folder, { model });
    await load(store, { count, bytes: BYTES, to: 1000 });
    const reader = readEveryMs(store, count);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const started = performance.now();
    await produce(store, count);
    const seconds = (performance.now() - started) / 1000;
    delay.disable();
    const waits = reader.stop();
    const { flushes, compactions, writeStalls } = store.stats();
    assert.equal(store.count(), count);
    await store.close();
    const ms = (percentile) => delay.percentile(percentile) / NS_PER_MS;
    return [
      { name: "pause, median", value: ms(50), unit: "ms" },
      { name: "pause, 99 %", value: ms(99), unit: "ms", atMost: P99_MS },
      { name: "pause, 99.9 %", value: ms(99.9), unit: "ms" },
      { name: "longest pause", value: delay.max / NS_PER_MS, unit: "ms", atMost: MAX_MS },
      { name: "read due every ms, answered after, 99 %", value: quantile(waits, 0.99), unit: "ms" },
      { name: "the same, longest", value: quantile(waits, 1), unit: "ms" },
      { name: "rows written", value: count / seconds, unit: "/s" },
      { name: "log groups delayed, together", value: writeStalls.delayedMs, unit: "ms" },
      { name: "writers stopped, together", value: writeStalls.stoppedMs, unit: "ms" },
      { name: "writers stopped, times", value: writeStalls.stopped, unit: "" },
      { name: "flushes meanwhile", value: flushes, unit: "" },
      { name: "compactions meanwhile", value: compactions, unit: "" },
    ];
  };
  return { title, order, engines: ["aegis"], steps: [{ name: "load", run }] };
}

/** Milliseconds from when each read was due until it had its answer. */
function readEveryMs(store, count) {
  const waits = [];
  let turn = 0;
  let timer;
  const next = () => {
    const due = performance.now() + 1;
    timer = setTimeout(() => {
      const row = scattered(turn++ % 1000, count);
      if (store.read(row)?.length !== BYTES) throw new Error(`row ${row} is not there`);
      waits.push(performance.now() - due);
      next();
    }, 1);
  };
  next();
  return {
    stop() {
      clearTimeout(timer);
      return waits;
    },
  };
}
