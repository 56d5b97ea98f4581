import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { scattered, textOf } from "./data.mjs";
import { openAndRead } from "./reopen.mjs";

const BYTES = 100;
const ROWS = 4_000_000;
const BATCH = 1000;
const SIZES_MB = [16, 64, 256];
const QUICK_MB = 64;
const BOUND_MS_PER_MB = 1000 / 64;
/** What an open may take without any log. */
const BASE_MS = 20;
/** So much that all that was logged is in memory, and none of it in runs. */
const LARGE = { writeBufferSize: "2GB" };

/** The time to open after a kill that left so much log; once more with the usual write buffer. */
export function crashedWorkload({ title, order, model }) {
  const steps = SIZES_MB.flatMap((megabytes) => {
    const folderOf = (folder) => join(folder, String(megabytes));
    const opening = (name, options) =>
      openAndRead({
        name,
        model,
        options,
        bytes: BYTES,
        row: 0,
        folderOf,
        atMost: Math.round(megabytes * BOUND_MS_PER_MB + BASE_MS),
      });
    const whenQuick = megabytes <= QUICK_MB;
    const own = `${megabytes} MB of log`;
    const usual = `${own}, write buffer of 64 MB`;
    return [
      { name: `fill ${own}`, ending: "crash", whenQuick, run: fill(model, megabytes, folderOf) },
      { name: own, times: 3, ending: "crash", whenQuick, run: opening(own, LARGE) },
      { name: usual, whenQuick, run: opening(usual, { writeBufferSize: "64MB" }) },
    ];
  });
  return { title, order, engines: ["aegis"], steps };
}

function fill(model, megabytes, folderOf) {
  return async ({ engine, library, folder }) => {
    mkdirSync(folderOf(folder));
    const store = await engine.open(library, folderOf(folder), { model, options: LARGE });
    let rows = 0;
    while (store.stats().log.end < megabytes * 2 ** 20) {
      const batch = Array.from({ length: BATCH }, (_, i) => scattered(rows + i, ROWS));
      await store.write(
        batch,
        batch.map((row) => textOf(row, BYTES)),
      );
      rows += BATCH;
    }
    return [{ name: `rows in ${megabytes} MB of log`, value: rows, unit: "" }];
  };
}
