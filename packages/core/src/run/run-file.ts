import { ByteReader } from "../base/bytes.js";
import { crc32 } from "../base/checksum.js";
import { createKeyCodec } from "../base/keycode.js";
import { AegisError } from "../errors.js";
import type { ReadFile } from "../vfs/contract.js";
import { BufferPool } from "./buffer-pool.js";
import type { SectionMeta } from "./contract.js";
import { corrupt, type Place } from "./corruption.js";
import {
  FILE_HEADER_BYTES,
  FILE_MAGIC,
  FILE_TRAILER_BYTES,
  SECTION_FOOTER_BYTES,
  TRAILER_MAGIC,
} from "./format.js";
import { RunSection } from "./reader.js";
import { checkSeal, decodeFooter, decodeRoot, type SectionRoot } from "./section-root.js";
import { SectionSource } from "./section-source.js";

/** A run file by itself, without a manifest or a catalog: for `check` and for salvage. */
export interface RunFileSection {
  readonly meta: SectionMeta;
  /** Columns and their types as stored; columns have no names here. */
  readonly layout: SectionRoot["layout"];
}

const TABLE_ENTRY_BYTES = 24;

/** Sections of a run file, in the order they lie in. Throws CORRUPTION. */
export function readRunFile(file: ReadFile): RunFileSection[] {
  const size = file.size();
  const source = new SectionSource(file, 0, size);
  const trailerOffset = size - FILE_TRAILER_BYTES;
  const place = source.place(Math.max(trailerOffset, 0));
  if (trailerOffset < FILE_HEADER_BYTES) corrupt(place, "the file is shorter than its ends");
  const header = readBytes(source, 0, FILE_HEADER_BYTES);
  checkSeal(header, FILE_MAGIC, "file header", source.place(0));
  const fileId = new ByteReader(header, 8).f64();
  const trailer = readBytes(source, trailerOffset, FILE_TRAILER_BYTES);
  checkSeal(trailer, TRAILER_MAGIC, "file trailer", place);
  const reader = new ByteReader(trailer, 8);
  if (reader.f64() !== fileId) corrupt(place, "header and trailer are of different files");
  const tableLength = reader.u32();
  const tableCrc = reader.u32();
  const tableOffset = trailerOffset - tableLength;
  if (tableOffset < FILE_HEADER_BYTES || tableLength % TABLE_ENTRY_BYTES !== 0) {
    corrupt(place, "the section table has an impossible length");
  }
  const table = readBytes(source, tableOffset, tableLength);
  if (crc32(table) !== tableCrc) {
    corrupt(source.place(tableOffset), "the checksum of the section table is wrong");
  }
  return readSections(file, fileId, new ByteReader(table), tableOffset);
}

function readSections(
  file: ReadFile,
  fileId: number,
  table: ByteReader,
  tableOffset: number,
): RunFileSection[] {
  const sections: RunFileSection[] = [];
  let expected = FILE_HEADER_BYTES;
  while (table.remaining > 0) {
    const treeId = table.f64();
    const offset = table.f64();
    const length = table.f64();
    const place = { path: file.path, offset: expected };
    if (offset !== expected || !(length >= SECTION_FOOTER_BYTES)) {
      corrupt(place, "the sections do not follow each other");
    }
    expected += length;
    if (!(expected <= tableOffset)) corrupt(place, "a section leaves the file");
    sections.push(readSection(file, { fileId, treeId, offset, length }));
  }
  if (expected !== tableOffset) {
    corrupt({ path: file.path, offset: expected }, "there are bytes that belong to no section");
  }
  return sections;
}

function readSection(
  file: ReadFile,
  at: Pick<SectionMeta, "fileId" | "treeId" | "offset" | "length">,
): RunFileSection {
  const source = new SectionSource(file, at.offset, at.length);
  const footerOffset = at.length - SECTION_FOOTER_BYTES;
  const place = source.place(footerOffset);
  const footer = decodeFooter(readBytes(source, footerOffset, SECTION_FOOTER_BYTES), place);
  if (!(footer.rootOffset >= 0) || footer.rootOffset + footer.rootLength !== footerOffset) {
    corrupt(place, "a footer's root is out of place");
  }
  const bytes = readBytes(source, footer.rootOffset, footer.rootLength);
  const { rootOffset, rootCrc } = footer;
  source.verify(bytes, 0, bytes.length, rootCrc, rootOffset, "a section's root");
  const root = decodeRoot(bytes, source.place(rootOffset));
  const { rows, tombstones, firstKey, lastKey, minSeq, maxSeq, layout } = root;
  return { layout, meta: { ...at, rows, tombstones, firstKey, lastKey, minSeq, maxSeq } };
}

function readBytes(source: SectionSource, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  source.read(bytes, offset);
  return bytes;
}

/**
 * Checks a run file by itself: every byte of it is covered, but for the sections of those trees that
 * are `skipped`, whose ends alone are looked at.
 */
export function checkRunFile(
  file: ReadFile,
  report: (problem: string, place: Place) => void,
  skipped: ReadonlySet<number> = new Set(),
): void {
  const tell = (problem: string, offset: number): void => {
    report(problem, { path: file.path, offset });
  };
  let sections: RunFileSection[];
  try {
    sections = readRunFile(file);
  } catch (error) {
    if (!(error instanceof AegisError) || error.code !== "CORRUPTION") throw error;
    tell(error.message, 0);
    return;
  }
  for (const { meta, layout } of sections) {
    if (skipped.has(meta.treeId)) continue;
    const codec = createKeyCodec(layout.key);
    new RunSection(meta, layout, codec, file, new BufferPool(0)).check(tell);
  }
}
