import { smallLimits } from "../../packages/core/src/testing/simulation/small-limits.js";

/**
 * Limits so small that a database of some ten thousand bytes has runs on several levels, blocks,
 * index pages and log segments, and every byte of it can be tried. A test puts them in place of the
 * real ones:
 *
 *     vi.mock(import("../../packages/core/src/limits.js"), async (original) => {
 *       const { tinyLimits } = await import("./tiny-limits.js");
 *       return { ...(await original()), ...tinyLimits };
 *     });
 */
export const tinyLimits = {
  ...smallLimits,
  LOG_SEGMENT_BYTES: 1024,
  LEVEL_BASE_BYTES: 1024,
  COMPACTION_OUTPUT_BYTES: 512,
  SMALL_SECTION_BYTES: 256,
  POINT_BLOCK_BYTES: 256,
} as const;
