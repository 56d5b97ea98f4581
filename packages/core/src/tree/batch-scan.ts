/**
 * Order-free scans: the sources of a tree are read one after another, newest first, and each part
 * (memtable chunk or run block) becomes one batch over its own vectors, uncopied. Rows that newer
 * sources supersede, that are deleted or that the scan's sequence does not see are left out by
 * selection; see supersession for how the superseded ones are known.
 */
import type { Batch, ColumnVector } from "@aegisdb/sql/contract";
import type { KeyRange } from "../base/key.js";
import type { SectionReader, ZoneMap } from "../run/contract.js";
import { Memtable } from "./memtable.js";
import { memtableBatches } from "./memtable-batches.js";
import { RowSelection, type Mark } from "./row-selection.js";
import { sectionBatches } from "./section-batches.js";
import type { TreeSource } from "./superseded.js";
import type { SupersededRows } from "./supersession.js";

/** Whether a block may hold rows that the scan wants, by its columns' zone maps. */
type ZonePredicate = (zone: (column: number) => ZoneMap) => boolean;

export interface BatchScanOptions extends KeyRange {
  /** The columns of the batches, in this order, numbered over `[...key, ...value]`. */
  readonly columns: readonly number[];
  readonly atSeq: number;
  /** Blocks for which it is false are left out; rows in memory are never asked about. */
  readonly zonePredicate?: ZonePredicate | undefined;
  /** Newer than all sources of the tree, and with sequences of its own: a transaction's writes. */
  readonly overlay?: { readonly memtable: Memtable; readonly atSeq: number } | undefined;
}

/** Sources of one age: a memtable, or sections that are sorted and disjoint. */
export interface SourceGroup {
  readonly sources: readonly TreeSource[];
  readonly atSeq: number;
}

/** Scans groups of sources, newest first. A batch is valid until the next one is asked for. */
export function* scanGroups(
  groups: readonly SourceGroup[],
  superseded: SupersededRows,
  options: BatchScanOptions,
): Generator<Batch, void, undefined> {
  const selection = new RowSelection();
  for (let g = 0; g < groups.length; g++) {
    const { sources, atSeq } = groups[g]!;
    const marks = findMarks(groups.slice(0, g), sources, superseded, options);
    for (let i = 0; i < sources.length; i++) {
      const source = sources[i]!;
      const scan = { options, atSeq, selection, marks: marks[i]! };
      if (source instanceof Memtable) yield* memtableBatches(source, scan);
      else yield* sectionBatches(source, scan);
    }
  }
}

/** What the scan of one source needs besides the source. */
export interface SourceScan {
  readonly options: BatchScanOptions;
  readonly atSeq: number;
  readonly selection: RowSelection;
  readonly marks: readonly Mark[];
}

/** For each of `sources` the rows that the `newer` groups supersede. */
function findMarks(
  newer: readonly SourceGroup[],
  sources: readonly TreeSource[],
  superseded: SupersededRows,
  range: KeyRange,
): Mark[][] {
  const marks: Mark[][] = sources.map(() => []);
  for (const group of newer) {
    for (const source of group.sources) {
      const found = superseded.find(source, sources, range);
      for (let i = 0; i < found.length; i++) {
        if (!found[i]!.isEmpty) marks[i]!.push({ superseded: found[i]!, atSeq: group.atSeq });
      }
    }
  }
  return marks;
}

/** A batch of `length` rows over the columns that the scan asked for. */
export function makeBatch(
  options: BatchScanOptions,
  length: number,
  column: (column: number) => ColumnVector,
  selection: RowSelection | null,
): Batch {
  const columns = options.columns.map(column);
  if (selection === null) return { length, columns, selection: null, selected: length };
  return { length, columns, selection: selection.rows, selected: selection.count };
}

/** The sections of a level that may hold keys of a range. */
export function sectionsInRange(
  sections: readonly SectionReader[],
  range: KeyRange,
): readonly SectionReader[] {
  const { start, end } = range;
  if (start === undefined && end === undefined) return sections;
  return sections.filter(({ meta }) => {
    if (start !== undefined && meta.lastKey < start) return false;
    return end === undefined || meta.firstKey < end;
  });
}
