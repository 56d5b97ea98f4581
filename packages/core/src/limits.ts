/** Every queue, loop, recursion and buffer has a named limit here, with its reason. */

const KB = 1024;
const MB = 1024 * KB;

/** Longest key of the key-value model, in UTF-8 bytes (the guide: 1 KB). */
export const MAX_KV_KEY_BYTES: number = 1 * KB;
/** Default for the largest key-value value, in encoded bytes (the guide: 1 MB). */
export const DEFAULT_KV_VALUE_BYTES: number = 1 * MB;
/** Longest encoded key of any tree: several keys must fit an index block. */
export const MAX_KEY_UNITS: number = 16 * KB;
/** Levels of nesting in a variant: far below what recursion could bear, far above what data needs. */
export const MAX_VARIANT_DEPTH: number = 500;
/** Largest single commit record; above it a transaction is refused, not split. */
export const DEFAULT_MAX_TRANSACTION_BYTES: number = 1024 * MB;
/** A log segment; small enough that truncation frees space soon, large enough to be rare. */
export const LOG_SEGMENT_BYTES: number = 64 * MB;
/** Unsynced bytes past which a local write waits for the disk before it returns. */
export const MAX_UNSYNCED_BYTES: number = 64 * MB;
/** Rows per block of a tree where scans rule; the unit of decoding and of zone maps. */
export const SCAN_BLOCK_ROWS: number = 4096;
/** Uncompressed bytes per block of a tree where point reads rule. */
export const POINT_BLOCK_BYTES: number = 16 * KB;
/** Largest block of any tree before it is cut whatever its row count: bounds decode memory. */
export const MAX_BLOCK_BYTES: number = 4 * MB;
/** Bytes of a run file that are gathered for one write. */
export const RUN_OUTPUT_BYTES: number = 1 * MB;
/** Rows per memtable chunk: a vector's arrays are allocated in these units. */
export const MEMTABLE_CHUNK_ROWS: number = 4096;
/** Columns in a layout. */
export const MAX_COLUMNS: number = 1600;
/** Times `db.transaction` runs its function again after a conflict, unless told otherwise. */
export const DEFAULT_MAX_RETRIES: number = 10;
/** Changes a watcher may fall behind before it is told so. */
export const MAX_WATCH_BACKLOG: number = 100_000;
/** Longest time to live: 100 years of microseconds stay far below 2^53. */
export const MAX_TTL_MS: number = 100 * 365.25 * 86_400_000;
/** Expired entries deleted by one commit of the sweeper; bounds how long it holds the event loop. */
export const SWEEP_BATCH_ROWS: number = 500;
/** Sections of level 0 that start a compaction: each costs every read a lookup. */
export const LEVEL_ZERO_SECTIONS: number = 4;
/** Budget of level 1; about one write buffer, so that a compaction into it stays short. */
export const LEVEL_BASE_BYTES: number = 32 * MB;
/** Each level may hold so many times the one above. */
export const LEVEL_GROWTH: number = 10;
/** Sections below this are merged with their neighbours, never just moved down. */
export const SMALL_SECTION_BYTES: number = 4 * MB;
/** Uncompressed bytes after which a compaction starts a new section. */
export const COMPACTION_OUTPUT_BYTES: number = 16 * MB;
/** A manifest longer than this starts anew with one edit that holds the whole state. */
export const MANIFEST_ROTATE_BYTES: number = 1 * MB;
/** Rows a flush or a compaction takes in one step: at most a few milliseconds. */
export const MERGE_STEP_ROWS: number = 2048;
/** Bytes after which such a step ends: a compaction pins what it reads until then. */
export const MERGE_STEP_BYTES: number = 8 * MB;
/** Values of a sequence set aside by one commit; a crash loses as many. */
export const MAX_SEQUENCE_BLOCK: number = 1024;
/** Index entries that a check looks at between two turns of the event loop. */
export const CHECK_SLICE_ROWS: number = 1024;
/** Problems of indexes that a check lists; one broken index has as many as it has rows. */
export const MAX_CHECK_PROBLEMS: number = 1000;
/** Point reads of a tree that a transaction notes before it looks which of them are the same. */
export const MAX_UNSORTED_READS: number = 100_000;
/** Longest delay of a timer, about 24 days: Node gives 1 ms to any that is longer. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;
