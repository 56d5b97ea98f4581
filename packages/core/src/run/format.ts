/**
 * What writer and reader of run files share; docs/format/run.md draws it. All integers are
 * little-endian.
 *
 *     file header · section · … · section · section table · file trailer
 *     section:  chunks of block 0, 1, … · filter pages · index pages · root · section footer
 *
 * Checksums are held by what points at the bytes: the index entry of a chunk, the root's entry of
 * a page, the footer's of the root, the trailer's of the section table. Header, footer and trailer
 * carry their own. So bytes that are right but in the wrong place are found out too.
 */
import type { ColumnKind } from "@aegisdb/sql/contract";

export const RUN_FORMAT_VERSION = 1;

/** "AGRN", "AGSE", "AGRT" as little-endian words. */
export const FILE_MAGIC = 0x4e52_4741;
export const SECTION_MAGIC = 0x4553_4741;
export const TRAILER_MAGIC = 0x5452_4741;

/** magic, version, file id (double), checksum. */
export const FILE_HEADER_BYTES = 20;
/**
 * magic, version, file, tree, offset, length, root offset (doubles), root length, root checksum,
 * checksum.
 */
export const SECTION_FOOTER_BYTES = 60;
/** magic, version, file id (double), section table's length, its checksum, checksum. */
export const FILE_TRAILER_BYTES = 28;
/** Compression and payload length before each chunk. */
export const CHUNK_PREFIX_BYTES = 8;

export type Compression = "none" | "lz4";
export const COMPRESSION_NONE = 0;
export const COMPRESSION_LZ4 = 1;

/**
 * Compressed frames: 8 KB where single values of large blocks are read (a cold read of eight
 * columns then costs a third of what whole chunks do, and files grow by 3 %), else 4 MB, which is
 * the chunk.
 */
export const SPARSE_FRAME_BITS = 13;
export const WHOLE_FRAME_BITS = 22;

/** A chunk's length is a 32-bit word, and one ArrayBuffer. */
export const MAX_CHUNK_BYTES = 0x7fff_fff0;

/** Index pages are cut at about this size; the largest entry decides beyond it. */
export const INDEX_PAGE_BYTES: number = 16 * 1024;
/** Slots of a full hash index page: 16 KB of words. */
export const HASH_PAGE_SLOTS = 4096;
/** Bytes of a full Bloom filter page. */
export const BLOOM_PAGE_BYTES: number = 16 * 1024;

export const FILTER_HASH = 1;
export const FILTER_BLOOM = 2;
export type FilterKind = typeof FILTER_HASH | typeof FILTER_BLOOM;

/** Flags of a block. */
export const BLOCK_HAS_VERSIONS = 1;
export const BLOCK_HAS_TOMBSTONES = 2;

/** Rows of a section: hash slots keep at least four bits for the fingerprint. */
export const MAX_SECTION_ROWS: number = 2 ** 28 - 1;

/** A column's kind in a root is its place here; kinds are added at the end only. */
export const COLUMN_KINDS: readonly ColumnKind[] = [
  "int",
  "float",
  "bool",
  "text",
  "bytes",
  "timestamp",
  "decimal",
  "numeric",
  "date",
  "time",
  "interval",
  "uuid",
  "variant",
];

/** Path of a run file in the directory of run files. */
export function runFilePath(directory: string, fileId: number): string {
  return `${directory}/${String(fileId).padStart(8, "0")}.run`;
}
