/**
 * Keeps the shape of the store: flushes frozen memtables, compacts runs, drops the runs of dropped
 * trees. Jobs are cut into steps; they run between turns of the event loop, or at once where the
 * writer would otherwise run away from them. Only this file edits the manifest after open.
 */
import type { CommitLog } from "../log/contract.js";
import { createCompactionJob } from "../tree/compaction.js";
import { pickCompaction } from "../tree/compaction-picker.js";
import type { StepJob } from "../tree/contract.js";
import { createFlushJob } from "../tree/flush.js";
import type { SectionMeta, SectionReader } from "../run/contract.js";
import type { Background, Task } from "./background.js";
import type { EngineTree } from "./engine-tree.js";
import type { Manifest } from "./manifest.js";
import type { SectionId } from "./manifest-format.js";
import type { OpenSnapshots } from "./open-snapshots.js";
import type { RunFiles } from "./run-files.js";
import type { FrozenSet, Storage } from "./storage.js";

/** Frozen sets that may wait for their flush; with one more, the writer flushes inline. */
const MAX_FROZEN_SETS = 2;

interface CompactionWork {
  /** Newest first. */
  readonly inputs: readonly SectionReader[];
  readonly target: number;
  readonly bottom: boolean;
}

export interface MaintenanceContext {
  readonly storage: Storage;
  readonly manifest: Manifest;
  readonly log: CommitLog;
  readonly files: RunFiles;
  readonly snapshots: OpenSnapshots;
  readonly background: Background;
}

export class Maintenance {
  flushes = 0;
  compactions = 0;
  private readonly frozen: FrozenSet[] = [];
  private readonly compacting = new Set<EngineTree>();

  constructor(private readonly context: MaintenanceContext) {}

  get frozenSets(): number {
    return this.frozen.length;
  }

  /**
   * Freezes what is in memory and has it flushed. If too much is waiting already it is flushed
   * here and now first; a failure of that is thrown before anything is frozen.
   */
  freeze(position: number, lastTime: number): void {
    if (this.frozen.length >= MAX_FROZEN_SETS) this.context.background.drain();
    const set = this.context.storage.freeze(position, lastTime);
    if (set.parts.length === 0) return;
    this.frozen.push(set);
    this.context.background.schedule(this.flushTask(set));
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
    const deepest = Math.max(1, levels.length - 1);
    const settled = inputs.length === levels[deepest]?.length;
    if (inputs.length === 0 || this.compacting.has(tree) || tree.droppedAt !== Infinity) {
      return undefined;
    }
    if (settled && !inputs.some(({ meta }) => meta.tombstones > 0)) return undefined;
    return this.compactionTask(tree, { inputs, target: deepest, bottom: true });
  }

  private flushTask(set: FrozenSet): Task {
    return jobTask(
      () =>
        createFlushJob({
          ...this.context.files.target(),
          parts: set.parts.map(({ tree, memtable }) => ({
            treeId: tree.id,
            memtable,
            bottom: tree.data.frozen.length === 1 && tree.data.levels.flat().length === 0,
          })),
          openSnapshots: this.context.snapshots.sorted(),
        }),
      (metas) => this.installFlush(set, metas),
    );
  }

  private installFlush(set: FrozenSet, metas: readonly SectionMeta[]): void {
    const { manifest, files, log, storage } = this.context;
    files.syncDirectory();
    const alive = metas.filter((meta) => storage.trees.has(meta.treeId));
    manifest.append({
      added: alive.map((meta) => ({ level: 0, meta })),
      removed: [],
      flushed: { position: set.position, lastTime: set.lastTime },
      nextTreeId: storage.nextTreeId,
    });
    for (const { tree, memtable } of set.parts) {
      const meta = alive.find((candidate) => candidate.treeId === tree.id);
      tree.data.installFlush(memtable, meta === undefined ? null : files.open(meta, tree));
    }
    if (alive.length === 0 && metas.length > 0) files.remove(metas[0]!.fileId);
    this.frozen.splice(this.frozen.indexOf(set), 1);
    this.flushes++;
    this.dropTrees();
    // A failure to delete old segments costs space, never data; the log reports its own death.
    log.truncateBefore(set.position).catch(() => undefined);
    for (const { tree } of set.parts) this.compactIfDue(tree);
  }

  private compactIfDue(tree: EngineTree): void {
    if (tree.droppedAt !== Infinity || this.compacting.has(tree)) return;
    for (let picked = pickCompaction(tree.data.levels); picked !== null; ) {
      if (!picked.move) {
        this.context.background.schedule(this.compactionTask(tree, picked));
        return;
      }
      this.moveSections(tree, picked.inputs, picked.target);
      picked = pickCompaction(tree.data.levels);
    }
  }

  private compactionTask(tree: EngineTree, work: CompactionWork): Task {
    this.compacting.add(tree);
    const task = jobTask(
      () =>
        createCompactionJob({
          ...this.context.files.target(),
          treeId: tree.id,
          layout: tree.layout,
          inputs: work.inputs,
          bottom: work.bottom,
          openSnapshots: this.context.snapshots.sorted(),
        }),
      (outputs) => {
        this.installCompaction(tree, work.inputs, work.target, outputs);
        this.compacting.delete(tree);
        this.compactIfDue(tree);
      },
    );
    return {
      step: () => {
        this.compacting.add(tree);
        return task.step();
      },
      abandon: () => {
        task.abandon();
        this.compacting.delete(tree);
      },
    };
  }

  /** The sections go to the next level as they are. */
  private moveSections(tree: EngineTree, sections: readonly SectionReader[], level: number): void {
    this.context.manifest.append({
      added: sections.map(({ meta }) => ({ level, meta })),
      removed: sections.map(sectionId),
      flushed: undefined,
    });
    tree.data.installCompaction(sections, level, sections);
  }

  private installCompaction(
    tree: EngineTree,
    inputs: readonly SectionReader[],
    target: number,
    outputs: readonly SectionMeta[],
  ): void {
    const { manifest, files, storage } = this.context;
    if (!storage.trees.has(tree.id)) {
      for (const meta of outputs) files.remove(meta.fileId);
      return;
    }
    files.syncDirectory();
    manifest.append({
      added: outputs.map((meta) => ({ level: target, meta })),
      removed: inputs.map(sectionId),
      flushed: undefined,
    });
    const opened = outputs.map((meta) => files.open(meta, tree));
    tree.data.installCompaction(inputs, target, opened);
    this.retire(inputs);
    this.compactions++;
  }

  private dropTrees(): void {
    const { storage, snapshots, manifest } = this.context;
    const gone = storage.takeDropped(snapshots.oldest());
    const sections = gone.flatMap((tree) => tree.data.levels.flat());
    if (sections.length === 0) return;
    manifest.append({
      added: [],
      removed: sections.map(sectionId),
      flushed: undefined,
    });
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

/** A job as a task: made when it is first run, made anew after it was abandoned. */
function jobTask<Result>(
  make: () => StepJob<Result>,
  install: (result: Result) => void,
): Task {
  let job: StepJob<Result> | undefined;
  return {
    step: () => {
      job ??= make();
      if (!job.step()) return false;
      install(job.result());
      return true;
    },
    abandon: () => {
      job?.abandon();
      job = undefined;
    },
  };
}
