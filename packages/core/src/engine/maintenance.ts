/**
 * Keeps the shape of the store: flushes frozen memtables, compacts runs, drops the runs of dropped
 * trees. A `JobRunner` does the work, in another thread where there is one; a writer that runs away
 * from it waits. Only this file edits the manifest after open.
 */
import { AegisError } from "../errors.js";
import { LEVEL_ZERO_STOP_SECTIONS } from "../limits.js";
import type { CommitLog } from "../log/contract.js";
import type { JobRunner } from "../jobs/contract.js";
import { pickCompaction, type PickedCompaction } from "../tree/compaction-picker.js";
import type { Elsewhere } from "../tree/contract.js";
import type { BufferPool } from "../run/buffer-pool.js";
import type { SectionMeta, SectionReader } from "../run/contract.js";
import { isFatal, type Background, type Task } from "./background.js";
import type { EngineTree } from "./engine-tree.js";
import { jobTask } from "./job-task.js";
import type { Manifest, StateEdit } from "./manifest.js";
import type { SectionId } from "./manifest-format.js";
import type { OpenSnapshots } from "./open-snapshots.js";
import type { RunFiles } from "./run-files.js";
import type { FrozenSet, Storage } from "./storage.js";
import type { WritePressure } from "./write-pressure.js";

/** Frozen sets that may wait for their flush; with one more, the writer waits for one. */
export const MAX_FROZEN_SETS = 2;

export interface MaintenanceContext {
  readonly storage: Storage;
  readonly manifest: Manifest;
  readonly log: CommitLog;
  readonly files: RunFiles;
  readonly snapshots: OpenSnapshots;
  readonly background: Background;
  readonly pool: BufferPool;
  readonly jobs: JobRunner;
  readonly pressure: WritePressure;
}

export class Maintenance {
  flushes = 0;
  compactions = 0;
  /** Sections of the fullest level 0. */
  levelZeroSections = 0;
  private readonly frozen: FrozenSet[] = [];
  /** Trees with a compaction under way: nobody else changes their runs below level 0. */
  private readonly compacting = new Set<EngineTree>();
  /** Trees with a compaction waiting for its turn. */
  private readonly scheduled = new Set<EngineTree>();

  constructor(private readonly context: MaintenanceContext) {}

  get frozenSets(): number {
    return this.frozen.length;
  }

  /**
   * Freezes what is in memory and has it flushed. If too much is waiting for its flush already, or
   * for its compaction, that comes first; a failed flush is thrown before anything is frozen.
   */
  freeze(position: number, lastTime: number): void {
    if (this.mustFlush()) this.context.pressure.stop(() => this.flushWaiting());
    if (this.mustCompact()) this.context.pressure.stop(() => this.compactWaiting());
    const set = this.context.storage.freeze(position, lastTime);
    if (set.parts.length === 0) return;
    this.frozen.push(set);
    this.context.background.schedule("flush", this.flushTask());
    // A writer that does not let the event loop have its turn has its rows flushed all the same.
    if (this.context.jobs.threaded) this.context.background.begin();
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

  private mustFlush(): boolean {
    return this.frozen.length >= MAX_FROZEN_SETS;
  }

  private mustCompact(): boolean {
    return this.levelZeroSections >= LEVEL_ZERO_STOP_SECTIONS;
  }

  private flushWaiting(): void {
    this.context.background.drain(["flush"], () => !this.mustFlush());
  }

  /** A compaction that fails is none of the writer's business: reads become slower, no more. */
  private compactWaiting(): void {
    try {
      this.context.background.drain(["compaction"], () => !this.mustCompact());
    } catch (error) {
      if (!(error instanceof AegisError) || error.kind === "internal") throw error;
    }
  }

  /**
   * Flushes the oldest frozen set there is when it starts: so sets come into the runs in their
   * order, even if the flush of one fails and is tried again later.
   */
  private flushTask(): Task {
    let set: FrozenSet;
    return jobTask(
      this.context.pool,
      () => {
        set = this.frozen[0]!;
        return this.context.jobs.flush({
          ...this.context.files.target(),
          parts: set.parts.map(({ tree, memtable }) => ({
            treeId: tree.id,
            memtable,
            bottom: tree.data.frozen.length === 1 && tree.data.levels.flat().length === 0,
          })),
          openSnapshots: this.context.snapshots.sorted(),
        });
      },
      (metas) => this.installFlush(set, metas),
      () => this.durableTo(set.position),
    );
  }

  /**
   * What is to be waited for until the log is durable up to a position: runs must never be ahead of
   * it, for after a power cut it would not reach their position.
   */
  private durableTo(position: number): Elsewhere | undefined {
    const { log } = this.context;
    if (log.durableEnd >= position) return undefined;
    return {
      // Whoever steps on finds that the log has failed.
      done: log.sync().catch(() => undefined),
      wait: () => {
        if (log.durableEnd < position) log.syncNow();
      },
    };
  }

  private installFlush(set: FrozenSet, metas: readonly SectionMeta[]): void {
    const { files, log, storage } = this.context;
    const alive = metas.filter((meta) => storage.trees.has(meta.treeId));
    if (log.durableEnd < set.position) log.syncNow();
    const opened = this.installOutputs(metas, alive, {
      added: alive.map((meta) => ({ level: 0, meta })),
      removed: [],
      flushed: { position: set.position, lastTime: set.lastTime },
      nextTreeId: storage.nextTreeId,
    });
    for (const { tree, memtable } of set.parts) {
      const section = opened.find(({ meta }) => meta.treeId === tree.id);
      tree.data.installFlush(memtable, section ?? null);
    }
    if (alive.length === 0) files.discard(metas);
    this.frozen.shift();
    this.countLevelZero();
    this.flushes++;
    this.scheduleDrops();
    // A failure to delete old segments costs space, never data; the log reports its own death.
    log.truncateBefore(set.position).catch(() => undefined);
    for (const { tree } of set.parts) this.compactIfDue(tree);
  }

  private compactIfDue(tree: EngineTree): void {
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
      if (tree.droppedAt !== Infinity) this.scheduleDrops();
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
    this.context.manifest.append({
      added: inputs.map(({ meta }) => ({ level: target, meta })),
      removed: inputs.map(sectionId),
      flushed: undefined,
    });
    tree.data.installCompaction(inputs, target, inputs);
    this.countLevelZero();
  }

  private countLevelZero(): void {
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
    const opened = this.installOutputs(outputs, outputs, {
      added: outputs.map((meta) => ({ level: target, meta })),
      removed: inputs.map(sectionId),
      flushed: undefined,
    });
    tree.data.installCompaction(inputs, target, opened);
    this.countLevelZero();
    this.retire(inputs);
    this.compactions++;
  }

  /**
   * Makes the files of a job durable, opens the sections of them that are wanted, and has the
   * manifest name them: that comes last, for nothing may fail after it. Until then a failure takes
   * everything back.
   */
  private installOutputs(
    metas: readonly SectionMeta[],
    wanted: readonly SectionMeta[],
    edit: StateEdit,
  ): readonly SectionReader[] {
    const { files, manifest, storage } = this.context;
    let opened: readonly SectionReader[] = [];
    try {
      files.syncDirectory();
      opened = files.openAll(wanted, (id) => storage.trees.get(id)!);
      manifest.append(edit);
    } catch (error) {
      // After a failed sync the manifest may name them, and a lost lock makes them another's.
      if (!isFatal(error)) files.giveUp(opened, metas);
      throw error;
    }
    return opened;
  }

  private scheduleDrops(): void {
    if (this.goneTrees().length === 0) return;
    const step = (): boolean => {
      this.dropTrees();
      return true;
    };
    this.context.background.schedule("compaction", { step, abandon: () => undefined });
  }

  /**
   * Trees that no snapshot sees and that no crash can bring back. One that is being compacted stays
   * until that is over: the compaction reads its runs.
   */
  private goneTrees(): EngineTree[] {
    const { storage, snapshots, log } = this.context;
    const dropped = storage.droppedBefore(Math.min(snapshots.oldest(), log.durableEnd));
    return dropped.filter((tree) => !this.compacting.has(tree));
  }

  private dropTrees(): void {
    const { storage, manifest } = this.context;
    const gone = this.goneTrees();
    const sections = gone.flatMap((tree) => tree.data.levels.flat());
    if (sections.length > 0) {
      manifest.append({ added: [], removed: sections.map(sectionId), flushed: undefined });
    }
    for (const tree of gone) storage.forget(tree);
    this.retire(sections);
  }

  private retire(sections: readonly SectionReader[]): void {
    const { files, log, snapshots } = this.context;
    files.retire(sections, log.end);
    files.collect(snapshots.oldest());
  }
}

function sectionId({ meta }: SectionReader): SectionId {
  return { fileId: meta.fileId, treeId: meta.treeId };
}
