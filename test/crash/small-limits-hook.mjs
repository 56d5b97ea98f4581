// What small-limits.mjs registers: rewrites the built limits while they are loaded.

/** @type {Readonly<Record<string, number>>} */
const SMALL = {
  LOG_SEGMENT_BYTES: 64 * 1024,
  MANIFEST_ROTATE_BYTES: 1024,
  LEVEL_BASE_BYTES: 256 * 1024,
  LEVEL_GROWTH: 4,
  LEVEL_ZERO_SECTIONS: 3,
  COMPACTION_OUTPUT_BYTES: 128 * 1024,
  SMALL_SECTION_BYTES: 32 * 1024,
  MERGE_STEP_ROWS: 100,
  // The thread does all of it, with limits of its own.
  MIN_THREADED_JOB_BYTES: 1,
};

/** @type {import("node:module").LoadHook} */
export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  if (!url.endsWith("/packages/core/dist/limits.js")) return loaded;
  let text = new TextDecoder().decode(/** @type {Uint8Array} */ (loaded.source));
  for (const [name, value] of Object.entries(SMALL)) {
    const declared = new RegExp(`^export const ${name} = .*;$`, "m");
    if (!declared.test(text)) throw new Error(`there is no limit ${name} any more`);
    text = text.replace(declared, `export const ${name} = ${String(value)};`);
  }
  return { ...loaded, source: text };
}
