/** Rows of a batch that an operator makes itself: a column of numbers is then 32 KB, half of L1. */
export const BATCH_ROWS = 4096;
/** Bytes of the texts of one column that an operator keeps: offsets are 32 bits wide. */
export const MAX_COLUMN_BYTES = 0xffff_ffff;
/** Rows of a join's side up to which its texts are given out as codes of one dictionary. */
export const MAX_DICTIONARY_ROWS = 262_144;
/** Rows sorted in one step, and rows that a merge puts out in one step. */
export const SORT_RUN_ROWS = 65_536;
/** Rows that one step of a loop over rows at hand works on before it gives way. */
export const STEP_ROWS = 16_384;
