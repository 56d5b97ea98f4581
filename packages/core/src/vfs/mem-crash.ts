import type { Change, Content } from "./mem-file.js";

/**
 * What a power cut may leave of a file: the durable content with some of the pending changes done
 * again. A disk writes sectors, in any order and whenever it likes, so each sector may have got any
 * number of the changes made to it, and the one under way when the power went, in part. Sizes and
 * truncations are metadata, written in their own order, apart from the data.
 */
export interface CrashPlan {
  /** An integer in [0, n): every decision of the crash. */
  choose(n: number): number;
  /**
   * - `lost`: nothing that was not durable is there;
   * - `kept`: all of it is;
   * - `ordered`: everything up to one moment is, the change at that moment in part;
   * - `mixed`: each sector, size and name is as old as it likes.
   */
  readonly style: CrashStyle;
  /** What can be half there: nothing, a write by its sectors, or a sector by its bytes. */
  readonly tear: Tear;
  /** For `ordered`: the change that was under way. */
  readonly moment: number;
}

export type CrashStyle = "lost" | "kept" | "ordered" | "mixed";
export type Tear = "none" | "sector" | "byte";

/** A disk writes at least this much as a whole. */
const SECTOR_BYTES = 512;

/** The content of a file after the crash. */
export function crashContent(
  base: Content,
  changes: readonly Change[],
  plan: CrashPlan,
): Uint8Array {
  const { bytes } = base;
  if (plan.style === "mixed" && plan.tear !== "none") return mixedContent(base, changes, plan);
  let size = base.size;
  const whole = plan.style === "mixed" ? plan.choose(changes.length + 1) : changes.length;
  changes.forEach((change, i) => {
    const survives =
      change.durable ||
      plan.style === "kept" ||
      (plan.style === "mixed" && i < whole) ||
      (plan.style === "ordered" && change.time < plan.moment);
    if (survives) size = redo(bytes, size, change, change.after.length);
    else if (plan.style === "ordered" && change.time === plan.moment && change.kind === "write") {
      const units = plan.tear === "byte" ? 1 : SECTOR_BYTES;
      const count = plan.tear === "none" ? 1 : Math.ceil(change.after.length / units);
      const done = Math.min(plan.choose(count + 1) * units, change.after.length);
      size = redo(bytes, size, change, done);
    }
  });
  return bytes.slice(0, size);
}

/** Does the first `length` bytes of a change again; returns the file's size after it. */
function redo(bytes: Uint8Array, size: number, change: Change, length: number): number {
  if (change.kind === "truncate") {
    if (change.offset < size) bytes.fill(0, change.offset, size);
    return change.offset;
  }
  if (length === 0) return size;
  bytes.set(change.after.subarray(0, length), change.offset);
  return Math.max(size, change.offset + length);
}

function mixedContent(base: Content, changes: readonly Change[], plan: CrashPlan): Uint8Array {
  const { bytes } = base;
  const { size, resizes } = crashSize(base.size, changes, plan);
  for (const sector of changedSectors(changes)) {
    const touching = changes.filter((change) => touches(change, sector));
    const writes = touching.filter((change) => change.kind === "write" && !change.durable);
    const done = plan.choose(writes.length + 1);
    // With bytes torn, the next write may have got some of its bytes into the sector.
    const next = plan.tear === "byte" ? writes[done] : undefined;
    const torn = next === undefined ? 0 : plan.choose(overlap(next, sector));
    for (const change of touching) {
      if (change.kind === "truncate") {
        const cut = Math.max(change.offset, sector);
        if (change.durable || resizes.has(change)) bytes.fill(0, cut, sector + SECTOR_BYTES);
      } else if (change.durable) {
        copySector(bytes, change, sector, SECTOR_BYTES);
      } else if (change === next) {
        copySector(bytes, change, sector, torn);
      } else if (writes.indexOf(change) < done) {
        copySector(bytes, change, sector, SECTOR_BYTES);
      }
    }
  }
  return bytes.slice(0, size);
}

/** The size, somewhere on its way, and the changes of size that got to the disk. */
function crashSize(
  before: number,
  changes: readonly Change[],
  plan: CrashPlan,
): { size: number; resizes: ReadonlySet<Change> } {
  const open = changes.filter((c) => !c.durable && c.sizeAfter !== c.sizeBefore);
  const done = plan.choose(open.length + 1);
  const resizes = new Set(open.slice(0, done));
  let size = before;
  let next: number | undefined;
  for (const change of changes) {
    const end = change.kind === "truncate" ? change.offset : change.offset + change.after.length;
    // A durable write can be read back, so the file reaches it, whichever write made it grow.
    if (change.durable || resizes.has(change)) {
      size = change.kind === "truncate" ? end : Math.max(size, end);
    } else if (change === open[done]) {
      next = end;
    }
  }
  // A file grows page by page: it may have got a part of the next growth.
  if (next !== undefined && next > size) {
    const unit = plan.tear === "byte" ? 1 : SECTOR_BYTES;
    size = Math.min(size + plan.choose(Math.ceil((next - size) / unit)) * unit, next);
  }
  return { size, resizes };
}

function touches(change: Change, sector: number): boolean {
  const length = change.kind === "write" ? change.after.length : change.before.length;
  return change.offset < sector + SECTOR_BYTES && change.offset + length > sector;
}

/** Offsets of the sectors that some change touches, ascending. */
function changedSectors(changes: readonly Change[]): number[] {
  const sectors = new Set<number>();
  for (const change of changes) {
    const length = change.kind === "write" ? change.after.length : change.before.length;
    const first = Math.floor(change.offset / SECTOR_BYTES) * SECTOR_BYTES;
    for (let at = first; at < change.offset + length; at += SECTOR_BYTES) sectors.add(at);
  }
  return [...sectors].sort((a, b) => a - b);
}

/** Bytes of a sector that a write covers. */
function overlap(change: Change, sector: number): number {
  const end = Math.min(change.offset + change.after.length, sector + SECTOR_BYTES);
  return end - Math.max(change.offset, sector);
}

/** Copies into the sector what `change` wrote to it, but at most the first `length` bytes. */
function copySector(bytes: Uint8Array, change: Change, sector: number, length: number): void {
  const start = Math.max(change.offset, sector);
  const from = start - change.offset;
  const count = Math.min(overlap(change, sector), length);
  bytes.set(change.after.subarray(from, from + count), start);
}
