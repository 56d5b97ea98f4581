import { ColumnVector, type ColumnType } from "@aegisdb/sql/contract";
import { crc32 } from "../base/checksum.js";
import { createKeyCodec, type KeyCodec } from "../base/keycode.js";
import type { Key } from "../base/key.js";
import { assert } from "../errors.js";
import { MAX_BLOCK_BYTES, POINT_BLOCK_BYTES, SCAN_BLOCK_ROWS } from "../limits.js";
import { layoutColumns, type Layout } from "../tree/layout.js";
import { createColumnBuilder, type ColumnBuilder } from "./column-builder.js";
import type { ChunkCompressor } from "./compression.js";
import type { ChunkedRows, SectionMeta, SectionWriter } from "./contract.js";
import { ChunkSink } from "./encodings/chunk-sink.js";
import { ChunkEncoder } from "./encodings/encode.js";
import {
  BLOCK_HAS_TOMBSTONES,
  BLOCK_HAS_VERSIONS,
  MAX_SECTION_ROWS,
  SECTION_FOOTER_BYTES,
  SPARSE_FRAME_BITS,
  WHOLE_FRAME_BITS,
} from "./format.js";
import { IndexBuilder, type ChunkEntry } from "./index-page.js";
import { KeyHashList } from "./key-hash-list.js";
import type { RunOutput } from "./run-output.js";
import { encodeFooter, encodeRoot, type FilterShape, type IndexPageEntry } from "./section-root.js";
import { zoneOf } from "./zone-map.js";

export interface SectionIdentity {
  readonly fileId: number;
  readonly treeId: number;
  readonly layout: Layout;
  /** Rows with a seq up to this are visible to every snapshot there is or will be. */
  readonly visibleSeq: number;
}

const SEQ_TYPE: ColumnType = { kind: "int" };
const TOMBSTONE_TYPE: ColumnType = { kind: "bool" };
const NO_ZONE = { nullCount: 0, min: null, max: null };

/** Writes one section: collects a block, writes its chunks, and at the end what finds them. */
export class RunSectionWriter implements SectionWriter {
  pendingBytes = 0;
  rows = 0;
  readonly identity: SectionIdentity;
  readonly #out: RunOutput;
  readonly #compressor: ChunkCompressor;
  readonly #onFinished: (meta: SectionMeta) => void;
  readonly #offset: number;
  readonly #codec: KeyCodec;
  readonly #columns: readonly ColumnBuilder[];
  readonly #keyVectors: readonly ColumnVector[];
  readonly #encoder = new ChunkEncoder();
  readonly #sink = new ChunkSink();
  readonly #index = new IndexBuilder();
  readonly #hashes: KeyHashList;
  readonly #blockRows: number[] = [];
  readonly #blockFlags: number[] = [];
  readonly #seqs = new ColumnVector(SEQ_TYPE, 0, new Float64Array(SCAN_BLOCK_ROWS));
  readonly #tombstones = new ColumnVector(TOMBSTONE_TYPE, 0, new Uint8Array(SCAN_BLOCK_ROWS));
  readonly #blockLimit: number;
  readonly #frameBits: number;
  /** Uncompressed bytes of rows that are being added. */
  #sizes = new Float64Array(0);

  #tombstoneCount = 0;
  #minSeq = Infinity;
  #maxSeq = 0;
  #firstKey: Key = 0;
  #lastKey: Key = 0;
  #lastSeq = 0;

  // The block being collected.
  #blockSize = 0;
  #blockFirstKey: Key = 0;
  #blockMinSeq = Infinity;
  #blockMaxSeq = 0;
  #blockTombstones = 0;
  #blockRepeatsKey = false;

  constructor(
    out: RunOutput,
    compressor: ChunkCompressor,
    identity: SectionIdentity,
    onFinished: (meta: SectionMeta) => void,
  ) {
    this.#onFinished = onFinished;
    const { layout } = identity;
    this.identity = identity;
    this.#out = out;
    this.#compressor = compressor;
    this.#offset = out.position;
    this.#codec = createKeyCodec(layout.key);
    this.#columns = layoutColumns(layout).map((column) => createColumnBuilder(column.type));
    this.#keyVectors = this.#columns.slice(0, layout.key.length).map((column) => column.vector);
    this.#hashes = new KeyHashList(Math.imul(identity.fileId, 0x9e3779b1) >>> 0);
    this.#frameBits =
      layout.access === "scan" && layout.pointReads ? SPARSE_FRAME_BITS : WHOLE_FRAME_BITS;
    this.#blockLimit = layout.access === "point" ? POINT_BLOCK_BYTES : MAX_BLOCK_BYTES;
  }

  add(
    key: Key,
    seq: number,
    tombstone: boolean,
    columns: readonly ColumnVector[],
    index: number,
  ): void {
    this.#note(key, seq, tombstone);
    const keyColumns = this.#keyVectors.length;
    let size = 0;
    for (let i = 0; i < this.#columns.length; i++) {
      const builder = this.#columns[i]!;
      size +=
        tombstone && i >= keyColumns ? builder.appendNull() : builder.append(columns[i]!, index);
    }
    this.pendingBytes += size;
    this.#blockSize += size;
    this.#cutIfFull();
  }

  addRows(source: ChunkedRows, from: number, to: number): number {
    const { columns, rows, keys, seqs } = source;
    if (this.#sizes.length < to) this.#sizes = new Float64Array(to);
    this.#sizes.fill(0, from, to);
    for (let i = 0; i < columns.length; i++) {
      this.#columns[i]!.measure(columns[i]!, rows, from, to, this.#sizes);
    }
    const end = this.#fill(from, to);
    for (let i = from; i < end; i++) this.#note(keys[i]!, seqs[i]!, false);
    for (let i = 0; i < columns.length; i++) this.#columns[i]!.gather(columns[i]!, rows, from, end);
    this.#cutIfFull();
    return end - from;
  }

  /** Takes the measured rows from `from` on into the block, up to `to` or until it is full. */
  #fill(from: number, to: number): number {
    let end = from;
    const last = Math.min(to, from + SCAN_BLOCK_ROWS - this.#seqs.length);
    while (end < last && this.#blockSize < this.#blockLimit) {
      this.#blockSize += this.#sizes[end]!;
      this.pendingBytes += this.#sizes[end]!;
      end++;
    }
    return end;
  }

  #cutIfFull(): void {
    if (this.#blockSize >= this.#blockLimit || this.#seqs.length === SCAN_BLOCK_ROWS) {
      this.#cutBlock();
    }
  }

  /** Notes key and version of the next row. */
  #note(key: Key, seq: number, tombstone: boolean): void {
    const row = this.#seqs.length;
    this.#order(key, seq, row);
    (this.#seqs.values as Float64Array)[row] = seq;
    this.#seqs.length = row + 1;
    (this.#tombstones.values as Uint8Array)[row] = tombstone ? 1 : 0;
    if (tombstone) this.#blockTombstones++;
    if (seq < this.#blockMinSeq) this.#blockMinSeq = seq;
    if (seq > this.#blockMaxSeq) this.#blockMaxSeq = seq;
    this.rows++;
  }

  /** Asserts that the row may come next and notes its key. */
  #order(key: Key, seq: number, row: number): void {
    if (this.rows === 0) {
      this.#firstKey = key;
      this.#hashes.add(key, 0);
    } else if (this.#lastKey < key) {
      this.#hashes.add(key, this.rows);
    } else {
      assert(this.#lastKey === key, "keys reach a run in ascending order");
      assert(seq < this.#lastSeq, "versions of a key reach a run newest first");
      if (row > 0) this.#blockRepeatsKey = true;
    }
    assert(this.rows < MAX_SECTION_ROWS, "a section has at most MAX_SECTION_ROWS rows");
    if (row === 0) this.#blockFirstKey = key;
    this.#lastKey = key;
    this.#lastSeq = seq;
  }

  #cutBlock(): void {
    const rows = this.#seqs.length;
    const key = this.#codec.encodeRow(this.#keyVectors, 0);
    assert(key === this.#blockFirstKey, "a row's key is that of its key columns");
    const versions = this.#blockRepeatsKey || this.#blockMaxSeq > this.identity.visibleSeq;
    this.#tombstones.length = rows;

    const offset = this.#out.position - this.#offset;
    const chunks: (ChunkEntry | null)[] = this.#columns.map((column) => this.#chunk(column.vector));
    chunks.push(versions ? this.#chunk(this.#seqs) : null);
    chunks.push(this.#blockTombstones > 0 ? this.#chunk(this.#tombstones) : null);
    this.#index.add({
      offset,
      minSeq: this.#blockMinSeq,
      maxSeq: this.#blockMaxSeq,
      firstKey: this.#blockFirstKey,
      lastKey: this.#lastKey,
      chunks,
    });
    this.#blockRows.push(rows);
    this.#blockFlags.push(
      (versions ? BLOCK_HAS_VERSIONS : 0) | (this.#blockTombstones > 0 ? BLOCK_HAS_TOMBSTONES : 0),
    );
    this.#startBlock();
  }

  #startBlock(): void {
    this.#minSeq = Math.min(this.#minSeq, this.#blockMinSeq);
    this.#maxSeq = Math.max(this.#maxSeq, this.#blockMaxSeq);
    this.#tombstoneCount += this.#blockTombstones;
    for (const column of this.#columns) column.clear();
    this.#seqs.length = 0;
    this.#blockSize = 0;
    this.#blockMinSeq = Infinity;
    this.#blockMaxSeq = 0;
    this.#blockTombstones = 0;
    this.#blockRepeatsKey = false;
  }

  #chunk(vector: ColumnVector): ChunkEntry {
    this.#sink.clear();
    this.#encoder.encode(vector, this.#sink);
    const stored = this.#compressor.store(this.#sink.payload(), this.#frameBits);
    this.#out.append(stored);
    const isColumn = vector !== this.#seqs && vector !== this.#tombstones;
    const zone = isColumn ? zoneOf(vector) : NO_ZONE;
    return { length: stored.length, crc: crc32(stored), zone };
  }

  finish(): SectionMeta {
    assert(this.rows > 0, "a finished section has rows");
    if (this.#seqs.length > 0) this.#cutBlock();
    const { fileId, treeId, layout } = this.identity;
    const dataBytes = this.#out.position - this.#offset;
    const filter = this.#writeFilter();
    const index = this.#writeIndex();
    const root = encodeRoot({
      layout,
      rows: this.rows,
      tombstones: this.#tombstoneCount,
      minSeq: this.#minSeq,
      maxSeq: this.#maxSeq,
      firstKey: this.#firstKey,
      lastKey: this.#lastKey,
      blockRows: Uint32Array.from(this.#blockRows),
      blockFlags: Uint8Array.from(this.#blockFlags),
      dataBytes,
      filter,
      index,
    });
    const rootOffset = this.#out.position - this.#offset;
    const length = rootOffset + root.length + SECTION_FOOTER_BYTES;
    this.#out.append(root);
    const meta: SectionMeta = {
      fileId,
      treeId,
      offset: this.#offset,
      length,
      rows: this.rows,
      tombstones: this.#tombstoneCount,
      firstKey: this.#firstKey,
      lastKey: this.#lastKey,
      minSeq: this.#minSeq,
      maxSeq: this.#maxSeq,
    };
    const rootCrc = crc32(root);
    this.#out.append(encodeFooter({ ...meta, rootOffset, rootLength: root.length, rootCrc }));
    this.#onFinished(meta);
    return meta;
  }

  #writeFilter(): FilterShape {
    const hashes = this.#hashes;
    const built = hashes.build(this.identity.layout.pointReads, this.rows);
    const { kind, pages, words, table } = built;
    const bytes = new Uint8Array(table.buffer);
    const crcs = new Uint32Array(pages);
    for (let page = 0; page < pages; page++) {
      crcs[page] = crc32(bytes, page * words * 4, (page + 1) * words * 4);
    }
    this.#out.append(bytes);
    return { kind, seed: hashes.seed, keys: hashes.length, pages, words, crcs };
  }

  #writeIndex(): IndexPageEntry[] {
    return this.#index.finish().map((page) => {
      this.#out.append(page.bytes);
      const { firstKey, blocks } = page;
      return { length: page.bytes.length, crc: crc32(page.bytes), blocks, firstKey };
    });
  }
}
