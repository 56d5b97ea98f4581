/**
 * Limits so small that a few hundred operations go through flushes, compactions over several
 * levels, many blocks, log segments and manifests. A test puts them in place of the real ones:
 *
 *     vi.mock(import("../../limits.js"), async (original) => ({ ...(await original()), ...smallLimits }));
 */
export const smallLimits = {
  LOG_SEGMENT_BYTES: 16 * 1024,
  MAX_UNSYNCED_BYTES: 24 * 1024,
  SCAN_BLOCK_ROWS: 16,
  POINT_BLOCK_BYTES: 512,
  MAX_BLOCK_BYTES: 4 * 1024,
  MEMTABLE_CHUNK_ROWS: 32,
  POISON_RECYCLED_MEMORY: true,
  LEVEL_BASE_BYTES: 2 * 1024,
  LEVEL_GROWTH: 2,
  LEVEL_ZERO_SECTIONS: 3,
  COMPACTION_OUTPUT_BYTES: 1024,
  SMALL_SECTION_BYTES: 512,
  MERGE_STEP_ROWS: 50,
  RUN_OUTPUT_BYTES: 8 * 1024,
  MANIFEST_ROTATE_BYTES: 4 * 1024,
  // Time does not pass by itself in a simulation.
  MAX_GROUP_DELAY_MS: 0,
} as const;

/** Other values for some of the small limits. */
export type SmallLimits = {
  readonly [Name in keyof typeof smallLimits]: (typeof smallLimits)[Name] extends boolean
    ? boolean
    : number;
};

let current: SmallLimits = smallLimits;

/** From now on the limits are the small ones with `changes`, wherever `adjustableLimits` stands. */
export function setLimits(changes: Partial<SmallLimits>): void {
  current = { ...smallLimits, ...changes };
}

/**
 * As the small limits in place of the real ones, but each workload may set its own. Until the first
 * does, blocks have as many rows as they ever may: modules size their scratch memory by that.
 */
export function adjustableLimits<Limits extends { readonly SCAN_BLOCK_ROWS: number }>(
  real: Limits,
): Limits {
  const limits = { ...real };
  current = { ...smallLimits, SCAN_BLOCK_ROWS: real.SCAN_BLOCK_ROWS };
  for (const name of Object.keys(smallLimits) as (keyof SmallLimits)[]) {
    Object.defineProperty(limits, name, { get: () => current[name], enumerable: true });
  }
  return limits;
}
