/**
 * Superseded rows, for scans that read the sources of a tree one after another in no order.
 *
 * A row of an older source is superseded from the seq on at which a newer source has its first
 * version of the same key. Instead of merging, the keys of each newer source are looked up in the
 * older ones, once for every pair of sources:
 *
 *   newer memtable ──keys that arrived since the last scan──►┐
 *   newer section  ──keys of the shared range, once──────────►  older.find(key) ─► (row, since seq)
 *
 * What is found stays true for all later scans: a scan at S leaves out the rows with a since seq
 * <= S. A scan of a narrow range, where that would be more work than the scan itself, looks up the
 * keys of its range only and keeps nothing.
 */
import type { KeyRange } from "../base/key.js";
import type { SectionReader } from "../run/contract.js";
import { createLookup, isDense } from "./key-lookup.js";
import { keysInRange, visitArrivals, visitKeys } from "./key-visits.js";
import { Memtable } from "./memtable.js";
import { Superseded, type TreeSource } from "./superseded.js";

/** A range with fewer than one in so many of the keys still to look up is looked up by itself. */
const NARROW_SHARE = 8;
/** So few arrivals are looked up whatever the range. */
const FEW_ARRIVALS = 512;

const NOTHING: Superseded = new Superseded();

/** The superseded rows of all pairs of sources of one tree. Forgotten with the sources. */
export class SupersededRows {
  private readonly pairs = new WeakMap<TreeSource, WeakMap<TreeSource, Superseded>>();

  /**
   * What `newer` supersedes in `range` of each of `olders`, brought up to date. `olders` are one
   * memtable, or sections that are sorted and disjoint.
   */
  find(newer: TreeSource, olders: readonly TreeSource[], range: KeyRange): readonly Superseded[] {
    const found: Superseded[] = [];
    const behind: number[] = [];
    for (let i = 0; i < olders.length; i++) {
      const shares = mayShareKeys(newer, olders[i]!);
      const pair = shares ? this.pair(olders[i]!, newer) : NOTHING;
      found.push(pair);
      if (shares && pair.lookedUp < rowsToLookUp(newer)) behind.push(i);
    }
    if (behind.length === 0) return found;
    const oldersBehind = behind.map((i) => olders[i]!);
    if (isNarrow(newer, range, found[behind[0]!]!)) {
      for (const i of behind) found[i] = new Superseded();
      const fresh = behind.map((i) => found[i]!);
      visitKeys(newer, range, createLookup(oldersBehind, fresh, false));
    } else {
      const pairs = behind.map((i) => found[i]!);
      if (newer instanceof Memtable) lookUpArrivals(newer, oldersBehind, pairs);
      else lookUpSection(newer, oldersBehind as readonly SectionReader[], pairs);
    }
    return found;
  }

  /** A flush has turned `memtable` into `section`: it supersedes the same rows. */
  replace(memtable: Memtable, section: SectionReader, olders: Iterable<TreeSource>): void {
    for (const older of olders) {
      const byNewer = this.pairs.get(older);
      const pair = byNewer?.get(memtable);
      if (pair === undefined || pair.lookedUp < memtable.rowCount) continue;
      const same = new Superseded(pair);
      same.lookedUp = Infinity;
      byNewer!.set(section, same);
    }
  }

  private pair(older: TreeSource, newer: TreeSource): Superseded {
    let byNewer = this.pairs.get(older);
    if (byNewer === undefined) {
      byNewer = new WeakMap();
      this.pairs.set(older, byNewer);
    }
    let pair = byNewer.get(newer);
    if (pair === undefined) {
      pair = new Superseded();
      byNewer.set(newer, pair);
    }
    return pair;
  }
}

function rowsToLookUp(newer: TreeSource): number {
  return newer instanceof Memtable ? newer.rowCount : Infinity;
}

function mayShareKeys(newer: TreeSource, older: TreeSource): boolean {
  if (newer instanceof Memtable || older instanceof Memtable) return true;
  const { meta } = newer;
  return meta.firstKey <= older.meta.lastKey && older.meta.firstKey <= meta.lastKey;
}

function isNarrow(newer: TreeSource, range: KeyRange, pair: Superseded): boolean {
  if (range.start === undefined && range.end === undefined) return false;
  const left = newer instanceof Memtable ? newer.rowCount - pair.lookedUp : newer.meta.rows;
  return left > FEW_ARRIVALS && keysInRange(newer, range) * NARROW_SHARE < left;
}

/** Sections that were looked up equally far share one pass over the memtable's rows. */
function lookUpArrivals(
  newer: Memtable,
  olders: readonly TreeSource[],
  pairs: readonly Superseded[],
): void {
  for (const from of new Set(pairs.map((pair) => pair.lookedUp))) {
    const group = olders.filter((_, i) => pairs[i]!.lookedUp === from);
    const found = pairs.filter((pair) => pair.lookedUp === from);
    const walk = isDense(group, newer.rowCount - from);
    visitArrivals(newer, from, walk, createLookup(group, found, walk));
    for (const pair of found) pair.lookedUp = newer.rowCount;
  }
}

function lookUpSection(
  newer: SectionReader,
  olders: readonly SectionReader[],
  pairs: readonly Superseded[],
): void {
  for (let i = 0; i < olders.length; i++) {
    const older = olders[i]!;
    const { firstKey, lastKey } = older.meta;
    const walk = isDense([older], keysInRange(newer, { start: firstKey, end: lastKey }));
    const lookup = createLookup([older], [pairs[i]!], walk);
    visitKeys(newer, { start: firstKey, last: lastKey }, lookup);
    pairs[i]!.lookedUp = Infinity;
  }
}
