import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { median } from "../../lib/statistics.mjs";
import { draw, load, textOf } from "./data.mjs";

const BYTES = 100;
const ROWS = 1_000_000;
const QUICK_ROWS = 200_000;
const SHARE = 0.05;
const BATCH = 1000;
const SCANS = 5;
const BOUND = 2;
const OPTIONS = { bufferPoolSize: "256MB", writeBufferSize: "64MB" };

const countOf = ({ quick }) => (quick ? QUICK_ROWS : ROWS);
const updatedRows = (count) => [...new Set(draw(count * SHARE, count, 3))];

/** Median milliseconds of a scan, after one that nobody times. */
function timed(scan) {
  const expected = scan();
  const times = Array.from({ length: SCANS }, () => {
    const started = performance.now();
    assert.equal(scan(), expected);
    return performance.now() - started;
  });
  return median(times);
}

async function update(store, count) {
  const rows = updatedRows(count);
  for (let at = 0; at < rows.length; at += BATCH) {
    const batch = rows.slice(at, at + BATCH);
    await store.write(
      batch,
      batch.map((row) => textOf(row, BYTES, 1)),
    );
  }
}

function verify(store, count) {
  const updated = new Set(updatedRows(count));
  for (const row of draw(1000, count, 4)) {
    assert.equal(store.read(row), textOf(row, BYTES, updated.has(row) ? 1 : 0));
  }
}

const figuresOf = (state, clean, updated) => [
  { name: `${state}: clean`, value: clean, unit: "ms" },
  { name: `${state}: updated`, value: updated, unit: "ms" },
  { name: `${state}: ratio`, value: updated / clean, unit: "×", atMost: BOUND },
];

/** `scanOf` gives what is timed. */
export function scanUpdatedWorkload({ title, order, model, scanOf }) {
  const opened = ({ engine, library, folder }) =>
    engine.open(library, folder, { model, options: OPTIONS });
  const fill = async (context) => {
    const store = await opened(context);
    await load(store, { count: countOf(context), bytes: BYTES });
    await store.compact();
    const clean = timed(scanOf(store));
    await update(store, countOf(context));
    const updated = timed(scanOf(store));
    verify(store, countOf(context));
    await store.close();
    return figuresOf("updates in memory", clean, updated);
  };
  const reopen = async (context) => {
    const store = await opened(context);
    const updated = timed(scanOf(store));
    verify(store, countOf(context));
    await store.compact();
    const clean = timed(scanOf(store));
    await store.close();
    return figuresOf("reopened", clean, updated);
  };
  const steps = [
    { name: "load and update", run: fill },
    { name: "reopen", run: reopen },
  ];
  return { title, order, engines: ["aegis"], steps };
}
