import type { Key } from "../base/key.js";
import { MAX_UNSORTED_READS } from "../limits.js";
import type { ScanOptions } from "./contract.js";
import type { CommittedKeys } from "./history.js";

/** What a scan has seen so far: nothing at first, then up to the key it stands on. */
export class ScannedRange {
  private seen = false;
  private low: Key | undefined;
  private high: Key | undefined;
  /** Whether `high` itself was seen. */
  private highIncluded = false;
  private readonly reverse: boolean;

  constructor(
    private readonly start: Key | undefined,
    private readonly end: Key | undefined,
    reverse: boolean,
  ) {
    this.reverse = reverse;
  }

  /** The scan stands on `key`, having seen all before it; undefined: it reached its far bound. */
  reached(key: Key | undefined): void {
    this.seen = true;
    if (this.reverse) {
      this.low = key ?? this.start;
      this.high = this.end;
      this.highIncluded = false;
    } else {
      this.low = this.start;
      this.high = key ?? this.end;
      this.highIncluded = key !== undefined;
    }
  }

  contains(key: Key): boolean {
    if (!this.seen || (this.low !== undefined && key < this.low)) return false;
    return this.high === undefined || key < this.high || (this.highIncluded && key === this.high);
  }
}

interface TreeReads {
  readonly id: number;
  readonly points: Set<Key>;
  /** Points that are not in the set yet, which most transactions never need. */
  readonly arrivals: Key[];
  readonly ranges: ScannedRange[];
}

/**
 * What a transaction has read: point keys and scanned ranges by tree, absent keys included, so
 * that a key that appears later in a scanned range (a phantom) is a conflict too.
 */
export class ReadSet {
  private readonly trees = new Map<number, TreeReads>();
  private latest: TreeReads | null = null;

  addPoint(treeId: number, key: Key): void {
    const reads = this.latest?.id === treeId ? this.latest : this.reads(treeId);
    this.latest = reads;
    if (reads.arrivals.push(key) === MAX_UNSORTED_READS) settle(reads);
  }

  /** A scan that is about to begin; the range grows as the caller tells how far it came. */
  addScan(treeId: number, options: ScanOptions): ScannedRange {
    const range = new ScannedRange(options.start, options.end, options.reverse === true);
    this.reads(treeId).ranges.push(range);
    return range;
  }

  /** A range read as a whole. */
  addRange(treeId: number, start: Key | undefined, end: Key | undefined): void {
    this.addScan(treeId, { start, end }).reached(undefined);
  }

  /** The first committed key that this transaction had read, or undefined. */
  conflictWith(committed: CommittedKeys): Key | undefined {
    const { treeIds, keys } = committed;
    for (const reads of this.trees.values()) settle(reads);
    for (let i = 0; i < keys.length; i++) {
      const reads = this.trees.get(treeIds[i]!);
      if (reads === undefined) continue;
      const key = keys[i]!;
      if (reads.points.has(key) || reads.ranges.some((range) => range.contains(key))) return key;
    }
    return undefined;
  }

  private reads(treeId: number): TreeReads {
    let reads = this.trees.get(treeId);
    if (reads === undefined) {
      reads = { id: treeId, points: new Set(), arrivals: [], ranges: [] };
      this.trees.set(treeId, reads);
    }
    return reads;
  }
}

function settle({ points, arrivals }: TreeReads): void {
  for (const key of arrivals) points.add(key);
  arrivals.length = 0;
}
