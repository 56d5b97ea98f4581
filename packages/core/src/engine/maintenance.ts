/**
 * Keeps the shape of the store: flushes frozen memtables, compacts runs, drops the runs of dropped
 * trees. A `JobRunner` does the work, in another thread where there is one; a writer that runs away
 * from it waits. After open, the manifest is edited by what is made here only.
 */
import { AegisError } from "../errors.js";
import { LEVEL_ZERO_STOP_SECTIONS } from "../limits.js";
import type { CommitLog } from "../log/contract.js";
import type { JobRunner } from "../jobs/contract.js";
import type { Elsewhere } from "../tree/contract.js";
import type { BufferPool } from "../run/buffer-pool.js";
import type { SectionMeta } from "../run/contract.js";
import type { Background, Task } from "./background.js";
import { Compactions } from "./compactions.js";
import type { EngineTree } from "./engine-tree.js";
import { jobTask } from "./job-task.js";
import type { Manifest } from "./manifest.js";
import type { OpenSnapshots } from "./open-snapshots.js";
import type { RunFiles } from "./run-files.js";
import { RunInstaller, sectionId } from "./run-installer.js";
import type { FrozenSet, Storage } from "./storage.js";
import type { WritePressure } from "./write-pressure.js";

/** Frozen sets that may wait for their flush; with one more, the writer waits for one. */
const MAX_FROZEN_SETS = 2;

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
  readonly compactor: Compactions;
  private readonly frozen: FrozenSet[] = [];
  private readonly installer: RunInstaller;

  constructor(private readonly context: MaintenanceContext) {
    const installer = new RunInstaller(context);
    this.installer = installer;
    const dropped = (): void => this.scheduleDrops();
    this.compactor = new Compactions({ ...context, installer, dropped });
  }

  get frozenSets(): number {
    return this.frozen.length;
  }

  get compactions(): number {
    return this.compactor.count;
  }

  /** Share of the write buffer that is filled, if no more memtables may be put aside; else 0. */
  fill(writeBufferBytes: number): number {
    return this.mustFlush() ? this.context.storage.activeBytes / writeBufferBytes : 0;
  }

  /** The same while any memtables wait for their flush; more than 1 if several do. */
  backlog(writeBufferBytes: number): number {
    const waiting = this.frozen.length;
    if (waiting === 0) return 0;
    return waiting - 1 + this.context.storage.activeBytes / writeBufferBytes;
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

  private mustFlush(): boolean {
    return this.frozen.length >= MAX_FROZEN_SETS;
  }

  private mustCompact(): boolean {
    return this.compactor.levelZeroSections >= LEVEL_ZERO_STOP_SECTIONS;
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
    const { files, log, snapshots, storage } = this.context;
    const alive = metas.filter((meta) => storage.trees.has(meta.treeId));
    if (log.durableEnd < set.position) log.syncNow();
    const opened = this.installer.install(metas, alive, {
      added: alive.map((meta) => ({ level: 0, meta })),
      removed: [],
      flushed: { position: set.position, lastTime: set.lastTime },
      nextTreeId: storage.nextTreeId,
    });
    for (const { tree, memtable } of set.parts) {
      const section = opened.find(({ meta }) => meta.treeId === tree.id);
      tree.data.installFlush(memtable, section ?? null);
      files.afterReaders(log.end, () => memtable.release());
    }
    files.collect(snapshots.oldest());
    if (alive.length === 0) files.discard(metas);
    this.frozen.shift();
    this.compactor.countLevelZero();
    this.flushes++;
    this.scheduleDrops();
    // A failure to delete old segments costs space, never data; the log reports its own death.
    log.truncateBefore(set.position).catch(() => undefined);
    for (const { tree } of set.parts) this.compactor.compactIfDue(tree);
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
    return dropped.filter((tree) => !this.compactor.isCompacting(tree));
  }

  private dropTrees(): void {
    const { storage } = this.context;
    const gone = this.goneTrees();
    const sections = gone.flatMap((tree) => tree.data.levels.flat());
    if (sections.length > 0) {
      this.installer.note({ added: [], removed: sections.map(sectionId), flushed: undefined });
    }
    for (const tree of gone) storage.forget(tree);
    this.installer.retire(sections);
  }
}
