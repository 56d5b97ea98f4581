import type { Variant } from "@aegisdb/sql/contract";
import { ColumnVector, type ColumnType, type Value } from "@aegisdb/sql/contract";
import { createKeyCodec, type KeyCodec } from "../base/keycode.js";
import type { Key } from "../base/key.js";
import { packVariant } from "../base/variant.js";
import { BufferPool } from "../run/buffer-pool.js";
import type { SectionMeta, SectionReader } from "../run/contract.js";
import { runFilePath, type Compression } from "../run/format.js";
import { openSection } from "../run/reader.js";
import { RunFileWriter } from "../run/writer.js";
import { layoutColumns, type Layout } from "../tree/layout.js";
import { MemFs } from "../vfs/mem-fs.js";
import { vectorOf } from "./vectors.js";

/** A version of a row as a test gives it: key and value columns in one list. */
export interface FixtureRow {
  readonly seq: number;
  readonly tombstone?: boolean;
  readonly values: readonly Value[];
}

export interface FixtureVersion extends FixtureRow {
  readonly key: Key;
}

/** Rows with their keys, in the order of a run. */
export function sortVersions(codec: KeyCodec, rows: readonly FixtureRow[]): FixtureVersion[] {
  return rows
    .map((row) => ({ ...row, key: codec.encode(row.values) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : b.seq - a.seq));
}

/** A vector of values; variants, which `vectorOf` does not know, are packed. */
export function columnOf(type: ColumnType, values: readonly Value[]): ColumnVector {
  if (type.kind !== "variant") return vectorOf(type, values);
  const packed = values.map((v) => (v === null ? null : packVariant((v as Variant).json).slice()));
  const bytes = vectorOf({ kind: "bytes" }, packed);
  const vector = new ColumnVector(type, values.length, null, bytes.nulls);
  vector.starts = bytes.starts;
  vector.ends = bytes.ends;
  vector.bytes = bytes.bytes;
  return vector;
}

export interface WriteOptions {
  readonly compression?: Compression;
  readonly visibleSeq?: number;
  readonly fileId?: number;
  readonly vfs?: MemFs;
}

export const RUN_DIRECTORY = "runs";

export interface RunFixture {
  readonly vfs: MemFs;
  readonly path: string;
  readonly meta: SectionMeta;
  readonly layout: Layout;
  readonly codec: KeyCodec;
  open(pool?: BufferPool): SectionReader;
}

/** Writes rows, which are in order, as the only section of a run file in memory. */
export function writeRun(
  layout: Layout,
  rows: readonly FixtureVersion[],
  options: WriteOptions = {},
): RunFixture {
  const vfs = options.vfs ?? new MemFs({ trackDurability: false });
  if (!vfs.exists(RUN_DIRECTORY)) vfs.makeDirectory(RUN_DIRECTORY);
  const fileId = options.fileId ?? 7;
  const writer = new RunFileWriter(vfs, RUN_DIRECTORY, fileId, options.compression ?? "lz4");
  const section = writer.section(3, layout, options.visibleSeq ?? 0);
  const columns = layoutColumns(layout).map(({ type }, i) =>
    columnOf(
      type,
      rows.map((row) => row.values[i]!),
    ),
  );
  rows.forEach((row, i) => {
    section.add(row.key, row.seq, row.tombstone ?? false, columns, i);
  });
  const meta = section.finish();
  writer.finish();
  const codec = createKeyCodec(layout.key);
  const path = runFilePath(RUN_DIRECTORY, fileId);
  return {
    vfs,
    path,
    meta,
    layout,
    codec,
    open: (pool = new BufferPool(8 * 1024 * 1024)) =>
      openSection(meta, layout, codec, vfs.openRead(path), pool),
  };
}
