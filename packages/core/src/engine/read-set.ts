import type { Key } from "../base/key.js";
import { MAX_TRACKED_POINTS, MAX_TRACKED_RANGES, MAX_UNSORTED_READS } from "../limits.js";
import type { ScanOptions } from "./contract.js";
import { intervalsAround, KeyIntervals, type KeyInterval } from "./key-intervals.js";

/** What a scan has seen so far: nothing at first, then up to the key it stands on. */
export class ScannedRange implements KeyInterval {
  low: Key | undefined;
  high: Key | undefined;
  /** Whether `high` itself was seen. */
  highIncluded = false;
  /** Whether it is in `list`: it comes back there when it has grown since it was taken out. */
  private listed = false;

  constructor(
    private readonly list: ScannedRange[],
    private readonly start: Key | undefined,
    private readonly end: Key | undefined,
    private readonly reverse: boolean,
  ) {}

  /** The scan stands on `key`, having seen all before it; undefined: it reached its far bound. */
  reached(key: Key | undefined): void {
    if (this.reverse) {
      this.low = key ?? this.start;
      this.high = this.end;
      this.highIncluded = false;
    } else {
      this.low = this.start;
      this.high = key ?? this.end;
      this.highIncluded = key !== undefined;
    }
    if (this.listed) return;
    this.listed = true;
    this.list.push(this);
  }

  /** The list has been emptied. */
  takenOut(): void {
    this.listed = false;
  }
}

/** What was read of one tree. */
class TreeReads {
  readonly points: Set<Key> = new Set();
  /** Points that are not in the set yet, which most transactions never need. */
  readonly arrivals: Key[] = [];
  readonly ranges: ScannedRange[] = [];
  /** What points and ranges became when they were too many: they and some keys between them. */
  coarse: KeyIntervals = new KeyIntervals([]);

  settlePoints(): void {
    for (const key of this.arrivals) this.points.add(key);
    this.arrivals.length = 0;
    if (this.points.size <= MAX_TRACKED_POINTS) return;
    const around = intervalsAround([...this.points], MAX_TRACKED_RANGES);
    this.coarse = new KeyIntervals([...this.coarse.list, ...around], MAX_TRACKED_RANGES);
    this.points.clear();
  }

  mergeRanges(): void {
    this.coarse = new KeyIntervals([...this.coarse.list, ...this.ranges], MAX_TRACKED_RANGES);
    for (const range of this.ranges) range.takenOut();
    this.ranges.length = 0;
  }
}

/** What a transaction has read of one tree, in a form for looking keys up. */
export interface SettledReads {
  readonly points: ReadonlySet<Key>;
  readonly ranges: KeyIntervals;
}

/**
 * What a transaction has read: point keys and scanned ranges by tree, absent keys included, so
 * that a key that appears later in a scanned range (a phantom) is a conflict too.
 *
 * It is bounded: of a transaction that reads very much, it keeps intervals that hold all that was
 * read. Such a transaction may then lose against one that wrote between what it had read.
 */
export class ReadSet {
  private readonly trees = new Map<number, TreeReads>();
  private latest: TreeReads | null = null;
  private latestId = 0;

  addPoint(treeId: number, key: Key): void {
    const reads =
      this.latest !== null && this.latestId === treeId ? this.latest : this.reads(treeId);
    this.latest = reads;
    this.latestId = treeId;
    if (reads.arrivals.push(key) === MAX_UNSORTED_READS) reads.settlePoints();
  }

  /** A scan that is about to begin; the range grows as the caller tells how far it came. */
  addScan(treeId: number, options: ScanOptions): ScannedRange {
    const reads = this.reads(treeId);
    if (reads.ranges.length >= MAX_TRACKED_RANGES) reads.mergeRanges();
    return new ScannedRange(reads.ranges, options.start, options.end, options.reverse === true);
  }

  /** A range read as a whole. */
  addRange(treeId: number, start: Key | undefined, end: Key | undefined): void {
    this.addScan(treeId, { start, end }).reached(undefined);
  }

  /** What was read of a tree up to now; undefined for nothing. */
  settled(treeId: number): SettledReads | undefined {
    const reads = this.trees.get(treeId);
    if (reads === undefined) return undefined;
    reads.settlePoints();
    const ranges = new KeyIntervals([...reads.coarse.list, ...reads.ranges]);
    return { points: reads.points, ranges };
  }

  /** The trees of which anything was read. */
  treeIds(): Iterable<number> {
    return this.trees.keys();
  }

  private reads(treeId: number): TreeReads {
    let reads = this.trees.get(treeId);
    if (reads === undefined) {
      reads = new TreeReads();
      this.trees.set(treeId, reads);
    }
    return reads;
  }
}
