/**
 * Which sections of a tree to compact next: pure, so that golden tests can show each decision.
 *
 *   level 0   flushed sections, newest first, overlapping
 *   level 1   sorted, disjoint, up to 32 MB
 *   level n   ten times the level above
 *
 * Leveled compaction: LevelDB (2011), O'Neil et al., "The log-structured merge-tree" (1996).
 */
import type { SectionMeta, SectionReader } from "../run/contract.js";
import {
  LEVEL_BASE_BYTES,
  LEVEL_GROWTH,
  LEVEL_ZERO_SECTIONS,
  SMALL_SECTION_BYTES,
} from "../limits.js";

/** A section as the picker sees it; readers are. */
export interface Compactable {
  readonly meta: SectionMeta;
}

/** Sections by level: level 0 newest first, the others sorted by key. */
export type Levels<Section> = readonly (readonly Section[])[];

export interface PickedCompaction<Section extends Compactable = SectionReader> {
  /** Newest first; among those of one level below the first, by key. */
  readonly inputs: readonly Section[];
  /** Level that the result belongs to. */
  readonly target: number;
  /** Nothing below the target may hold an older version of a key of the inputs. */
  readonly bottom: boolean;
  /** The inputs may become part of the target level as they are, without being rewritten. */
  readonly move: boolean;
}

/** The most urgent compaction, or null if none is due. */
export function pickCompaction<Section extends Compactable>(
  levels: Levels<Section>,
): PickedCompaction<Section> | null {
  const first = levels[0] ?? [];
  if (first.length >= LEVEL_ZERO_SECTIONS) return pickFrom(levels, 0, first);
  const level = fullestLevel(levels);
  if (level < 0) return null;
  return pickFrom(levels, level, [cheapestSection(levels[level]!, levels[level + 1] ?? [])]);
}

/** The level furthest over its budget, or -1. */
function fullestLevel(levels: Levels<Compactable>): number {
  let fullest = -1;
  let mostFull = 1;
  let budget = LEVEL_BASE_BYTES;
  for (let level = 1; level < levels.length; level++) {
    const full = totalBytes(levels[level]!) / budget;
    if (full > mostFull) {
      mostFull = full;
      fullest = level;
    }
    budget *= LEVEL_GROWTH;
  }
  return fullest;
}

/** The section that brings the least of the next level along, per byte of its own. */
function cheapestSection<Section extends Compactable>(
  sections: readonly Section[],
  below: readonly Section[],
): Section {
  let cheapest = sections[0]!;
  let leastCost = Infinity;
  for (const section of sections) {
    const cost = totalBytes(below.filter((other) => meet(section, other))) / section.meta.length;
    if (cost < leastCost) {
      leastCost = cost;
      cheapest = section;
    }
  }
  return cheapest;
}

function pickFrom<Section extends Compactable>(
  levels: Levels<Section>,
  level: number,
  upper: readonly Section[],
): PickedCompaction<Section> {
  const target = level + 1;
  const below = levels[target] ?? [];
  const lower = neighbourhood(below, upper);
  const move = canMove(upper, below) || (upper.length === 1 && lower.length === 0);
  const inputs = move ? upper : [...upper, ...lower];
  const deeper = levels.slice(target + 1).flat();
  const bottom = !inputs.some((input) => deeper.some((section) => meet(input, section)));
  return { inputs, target, bottom, move };
}

/** Small sections are merged where they could be moved: else they would only grow in number. */
function canMove(upper: readonly Compactable[], below: readonly Compactable[]): boolean {
  const sorted = [...upper].sort(byFirstKey);
  return sorted.every((section, i) => {
    if (section.meta.length < SMALL_SECTION_BYTES) return false;
    if (i > 0 && meet(sorted[i - 1]!, section)) return false;
    return !below.some((other) => meet(section, other));
  });
}

/**
 * The sections that share keys with the hull of `upper`, for the outputs may span its gaps, and
 * the small ones right beside them, which are made into larger ones on the way.
 */
function neighbourhood<Section extends Compactable>(
  below: readonly Section[],
  upper: readonly Section[],
): readonly Section[] {
  let { firstKey, lastKey } = upper[0]!.meta;
  for (const { meta } of upper) {
    if (meta.firstKey < firstKey) firstKey = meta.firstKey;
    if (meta.lastKey > lastKey) lastKey = meta.lastKey;
  }
  let start = 0;
  while (start < below.length && below[start]!.meta.lastKey < firstKey) start++;
  let end = start;
  while (end < below.length && below[end]!.meta.firstKey <= lastKey) end++;
  if (start > 0 && below[start - 1]!.meta.length < SMALL_SECTION_BYTES) start--;
  if (end < below.length && below[end]!.meta.length < SMALL_SECTION_BYTES) end++;
  return below.slice(start, end);
}

function meet(a: Compactable, b: Compactable): boolean {
  return a.meta.firstKey <= b.meta.lastKey && b.meta.firstKey <= a.meta.lastKey;
}

function byFirstKey(a: Compactable, b: Compactable): number {
  return a.meta.firstKey < b.meta.firstKey ? -1 : 1;
}

function totalBytes(sections: readonly Compactable[]): number {
  let bytes = 0;
  for (const { meta } of sections) bytes += meta.length;
  return bytes;
}
