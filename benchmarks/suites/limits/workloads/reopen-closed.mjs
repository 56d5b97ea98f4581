import { bytesOnDisk } from "../../../lib/disk.mjs";
import { peakResident } from "../../../lib/memory.mjs";
import { load } from "../data.mjs";
import { dropCaches, openAndRead } from "../reopen.mjs";

const BYTES = 1000;
const ROWS = 1_000_000;
const QUICK_ROWS = 50_000;
const BOUND_MS = 200;
const BATCH = 500;

/** One gigabyte of keys and values, and one of a table with an index, in one database. */
async function fill({ engine, library, folder, quick }) {
  const count = quick ? QUICK_ROWS : ROWS;
  for (const model of ["kv", "sql"]) {
    const store = await engine.open(library, folder, { model });
    await load(store, { count, bytes: BYTES, batch: BATCH });
    await store.checkpoint();
    await store.close();
  }
  return [
    { name: "bytes on disk", value: bytesOnDisk(folder) / 2 ** 20, unit: "MB" },
    { name: "peak resident while it was filled", value: peakResident() / 2 ** 20, unit: "MB" },
  ];
}

const step = (name, model, more) => ({
  name,
  run: openAndRead({ name, model, bytes: BYTES, row: 4321, atMost: BOUND_MS }),
  ...more,
});

export default {
  title: "open a database of 2 GB after close, to the first read",
  order: 30,
  engines: ["aegis", "sqlite"],
  steps: [
    { name: "fill", run: fill },
    step("first get", "kv", { times: 5 }),
    step("first select", "sql", { times: 5 }),
    step("first get, nothing cached", "kv", { times: 3, before: dropCaches }),
    step("first select, nothing cached", "sql", { times: 3, before: dropCaches }),
  ],
};
