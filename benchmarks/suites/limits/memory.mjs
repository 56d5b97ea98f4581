import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { peakResident, startNewPeak } from "../../lib/memory.mjs";
import { draw, load, textOf } from "./data.mjs";

const BYTES = 100;
const POINT_READS = 200_000;
const CHECKED = 1000;

/** Loads, scans and reads rows of 100 bytes; the peak of each is against one bound. */
export function memoryWorkload({
  title,
  order,
  engines,
  model,
  rows,
  quickRows,
  boundMB,
  whenQuick,
}) {
  const figures = [];
  const stage = async (name, count, act) => {
    startNewPeak();
    const started = performance.now();
    await act();
    const rate = (count / (performance.now() - started)) * 1000;
    figures.push(
      {
        name: `peak resident, ${name}`,
        value: peakResident() / 2 ** 20,
        unit: "MB",
        atMost: boundMB,
      },
      { name, value: rate, unit: "/s" },
    );
  };
  const read = (store, count, label) =>
    stage(`${label}random reads`, POINT_READS, () => {
      for (const row of draw(POINT_READS, count, 1)) {
        if (store.read(row)?.length !== BYTES) throw new Error(`row ${row} is not there`);
      }
    });
  const scan = (store, count, label) =>
    stage(`${label}full scan`, count, () => assert.equal(store.scan(), count * BYTES));
  const fill = async ({ engine, library, folder, quick }) => {
    const count = quick ? quickRows : rows;
    const store = await engine.open(library, folder, { model });
    await stage("load", count, () => load(store, { count, bytes: BYTES }));
    await scan(store, count, "");
    await read(store, count, "");
    for (const row of draw(CHECKED, count, 2)) assert.equal(store.read(row), textOf(row, BYTES));
    await store.close();
    return figures;
  };
  const reopen = async ({ engine, library, folder, quick }) => {
    const count = quick ? quickRows : rows;
    const store = await engine.open(library, folder, { model });
    await scan(store, count, "reopened: ");
    await read(store, count, "reopened: ");
    await store.close();
    return figures;
  };
  return {
    title,
    order,
    engines,
    steps: [
      { name: "load, scan, read", run: fill, whenQuick },
      { name: "reopen, scan, read", run: reopen, whenQuick },
    ],
  };
}
