import type { Batch } from "@aegisdb/sql/contract";
import type { Key } from "../base/key.js";
import type { BlockView, SectionReader } from "../run/contract.js";
import { makeBatch, type SourceScan } from "./batch-scan.js";

/** Batches of a section, one a block. */
export function* sectionBatches(
  section: SectionReader,
  scan: SourceScan,
): Generator<Batch, void, undefined> {
  const { start, end, zonePredicate } = scan.options;
  const first = start === undefined ? 0 : section.seekBlock(start);
  for (let number = first; number < section.blockCount; number++) {
    if (end !== undefined && section.firstKey(number) >= end) return;
    if (zonePredicate !== undefined && !zonePredicate((c) => section.zone(number, c))) continue;
    const block = section.block(number);
    const from = start !== undefined && number === first ? block.lowerBound(start) : 0;
    const cutEnd = end !== undefined && section.lastKey(number) >= end;
    const to = cutEnd ? block.lowerBound(end) : block.rows;
    const batch = blockBatch(section, block, from, to, scan);
    if (batch !== null) yield batch;
  }
}

/** The batch of the live rows of [from, to) in a block; null if there are none. */
function blockBatch(
  section: SectionReader,
  block: BlockView,
  from: number,
  to: number,
  scan: SourceScan,
): Batch | null {
  const { selection } = scan;
  const masked = selection.start(block.block, scan.marks);
  const versioned = section.hasVersions(block.block);
  const continued = from === 0 && continuesVisibleKey(section, block, scan.atSeq);
  const deleted = section.meta.tombstones > 0;
  const cut = from > 0 || to < block.rows;
  if (!masked && !versioned && !continued && !deleted && !cut) {
    return makeBatch(scan.options, block.rows, (c) => block.column(c), null);
  }
  if (versioned || continued) selectNewest(block, from, to, continued, scan);
  else selectUnmasked(from, to, scan);
  if (deleted) leaveTombstonesOut(block, scan);
  if (selection.count === 0) return null;
  return makeBatch(scan.options, block.rows, (c) => block.column(c), selection);
}

function selectUnmasked(from: number, to: number, scan: SourceScan): void {
  const { selection } = scan;
  const { mask } = selection;
  for (let row = from; row < to; row++) if (mask[row] === 0) selection.select(row);
}

/** Selects of each key the newest version that the scan sees; the block holds several. */
function selectNewest(
  block: BlockView,
  from: number,
  to: number,
  continued: boolean,
  scan: SourceScan,
): void {
  const { atSeq, selection } = scan;
  const { mask } = selection;
  let done: Key | undefined = continued ? block.key(0) : undefined;
  for (let row = from; row < to; row++) {
    const key = block.key(row);
    if (key === done || block.seq(row) > atSeq) continue;
    done = key;
    if (mask[row] === 0) selection.select(row);
  }
}

function leaveTombstonesOut(block: BlockView, scan: SourceScan): void {
  const { selection } = scan;
  const selected = selection.count;
  selection.count = 0;
  for (let i = 0; i < selected; i++) {
    const row = selection.rows[i]!;
    if (!block.tombstone(row)) selection.select(row);
  }
}

/** Whether the block begins with older versions of a key that the blocks before show already. */
function continuesVisibleKey(section: SectionReader, block: BlockView, atSeq: number): boolean {
  for (let number = block.block - 1; number >= 0; number--) {
    const key = section.firstKey(block.block);
    if (section.lastKey(number) !== key) return false;
    const before = section.block(number);
    for (let row = before.rows - 1; row >= 0; row--) {
      if (before.key(row) !== key) return false;
      if (before.seq(row) <= atSeq) return true;
    }
  }
  return false;
}
