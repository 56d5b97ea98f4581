import type { ColumnVector } from "@aegisdb/sql/contract";
import type { Key } from "../base/key.js";
import type { SectionWriter } from "../run/contract.js";

/**
 * Which versions a flush or a compaction must keep.
 *
 * A version is seen by the snapshots from its own seq up to the next newer version's; without an
 * open snapshot there it is dropped. The newest is always kept, for the snapshots still to come.
 * A tombstone hides what is older: where nothing older can lie below the output, and every older
 * version in it is dropped, it hides nothing and goes too.
 */
export interface VersionRules {
  /** Sequences of the open snapshots, ascending. */
  readonly openSnapshots: readonly number[];
  /** Whether no source below the output may hold an older version of any key. */
  readonly dropTombstones: boolean;
}

/** Up to this seq a version is visible to every snapshot, open or still to come. */
export function visibleToAll(openSnapshots: readonly number[]): number {
  return openSnapshots[0] ?? Infinity;
}

interface HeldTombstone {
  readonly seq: number;
  readonly columns: readonly ColumnVector[];
  readonly index: number;
}

/** Takes rows ordered by (key, seq descending) and writes those that must be kept. */
export class VersionFilter {
  private readonly rules: VersionRules;
  private readonly visibleSeq: number;
  private key: Key | undefined;
  private newerSeq = Infinity;
  /** Tombstones of the key that are needed only if an older version is. */
  private readonly held: HeldTombstone[] = [];

  constructor(rules: VersionRules) {
    this.rules = rules;
    this.visibleSeq = visibleToAll(rules.openSnapshots);
  }

  /**
   * Writes the row to `output` or drops it. `columns` must stay as they are until the last version
   * of the key was added.
   */
  add(
    output: Pick<SectionWriter, "add">,
    key: Key,
    seq: number,
    tombstone: boolean,
    columns: readonly ColumnVector[],
    index: number,
  ): void {
    if (key !== this.key) {
      this.key = key;
      this.newerSeq = Infinity;
      this.held.length = 0;
    }
    const kept = this.newerSeq === Infinity || this.isSeen(seq, this.newerSeq);
    this.newerSeq = seq;
    if (!kept) return;
    if (tombstone && this.rules.dropTombstones) {
      this.held.push({ seq, columns, index });
      return;
    }
    for (const held of this.held) {
      output.add(key, held.seq, true, held.columns, held.index);
    }
    this.held.length = 0;
    output.add(key, seq, tombstone, columns, index);
  }

  /** Whether a snapshot is open in [from, to). */
  private isSeen(from: number, to: number): boolean {
    if (to <= this.visibleSeq) return false;
    const { openSnapshots } = this.rules;
    let low = 0;
    let high = openSnapshots.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (openSnapshots[middle]! < from) low = middle + 1;
      else high = middle;
    }
    return low < openSnapshots.length && openSnapshots[low]! < to;
  }
}
