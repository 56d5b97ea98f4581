import type { JobRunner } from "../jobs/contract.js";
import type { BufferPool } from "../run/buffer-pool.js";
import type { SectionMeta } from "../run/contract.js";
import { pickCompaction, type PickedCompaction } from "../tree/compaction-picker.js";
import type { Background, Task } from "./background.js";
import type { EngineTree } from "./engine-tree.js";
import { jobTask } from "./job-task.js";
import type { OpenSnapshots } from "./open-snapshots.js";
import type { RunFiles } from "./run-files.js";
import { sectionId, type RunInstaller } from "./run-installer.js";
import type { Storage } from "./storage.js";

interface CompactionsContext {
  readonly storage: Storage;
  readonly files: RunFiles;
  readonly snapshots: OpenSnapshots;
  readonly background: Background;
  readonly pool: BufferPool;
  readonly jobs: JobRunner;
  readonly installer: RunInstaller;
  /** A tree that was dropped is not being compacted any more. */
  readonly dropped: () => void;
}

/** Keeps the levels of every tree in shape: at most one compaction a tree at a time. */
export class Compactions {
  /** Compactions carried out. */
  count = 0;
  /** Sections of the fullest level 0. */
  levelZeroSections = 0;
  /** Trees with a compaction under way: nobody else changes their runs below level 0. */
  private readonly compacting = new Set<EngineTree>();
  /** Trees with a compaction waiting for its turn. */
  private readonly scheduled = new Set<EngineTree>();

  constructor(private readonly context: CompactionsContext) {}

  isCompacting(tree: EngineTree): boolean {
    return this.compacting.has(tree);
  }

  /** Schedules every compaction that is due. */
  compactWhereDue(): void {
    for (const tree of [...this.context.storage.trees.values()]) this.compactIfDue(tree);
  }

  /**
   * A task that merges all runs of a tree into one level; undefined if they are that already, or
   * are being compacted.
   */
  fullCompaction(tree: EngineTree): Task | undefined {
    const { levels } = tree.data;
    const inputs = levels.flat();
    const target = Math.max(1, levels.length - 1);
    const settled = inputs.length === levels[target]?.length;
    if (inputs.length === 0 || this.compacting.has(tree) || tree.droppedAt !== Infinity) {
      return undefined;
    }
    if (settled && !inputs.some(({ meta }) => meta.tombstones > 0)) return undefined;
    return this.compactionTask(tree, () => ({ inputs, target, bottom: true, move: false }));
  }

  /** Schedules the tree's next compaction, if one is due. */
  compactIfDue(tree: EngineTree): void {
    if (tree.droppedAt !== Infinity) return;
    if (this.scheduled.has(tree) || this.compacting.has(tree)) return;
    if (pickCompaction(tree.data.levels) === null) return;
    this.scheduled.add(tree);
    const task = this.compactionTask(tree, () => pickCompaction(tree.data.levels));
    this.context.background.schedule("compaction", {
      get elsewhere() {
        return task.elsewhere;
      },
      step: () => {
        if (!task.step()) return false;
        this.scheduled.delete(tree);
        this.compactIfDue(tree);
        return true;
      },
      abandon: () => task.abandon(),
    });
  }

  /**
   * What is to be compacted is looked up when the task starts, and again after it was abandoned:
   * others may have changed the tree's runs meanwhile.
   */
  private compactionTask(tree: EngineTree, pick: () => PickedCompaction | null): Task {
    let picked: PickedCompaction | null = null;
    const task = jobTask(
      this.context.pool,
      () =>
        this.context.jobs.compaction({
          ...this.context.files.target(),
          treeId: tree.id,
          layout: tree.layout,
          inputs: picked!.inputs,
          bottom: picked!.bottom,
          openSnapshots: this.context.snapshots.sorted(),
        }),
      (outputs) => this.installCompaction(tree, picked!, outputs),
    );
    const end = (): void => {
      if (picked !== null) this.compacting.delete(tree);
      picked = null;
      if (tree.droppedAt !== Infinity) this.context.dropped();
      else this.compactIfDue(tree);
    };
    return {
      get elsewhere() {
        return task.elsewhere;
      },
      step: () => {
        if (picked === null) {
          if (this.compacting.has(tree)) return true;
          picked = pick();
          if (picked === null) return true;
          this.compacting.add(tree);
        }
        if (tree.droppedAt !== Infinity) task.abandon();
        else if (picked.move) this.moveSections(tree, picked);
        else if (!task.step()) return false;
        end();
        return true;
      },
      abandon: () => {
        try {
          task.abandon();
        } finally {
          end();
        }
      },
    };
  }

  /** The sections go to another level as they are. */
  private moveSections(tree: EngineTree, { inputs, target }: PickedCompaction): void {
    this.context.installer.note({
      added: inputs.map(({ meta }) => ({ level: target, meta })),
      removed: inputs.map(sectionId),
      flushed: undefined,
    });
    tree.data.installCompaction(inputs, target, inputs);
    this.countLevelZero();
  }

  /** To be called when level 0 of a tree has changed. */
  countLevelZero(): void {
    let most = 0;
    for (const { data } of this.context.storage.trees.values()) {
      if (data.levels[0]!.length > most) most = data.levels[0]!.length;
    }
    this.levelZeroSections = most;
  }

  private installCompaction(
    tree: EngineTree,
    { inputs, target }: PickedCompaction,
    outputs: readonly SectionMeta[],
  ): void {
    const opened = this.context.installer.install(outputs, outputs, {
      added: outputs.map((meta) => ({ level: target, meta })),
      removed: inputs.map(sectionId),
      flushed: undefined,
    });
    tree.data.installCompaction(inputs, target, opened);
    this.countLevelZero();
    this.context.installer.retire(inputs);
    this.count++;
  }
}
