import type { ColumnType } from "@aegisdb/sql/contract";
import { ByteReader, ByteWriter } from "../base/bytes.js";
import { crc32 } from "../base/checksum.js";
import { readKey, writeKey } from "../base/key-bytes.js";
import type { Key } from "../base/key.js";
import { AegisError } from "../errors.js";
import { MAX_COLUMNS, SCAN_BLOCK_ROWS } from "../limits.js";
import type { Layout, LayoutColumn } from "../tree/layout.js";
import { corrupt, parseAt, type Place } from "./corruption.js";
import {
  COLUMN_KINDS,
  FILTER_BLOOM,
  FILTER_HASH,
  MAX_SECTION_ROWS,
  RUN_FORMAT_VERSION,
  SECTION_FOOTER_BYTES,
  SECTION_MAGIC,
  type FilterKind,
} from "./format.js";

/** The filter of a section: hash index or Bloom filter, in equal pages. */
export interface FilterShape {
  readonly kind: FilterKind;
  readonly seed: number;
  /** Distinct keys. */
  readonly keys: number;
  readonly pages: number;
  /** 32-bit words of a page. */
  readonly words: number;
  readonly crcs: Uint32Array;
}

export interface IndexPageEntry {
  readonly length: number;
  readonly crc: number;
  readonly blocks: number;
  readonly firstKey: Key;
}

/**
 * What a section says of itself, kept in memory while it is open. Its parts lie one after the
 * other, so places follow from lengths: chunks, filter pages, index pages, this root.
 */
export interface SectionRoot {
  readonly layout: Layout;
  readonly rows: number;
  readonly tombstones: number;
  readonly minSeq: number;
  readonly maxSeq: number;
  readonly firstKey: Key;
  readonly lastKey: Key;
  /** For each block its rows and flags. */
  readonly blockRows: Uint32Array;
  readonly blockFlags: Uint8Array;
  /** Bytes of all chunks. */
  readonly dataBytes: number;
  readonly filter: FilterShape;
  readonly index: readonly IndexPageEntry[];
}

const COLUMN_DESCENDING = 1;
const COLUMN_NULLABLE = 2;
const LAYOUT_SCAN = 1;
const LAYOUT_POINT_READS = 2;

export function encodeRoot(root: SectionRoot): Uint8Array {
  const out = new ByteWriter(4096);
  encodeLayout(root.layout, out);
  out.varint(root.rows);
  out.varint(root.tombstones);
  out.varint(root.minSeq);
  out.varint(root.maxSeq);
  writeKey(out, root.firstKey);
  writeKey(out, root.lastKey);
  out.varint(root.blockRows.length);
  root.blockRows.forEach((rows, block) => {
    out.varint(rows * 4 + root.blockFlags[block]!);
  });
  out.varint(root.dataBytes);
  const { filter } = root;
  out.u8(filter.kind);
  out.u32(filter.seed);
  out.varint(filter.keys);
  out.varint(filter.pages);
  out.varint(filter.words);
  for (const crc of filter.crcs) out.u32(crc);
  out.varint(root.index.length);
  for (const page of root.index) {
    out.varint(page.length);
    out.u32(page.crc);
    out.varint(page.blocks);
    writeKey(out, page.firstKey);
  }
  return out.view();
}

function encodeLayout(layout: Layout, out: ByteWriter): void {
  out.u8(
    (layout.access === "scan" ? LAYOUT_SCAN : 0) | (layout.pointReads ? LAYOUT_POINT_READS : 0),
  );
  for (const columns of [layout.key, layout.value]) {
    out.varint(columns.length);
    for (const { type, descending, nullable } of columns) {
      out.u8(COLUMN_KINDS.indexOf(type.kind));
      out.u8(
        (descending === true ? COLUMN_DESCENDING : 0) | (nullable === true ? COLUMN_NULLABLE : 0),
      );
      if (type.kind === "decimal") {
        out.varint(type.precision);
        out.varint(type.scale);
      }
    }
  }
}

/** Precondition: the checksum of `bytes` is right. */
export function decodeRoot(bytes: Uint8Array, place: Place): SectionRoot {
  return parseAt(place, () => {
    const reader = new ByteReader(bytes);
    const layout = decodeLayout(reader, place);
    const rows = reader.varint();
    const tombstones = reader.varint();
    const minSeq = reader.varint();
    const maxSeq = reader.varint();
    const firstKey = readKey(reader);
    const lastKey = readKey(reader);
    const blocks = listLength(reader, place);
    const blockRows = new Uint32Array(blocks);
    const blockFlags = new Uint8Array(blocks);
    let sum = 0;
    for (let block = 0; block < blocks; block++) {
      const packed = reader.varint();
      const inBlock = Math.floor(packed / 4);
      if (inBlock === 0 || inBlock > SCAN_BLOCK_ROWS) corrupt(place, "a block has a bad row count");
      blockRows[block] = inBlock;
      blockFlags[block] = packed & 3;
      sum += inBlock;
    }
    if (sum !== rows || rows === 0 || rows > MAX_SECTION_ROWS) {
      corrupt(place, "the rows of the blocks are not those of the section");
    }
    const dataBytes = reader.varint();
    const filter = decodeFilter(reader, place);
    const index = decodeIndexEntries(reader, blocks, place);
    if (reader.remaining > 0) corrupt(place, "a root has bytes too many");
    return {
      layout,
      rows,
      tombstones,
      minSeq,
      maxSeq,
      firstKey,
      lastKey,
      blockRows,
      blockFlags,
      dataBytes,
      filter,
      index,
    };
  });
}

function decodeLayout(reader: ByteReader, place: Place): Layout {
  const flags = reader.u8();
  const lists = [0, 1].map(() => {
    const count = listLength(reader, place);
    if (count > MAX_COLUMNS) corrupt(place, "a section has more columns than any tree");
    return Array.from({ length: count }, (_, i): LayoutColumn => {
      const type = decodeType(reader, place);
      const columnFlags = reader.u8();
      return {
        name: `column${String(i)}`,
        type: type.kind === "decimal" ? decodeDecimal(reader) : type,
        descending: (columnFlags & COLUMN_DESCENDING) !== 0,
        nullable: (columnFlags & COLUMN_NULLABLE) !== 0,
      };
    });
  });
  if (lists[0]!.length === 0) corrupt(place, "a section has no key column");
  return {
    key: lists[0]!,
    value: lists[1]!,
    access: (flags & LAYOUT_SCAN) !== 0 ? "scan" : "point",
    pointReads: (flags & LAYOUT_POINT_READS) !== 0,
  };
}

function decodeType(reader: ByteReader, place: Place): ColumnType {
  const kind = COLUMN_KINDS[reader.u8()];
  if (kind === undefined) return corrupt(place, "a column has an unknown kind");
  return kind === "decimal" ? { kind, precision: 0, scale: 0 } : { kind };
}

function decodeDecimal(reader: ByteReader): ColumnType {
  const precision = reader.varint();
  return { kind: "decimal", precision, scale: reader.varint() };
}

function decodeFilter(reader: ByteReader, place: Place): FilterShape {
  const kind = reader.u8();
  if (kind !== FILTER_HASH && kind !== FILTER_BLOOM) {
    corrupt(place, "a section's filter is of an unknown kind");
  }
  const seed = reader.u32();
  const keys = reader.varint();
  const pages = listLength(reader, place);
  const words = reader.varint();
  if (pages === 0 || words === 0 || words > 2 ** 16) corrupt(place, "a filter has a bad shape");
  if (kind === FILTER_HASH && (words & (words - 1)) !== 0) {
    corrupt(place, "a page of the hash index is not a power of two");
  }
  const crcs = Uint32Array.from({ length: pages }, () => reader.u32());
  return { kind, seed, keys, pages, words, crcs };
}

function decodeIndexEntries(reader: ByteReader, blocks: number, place: Place): IndexPageEntry[] {
  const pages = listLength(reader, place);
  let sum = 0;
  const entries = Array.from({ length: pages }, () => {
    const length = reader.varint();
    const crc = reader.u32();
    const entry = { length, crc, blocks: reader.varint(), firstKey: readKey(reader) };
    sum += entry.blocks;
    return entry;
  });
  if (sum !== blocks) corrupt(place, "the index does not have the section's blocks");
  return entries;
}

/** A length of a list whose elements take at least a byte each. */
function listLength(reader: ByteReader, place: Place): number {
  const length = reader.varint();
  if (length > reader.remaining) corrupt(place, "a list is longer than its bytes");
  return length;
}

/** The end of a section: says whose it is and where its root lies. */
export interface SectionFooter {
  readonly fileId: number;
  readonly treeId: number;
  readonly offset: number;
  readonly length: number;
  readonly rootOffset: number;
  readonly rootLength: number;
  readonly rootCrc: number;
}

export function encodeFooter(footer: SectionFooter): Uint8Array {
  const out = new ByteWriter(SECTION_FOOTER_BYTES);
  out.u32(SECTION_MAGIC);
  out.u32(RUN_FORMAT_VERSION);
  out.f64(footer.fileId);
  out.f64(footer.treeId);
  out.f64(footer.offset);
  out.f64(footer.length);
  out.f64(footer.rootOffset);
  out.u32(footer.rootLength);
  out.u32(footer.rootCrc);
  out.u32(crc32(out.view()));
  return out.view();
}

/** Precondition: `bytes` has SECTION_FOOTER_BYTES. */
export function decodeFooter(bytes: Uint8Array, place: Place): SectionFooter {
  const reader = new ByteReader(bytes);
  checkSeal(bytes, SECTION_MAGIC, "section footer", place);
  reader.position = 8;
  return {
    fileId: reader.f64(),
    treeId: reader.f64(),
    offset: reader.f64(),
    length: reader.f64(),
    rootOffset: reader.f64(),
    rootLength: reader.u32(),
    rootCrc: reader.u32(),
  };
}

/** Checksum (the last word), magic and version (the first two) of a header, footer or trailer. */
export function checkSeal(bytes: Uint8Array, magic: number, what: string, place: Place): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = bytes.length - 4;
  if (crc32(bytes, 0, end) !== view.getUint32(end, true)) {
    corrupt(place, `the ${what}'s checksum is wrong`);
  }
  if (view.getUint32(0, true) !== magic) corrupt(place, `there is no ${what}`);
  const version = view.getUint32(4, true);
  if (version !== RUN_FORMAT_VERSION) {
    throw new AegisError(
      "UNSUPPORTED_FORMAT",
      `run file ${place.path} has format version ${String(version)}; this version of the ` +
        `database reads version ${String(RUN_FORMAT_VERSION)}`,
      { hint: "Open it with the version of the database that wrote it." },
    );
  }
}
