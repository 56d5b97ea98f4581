import type { Key, KeyRange } from "../base/key.js";
import type { SectionReader } from "../run/contract.js";
import { Memtable } from "./memtable.js";
import type { TreeSource } from "./superseded.js";

/** Takes each key of a newer source with the seq of its first version there. */
export interface KeyVisitor {
  visit(key: Key, sinceSeq: number): void;
}

/** Visits the keys that arrived with row `from` or later, in key order if `ordered`. */
export function visitArrivals(
  memtable: Memtable,
  from: number,
  ordered: boolean,
  visitor: KeyVisitor,
): void {
  const arrivals = new Int32Array(memtable.rowCount - from);
  let count = 0;
  for (let row = from; row < memtable.rowCount; row++) {
    if (memtable.older(row) < 0) arrivals[count++] = row;
  }
  const rows = arrivals.subarray(0, count);
  if (ordered) memtable.sortByKey(rows);
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    visitor.visit(memtable.keyOf(row), memtable.seqOf(row));
  }
}

/** A range whose end may also be given inclusively. */
export interface KeyBounds extends KeyRange {
  readonly last?: Key;
}

/** Visits the keys within bounds, in key order. */
export function visitKeys(source: TreeSource, bounds: KeyBounds, visitor: KeyVisitor): void {
  if (source instanceof Memtable) visitMemtableKeys(source, bounds, visitor);
  else visitSectionKeys(source, bounds, visitor);
}

function isBehind(key: Key, bounds: KeyBounds): boolean {
  if (bounds.end !== undefined && key >= bounds.end) return true;
  return bounds.last !== undefined && key > bounds.last;
}

function visitMemtableKeys(memtable: Memtable, bounds: KeyBounds, visitor: KeyVisitor): void {
  const cursor = memtable.cursor();
  if (bounds.start === undefined) cursor.seekFirst();
  else cursor.seek(bounds.start);
  for (; cursor.valid && !isBehind(cursor.key, bounds); cursor.next()) {
    let oldest = cursor.row;
    for (let row = oldest; row >= 0; row = memtable.older(row)) oldest = row;
    visitor.visit(cursor.key, memtable.seqOf(oldest));
  }
}

/** Visits every version: a key's oldest comes last, and what earlier calls say is true as well. */
function visitSectionKeys(section: SectionReader, bounds: KeyBounds, visitor: KeyVisitor): void {
  const { start } = bounds;
  let number = start === undefined ? 0 : section.seekBlock(start);
  let row = -1;
  for (; number < section.blockCount; number++) {
    const block = section.block(number);
    row = row < 0 && start !== undefined ? block.lowerBound(start) : 0;
    for (; row < block.rows; row++) {
      const key = block.key(row);
      if (isBehind(key, bounds)) return;
      visitor.visit(key, block.seq(row));
    }
  }
}

/** About how many keys of a source lie in a range. */
export function keysInRange(source: TreeSource, range: KeyRange): number {
  if (source instanceof Memtable) return source.countKeys(range);
  const { blockCount } = source;
  const first = range.start === undefined ? 0 : source.seekBlock(range.start);
  const last = range.end === undefined ? blockCount : source.seekBlock(range.end) + 1;
  const startOf = (block: number): number =>
    block < blockCount ? source.blockStart(block) : source.meta.rows;
  return startOf(last) - startOf(first);
}
