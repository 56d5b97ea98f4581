/**
 * The manifest is an append-only log of edits to the set of runs. See docs/format/manifest.md.
 *
 *   file  := magic:"AEGISMAN" version:u32 edit*
 *   edit  := length:u32 crc:u32 body[length]          crc over length and body
 *   body  := flags:u8 [flushed:i64 lastTime:i64] nextFileId:u32 nextTreeId:u32
 *            removed:varint (fileId:varint treeId:varint)*
 *            added:varint (level:varint meta)*
 */
import { ByteReader, ByteWriter } from "../base/bytes.js";
import { crc32 } from "../base/checksum.js";
import { readKey, writeKey } from "../base/key-bytes.js";
import { AegisError } from "../errors.js";
import type { SectionMeta } from "../run/contract.js";

const MANIFEST_MAGIC = "AEGISMAN";
export const MANIFEST_VERSION = 1;
export const MANIFEST_HEADER_BYTES = 12;
const FRAME_HEADER_BYTES = 8;
const HAS_FLUSHED = 1;

export interface PlacedSection {
  readonly level: number;
  readonly meta: SectionMeta;
}

export interface SectionId {
  readonly fileId: number;
  readonly treeId: number;
}

export interface ManifestEdit {
  /** Everything up to this log position is in runs. */
  readonly flushed?: { readonly position: number; readonly lastTime: number } | undefined;
  readonly nextFileId: number;
  readonly nextTreeId: number;
  readonly removed: readonly SectionId[];
  readonly added: readonly PlacedSection[];
}

export function manifestHeader(): Uint8Array {
  const writer = new ByteWriter(MANIFEST_HEADER_BYTES);
  writer.raw(new TextEncoder().encode(MANIFEST_MAGIC));
  writer.u32(MANIFEST_VERSION);
  return writer.view().slice();
}

export function encodeEdit(edit: ManifestEdit): Uint8Array {
  const writer = new ByteWriter(256);
  writer.u32(0);
  writer.u32(0);
  writer.u8(edit.flushed === undefined ? 0 : HAS_FLUSHED);
  if (edit.flushed !== undefined) {
    writer.i64(edit.flushed.position);
    writer.i64(edit.flushed.lastTime);
  }
  writer.u32(edit.nextFileId);
  writer.u32(edit.nextTreeId);
  writer.varint(edit.removed.length);
  for (const { fileId, treeId } of edit.removed) {
    writer.varint(fileId);
    writer.varint(treeId);
  }
  writer.varint(edit.added.length);
  for (const { level, meta } of edit.added) {
    writer.varint(level);
    writeMeta(writer, meta);
  }
  const bytes = writer.view().slice();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint32(0, bytes.length - FRAME_HEADER_BYTES, true);
  view.setUint32(4, editChecksum(bytes, 0, bytes.length), true);
  return bytes;
}

/**
 * The edit framed at `offset`, or undefined if the bytes there are no whole edit. The caller
 * decides whether that is a torn tail or damage.
 */
export function decodeEdit(
  bytes: Uint8Array,
  offset: number,
): { readonly edit: ManifestEdit; readonly end: number } | undefined {
  if (offset + FRAME_HEADER_BYTES > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = offset + FRAME_HEADER_BYTES + view.getUint32(offset, true);
  if (end > bytes.length) return undefined;
  if (view.getUint32(offset + 4, true) !== editChecksum(bytes, offset, end)) return undefined;
  const reader = new ByteReader(bytes, offset + FRAME_HEADER_BYTES, end);
  const edit = readEdit(reader);
  if (reader.position !== end) {
    throw new AegisError("CORRUPTION", "a manifest edit is longer than its content");
  }
  return { edit, end };
}

function editChecksum(bytes: Uint8Array, start: number, end: number): number {
  const length = crc32(bytes, start, start + 4);
  return crc32(bytes, start + FRAME_HEADER_BYTES, end, length);
}

function readEdit(reader: ByteReader): ManifestEdit {
  const flags = reader.u8();
  const flushed =
    (flags & HAS_FLUSHED) === 0
      ? undefined
      : { position: Number(reader.i64()), lastTime: Number(reader.i64()) };
  const nextFileId = reader.u32();
  const nextTreeId = reader.u32();
  const removed: SectionId[] = [];
  for (let left = reader.varint(); left > 0; left--) {
    removed.push({ fileId: reader.varint(), treeId: reader.varint() });
  }
  const added: PlacedSection[] = [];
  for (let left = reader.varint(); left > 0; left--) {
    added.push({ level: reader.varint(), meta: readMeta(reader) });
  }
  return { flushed, nextFileId, nextTreeId, removed, added };
}

function writeMeta(writer: ByteWriter, meta: SectionMeta): void {
  writer.varint(meta.fileId);
  writer.varint(meta.treeId);
  writer.varint(meta.offset);
  writer.varint(meta.length);
  writer.varint(meta.rows);
  writer.varint(meta.tombstones);
  writeKey(writer, meta.firstKey);
  writeKey(writer, meta.lastKey);
  writer.varint(meta.minSeq);
  writer.varint(meta.maxSeq);
}

function readMeta(reader: ByteReader): SectionMeta {
  return {
    fileId: reader.varint(),
    treeId: reader.varint(),
    offset: reader.varint(),
    length: reader.varint(),
    rows: reader.varint(),
    tombstones: reader.varint(),
    firstKey: readKey(reader),
    lastKey: readKey(reader),
    minSeq: reader.varint(),
    maxSeq: reader.varint(),
  };
}
