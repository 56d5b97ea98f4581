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
/** Tests have memory that may be used again overwritten, so that whoever still reads it is noticed. */
export const POISON_RECYCLED_MEMORY: boolean = false;
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
/** Sections of level 0 from which on writers are slowed down, the more the more there are. */
export const LEVEL_ZERO_SLOW_SECTIONS: number = 8;
/** Sections of level 0 with which a write waits for a compaction. */
export const LEVEL_ZERO_STOP_SECTIONS: number = 20;
/** Longest that a group of log records is held back to slow writers down. */
export const MAX_GROUP_DELAY_MS: number = 50;
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
/** Decoded memory of the thread that compacts: several times what a step may read. */
export const COMPACTION_POOL_BYTES: number = 16 * MB;
/** Flushes and compactions of fewer bytes are done before a message has come and gone. */
export const MIN_THREADED_JOB_BYTES: number = 1 * MB;
/** Young objects of that thread, in megabytes. */
export const THREAD_NURSERY_MB: number = 4;
/** Bytes that the thread writes before it syncs them: syncs of the log wait for no more than that. */
export const THREAD_SYNC_BYTES: number = 1 * MB;
/** Times as long as a step that the thread rests after it, as long as nobody waits for it. */
export const THREAD_REST: number = 2;
/** Longest such rest. */
export const MAX_THREAD_REST_MS: number = 50;
/** Share of the write buffer, filled behind a set that waits for its flush, at which that hurries. */
export const HURRY_FILL: number = 0.25;
/** A thread that made no step for so long, which no sync of a file takes, is given up. */
export const THREAD_SILENCE_MS: number = 30_000;
/** Values of a sequence set aside by one commit; a crash loses as many. */
export const MAX_SEQUENCE_BLOCK: number = 1024;
/** Index entries that a check looks at between two turns of the event loop. */
export const CHECK_SLICE_ROWS: number = 1024;
/** Problems of indexes that a check lists; one broken index has as many as it has rows. */
export const MAX_CHECK_PROBLEMS: number = 1000;
/** Point reads of a tree that a transaction notes before it looks which of them are the same. */
export const MAX_UNSORTED_READS: number = 100_000;
/** Different point reads of a tree that a transaction keeps: about 64 MB; more become intervals. */
export const MAX_TRACKED_POINTS: number = 1_000_000;
/** Scans of a tree that a transaction keeps before it merges what they read: a sort of some 30 ms. */
export const MAX_TRACKED_RANGES: number = 20_000;
/** Keys of commits that are kept for transactions that are open meanwhile: some 30 MB. */
export const MAX_HISTORY_KEYS: number = 250_000;
/** Rows looked at to validate a transaction older than those: about as long as an event-loop turn may be. */
export const MAX_REVALIDATED_ROWS: number = 100_000;
/** Longest delay of a timer, about 24 days: Node gives 1 ms to any that is longer. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;
