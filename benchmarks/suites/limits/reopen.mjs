import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { peakResident } from "../../lib/memory.mjs";
import { textOf } from "./data.mjs";

/** From before `open` in a fresh process to the first value; the import is not counted. */
export function openAndRead({
  name,
  model,
  options,
  bytes,
  row,
  folderOf = (folder) => folder,
  atMost,
}) {
  return async ({ engine, library, folder }) => {
    const started = performance.now();
    const store = await engine.open(library, folderOf(folder), { model, options, create: false });
    const opened = performance.now();
    const text = store.read(row);
    const read = performance.now();
    assert.equal(text, textOf(row, bytes));
    return [
      { name, value: read - started, unit: "ms", atMost },
      { name: `${name}: the open of it`, value: opened - started, unit: "ms" },
      { name: `${name}: peak resident`, value: peakResident() / 2 ** 20, unit: "MB" },
    ];
  };
}

/** Has the system forget what it holds of files; false where that is not permitted. */
export function dropCaches() {
  try {
    writeFileSync("/proc/sys/vm/drop_caches", "3");
    return true;
  } catch {
    return false;
  }
}
