import type { CrashPlan } from "./mem-crash.js";
import type { MemFile } from "./mem-file.js";

/**
 * Directories in memory, and which of their names are durable. A directory has the names the
 * running program sees and the names that survive a power cut; the operations between the two wait
 * in one journal, oldest first.
 *
 * A crash may keep or lose each operation, with one rule: an operation that survives takes with it
 * every older one on the same name (a file renamed into place was created before). Each operation
 * is atomic. A directory whose own name is lost takes everything in it along.
 */
export class MemDirectory {
  readonly kind = "directory" as const;
  readonly names: Map<string, MemNode> = new Map();
  readonly durable: Map<string, MemNode> = new Map();
}

export type MemNode = MemFile | MemDirectory;

/** A name in a directory. */
export interface Slot {
  readonly directory: MemDirectory;
  readonly name: string;
}

/** What an operation leaves in each name it touches; undefined: no such name. */
interface NameChange {
  readonly time: number;
  readonly effects: readonly { readonly slot: Slot; readonly node: MemNode | undefined }[];
}

export class NameJournal {
  #pending: NameChange[] = [];
  readonly #tracked: boolean;

  constructor(tracked: boolean) {
    this.#tracked = tracked;
  }

  /** Times of the operations that may be lost. */
  get times(): readonly number[] {
    return this.#pending.map((change) => change.time);
  }

  link(slot: Slot, node: MemNode, time: number): void {
    this.#apply({ time, effects: [{ slot, node }] });
  }

  unlink(slot: Slot, time: number): void {
    this.#apply({ time, effects: [{ slot, node: undefined }] });
  }

  /** Precondition: `from` names something. */
  rename(from: Slot, to: Slot, time: number): void {
    const node = from.directory.names.get(from.name);
    this.#apply({
      time,
      effects: [
        { slot: from, node: undefined },
        { slot: to, node },
      ],
    });
  }

  #apply(change: NameChange): void {
    for (const { slot, node } of change.effects) setName(slot.directory.names, slot.name, node);
    if (this.#tracked) this.#pending.push(change);
    else makeDurable(change);
  }

  /** A sync of a directory: its operations, and those they need, survive from now on. */
  sync(directory: MemDirectory): void {
    const wanted = this.#pending.filter((change) =>
      change.effects.some(({ slot }) => slot.directory === directory),
    );
    const kept = this.#withPrerequisites(new Set(wanted));
    for (const change of this.#pending) if (kept.has(change)) makeDurable(change);
    this.#pending = this.#pending.filter((change) => !kept.has(change));
  }

  /** Adds every older operation on a name that a kept operation touches. */
  #withPrerequisites(kept: Set<NameChange>): Set<NameChange> {
    for (let i = this.#pending.length - 1; i >= 0; i--) {
      const change = this.#pending[i]!;
      if (!kept.has(change)) continue;
      for (const older of this.#pending.slice(0, i)) if (shareName(older, change)) kept.add(older);
    }
    return kept;
  }

  /**
   * The names of each directory after a crash. Directories that are missing in the answer have
   * their durable names.
   */
  crash(plan: CrashPlan): Map<MemDirectory, Map<string, MemNode>> {
    const kept = new Set<NameChange>();
    for (const change of this.#pending) {
      if (survives(change, plan, this.#pending, kept)) kept.add(change);
    }
    const after = new Map<MemDirectory, Map<string, MemNode>>();
    for (const change of kept) {
      for (const { slot, node } of change.effects) {
        const names = after.get(slot.directory) ?? new Map(slot.directory.durable);
        setName(names, slot.name, node);
        after.set(slot.directory, names);
      }
    }
    return after;
  }

  /** A copy whose operations are on the copies of the directories and files. */
  clone(copyOf: (node: MemNode) => MemNode): NameJournal {
    const copy = new NameJournal(this.#tracked);
    copy.#pending = this.#pending.map(({ time, effects }) => ({
      time,
      effects: effects.map(({ slot, node }) => ({
        slot: { directory: copyOf(slot.directory) as MemDirectory, name: slot.name },
        node: node === undefined ? undefined : copyOf(node),
      })),
    }));
    return copy;
  }
}

function survives(
  change: NameChange,
  plan: CrashPlan,
  all: readonly NameChange[],
  kept: ReadonlySet<NameChange>,
): boolean {
  if (plan.style === "lost") return false;
  if (plan.style === "kept") return true;
  if (plan.style === "ordered") return change.time < plan.moment;
  // An operation whose prerequisite is lost is lost: there is nothing to decide.
  for (const older of all) {
    if (older === change) break;
    if (!kept.has(older) && shareName(older, change)) return false;
  }
  return plan.choose(2) === 1;
}

function shareName(a: NameChange, b: NameChange): boolean {
  return a.effects.some(({ slot: x }) =>
    b.effects.some(({ slot: y }) => x.directory === y.directory && x.name === y.name),
  );
}

function makeDurable(change: NameChange): void {
  for (const { slot, node } of change.effects) setName(slot.directory.durable, slot.name, node);
}

function setName(names: Map<string, MemNode>, name: string, node: MemNode | undefined): void {
  if (node === undefined) names.delete(name);
  else names.set(name, node);
}
