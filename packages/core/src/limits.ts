/** Every queue, loop, recursion and buffer has a named limit here, with its reason. */

const KB = 1024;
const MB = 1024 * KB;

/** Longest key of the key-value model, in UTF-8 bytes (the guide: 1 KB). */
export const MAX_KV_KEY_BYTES = 1 * KB;
/** Default for the largest key-value value, in encoded bytes (the guide: 1 MB). */
export const DEFAULT_KV_VALUE_BYTES = 1 * MB;
/** Longest encoded key of any tree: several keys must fit an index block. */
export const MAX_KEY_UNITS = 16 * KB;
/** Largest single commit record; above it a transaction is refused, not split. */
export const DEFAULT_MAX_TRANSACTION_BYTES = 1024 * MB;
/** A log segment; small enough that truncation frees space soon, large enough to be rare. */
export const LOG_SEGMENT_BYTES = 64 * MB;
/** Unsynced bytes past which a local write waits for the disk before it returns. */
export const MAX_UNSYNCED_BYTES = 64 * MB;
/** Rows per block of a tree where scans rule; the unit of decoding and of zone maps. */
export const SCAN_BLOCK_ROWS = 4096;
/** Uncompressed bytes per block of a tree where point reads rule. */
export const POINT_BLOCK_BYTES = 16 * KB;
/** Largest block of any tree before it is cut whatever its row count: bounds decode memory. */
export const MAX_BLOCK_BYTES = 4 * MB;
/** Rows per memtable chunk: a vector's arrays are allocated in these units. */
export const MEMTABLE_CHUNK_ROWS = 4096;
/** Columns in a layout. */
export const MAX_COLUMNS = 1600;
/** Times `db.transaction` runs its function again after a conflict, unless told otherwise. */
export const DEFAULT_MAX_RETRIES = 10;
/** Changes a watcher may fall behind before it is told so. */
export const MAX_WATCH_BACKLOG = 100_000;
/** Longest time to live: 100 years of microseconds stay far below 2^53. */
export const MAX_TTL_MS = 100 * 365.25 * 86_400_000;
/** Expired entries deleted by one commit of the sweeper; bounds how long it holds the event loop. */
export const SWEEP_BATCH_ROWS = 500;
