/**
 * Opens a database: takes the lock, reads the manifest, opens the runs lazily, replays the tail of
 * the log. How long it takes depends on what was written since the last flush, never on the size
 * of the database.
 */
import type { Clock } from "../base/clock.js";
import type { Prng } from "../base/prng.js";
import { secureBytes } from "../base/prng.js";
import { AegisError } from "../errors.js";
import { MAX_UNSYNCED_BYTES } from "../limits.js";
import type { CommitLog, SyncLevel } from "../log/contract.js";
import { FileLog } from "../log/file-log.js";
import type { FileLogOptions } from "../log/file-log-options.js";
import { MemoryLog } from "../log/memory-log.js";
import { BufferPool } from "../run/buffer-pool.js";
import type { SectionReader } from "../run/contract.js";
import type { Compression } from "../run/format.js";
import type { JobRunner } from "../jobs/contract.js";
import { LocalRunner } from "../jobs/local-runner.js";
import { canStartThreads, ThreadRunner } from "../jobs/thread-runner.js";
import { SharedMemory } from "../tree/shared-memory.js";
import type { Vfs } from "../vfs/contract.js";
import type { Host } from "../vfs/host.js";
import { Background } from "./background.js";
import { RecordReader } from "./commit-record.js";
import { DatabaseEngine } from "./engine.js";
import type { EngineTree } from "./engine-tree.js";
import { DirectoryLock } from "./lock.js";
import { Maintenance } from "./maintenance.js";
import { Manifest } from "./manifest.js";
import type { PlacedSection, SectionId } from "./manifest-format.js";
import { OpenSnapshots } from "./open-snapshots.js";
import { RunFiles } from "./run-files.js";
import { Storage } from "./storage.js";
import { WritePressure } from "./write-pressure.js";

export interface EngineOptions {
  readonly vfs: Vfs;
  readonly directory: string;
  readonly host: Host;
  readonly clock: Clock;
  readonly prng: Prng;
  /** Keeps no log file: for databases that end with their process. */
  readonly memory: boolean;
  readonly sync: SyncLevel;
  readonly syncIntervalMs: number;
  readonly maxTransactionBytes: number;
  readonly bufferPoolBytes: number;
  readonly writeBufferBytes: number;
  readonly compression: Compression;
  /** Runs flushes and compactions at once instead of between turns of the event loop. */
  readonly inlineBackground: boolean;
  /** Runs large flushes and compactions in a thread, where the runtime can. For real files only. */
  readonly threads: boolean;
}

/** An open engine with what its life cycle needs. */
export interface OpenedEngine {
  readonly engine: DatabaseEngine;
  readonly log: CommitLog;
  readonly storage: Storage;
  readonly manifest: Manifest;
  readonly maintenance: Maintenance;
  readonly background: Background;
  readonly pressure: WritePressure;
  readonly jobs: JobRunner;
  readonly pool: BufferPool;
  readonly files: RunFiles;
  readonly lock: DirectoryLock;
}

/** Ids of logs are random integers up to this. */
const MAX_LOG_ID = 2 ** 53;

export function openEngine(options: EngineOptions): OpenedEngine {
  const { vfs, directory } = options;
  if (!vfs.exists(directory)) makeDirectory(vfs, directory);
  const nonce = Buffer.from(secureBytes(16)).toString("hex");
  const lock = DirectoryLock.acquire(vfs, directory, options.host, nonce);
  const undo: Undo = [() => lock.release()];
  try {
    return openLocked(options, lock, undo);
  } catch (error) {
    for (const step of undo.reverse()) quietly(step);
    throw error;
  }
}

/** What gives back what an open took so far, oldest first. */
type Undo = (() => void)[];

/** The caller has a failure to tell of; what the end of the process gives back in any case is less. */
function quietly(step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!(error instanceof AegisError)) throw error;
  }
}

/** With its parents; each is durable before something is put into it. */
function makeDirectory(vfs: Vfs, path: string): void {
  const slash = path.lastIndexOf("/");
  const parent = slash < 0 ? "." : slash === 0 ? "/" : path.slice(0, slash);
  if (!vfs.exists(parent)) makeDirectory(vfs, parent);
  vfs.makeDirectory(path);
  vfs.syncDirectory(parent);
}

function openLocked(options: EngineOptions, lock: DirectoryLock, undo: Undo): OpenedEngine {
  const { vfs, directory } = options;
  const manifest = Manifest.open(vfs, directory, () => lock.verify());
  undo.push(() => manifest.close());
  makeParts(vfs, directory);
  const pool = new BufferPool(options.bufferPoolBytes);
  const runs = `${directory}/runs`;
  const files = new RunFiles(vfs, runs, pool, options.compression, () => manifest.takeFileId());
  undo.push(() => files.close());
  const storage = new Storage(new SharedMemory(options.writeBufferBytes));
  storage.nextTreeId = manifest.nextTreeId;
  const orphans = attachRuns(manifest, storage, files);

  // The log and the background speak to an engine, and ask a maintenance, made after them.
  const failure: { report: (error: AegisError) => void } = { report: () => undefined };
  const monotonicMs = (): number => options.clock.monotonicMs();
  const none = (): number => 0;
  const gauges = { fill: none, backlog: none, levelZeroSections: none };
  const jobs = options.threads && canStartThreads() ? new ThreadRunner() : new LocalRunner();
  const hurry = (isNeeded: boolean): void => jobs.hurry(isNeeded);
  const pressure = new WritePressure(gauges, hurry, monotonicMs);
  const log = openLog(options, {
    replayFrom: manifest.flushedPosition,
    takeDelay: () => pressure.takeDelay(),
    onFailure: (error) => failure.report(error),
  });
  undo.push(() => log.abandon());
  // Only now is it known that runs and log are what the manifest says: before, nothing is deleted.
  tidyFiles(manifest, files, orphans);
  const snapshots = new OpenSnapshots();
  const background = new Background(options.inlineBackground, monotonicMs, (error) =>
    failure.report(error),
  );
  undo.push(() => background.stop());
  undo.push(() => jobs.closeNow());
  const parts = { pool, jobs, pressure, storage, manifest, log, files, snapshots, background };
  const maintenance = new Maintenance(parts);
  gauges.fill = () => maintenance.fill(options.writeBufferBytes);
  gauges.backlog = () => maintenance.backlog(options.writeBufferBytes);
  gauges.levelZeroSections = () => maintenance.compactor.levelZeroSections;
  // Nobody can use the database before it is replayed.
  jobs.hurry(true);
  const { lastTime } = replay(options, { ...parts, maintenance });
  const { clock, prng, writeBufferBytes } = options;
  const engine = new DatabaseEngine({
    ...parts,
    maintenance,
    clock,
    prng,
    writeBufferBytes,
    lastTime,
  });
  failure.report = (error) => engine.fail(error);
  maintenance.compactor.compactWhereDue();
  return { ...parts, maintenance, engine, lock };
}

function makeParts(vfs: Vfs, directory: string): void {
  for (const part of ["runs", "log"]) {
    if (!vfs.exists(`${directory}/${part}`)) vfs.makeDirectory(`${directory}/${part}`);
  }
  vfs.syncDirectory(directory);
}

/** Makes the files what the manifest says. */
function tidyFiles(manifest: Manifest, files: RunFiles, orphans: readonly SectionId[]): void {
  manifest.settle();
  if (orphans.length > 0) manifest.append({ added: [], removed: orphans, flushed: undefined });
  files.removeStrays(new Set(manifest.sections().map(({ meta }) => meta.fileId)));
}

function openLog(
  options: EngineOptions,
  given: Pick<FileLogOptions, "replayFrom" | "takeDelay" | "onFailure">,
): CommitLog {
  if (options.memory) return new MemoryLog();
  return FileLog.open({
    vfs: options.vfs,
    directory: `${options.directory}/log`,
    clock: options.clock,
    sync: options.sync,
    syncIntervalMs: options.syncIntervalMs,
    maxRecordBytes: options.maxTransactionBytes,
    // What waits for the disk is held in memory, and counts as not being in runs.
    maxUnsyncedBytes: Math.min(options.writeBufferBytes / 2, MAX_UNSYNCED_BYTES),
    logId: options.prng.int(MAX_LOG_ID),
    ...given,
  });
}

/**
 * The catalog's own runs come first: they say which trees the other runs belong to. Returns those
 * that belong to none: a crash came between the flush that took a dropped tree out of the catalog
 * and the edit that takes its runs out of the manifest.
 */
function attachRuns(manifest: Manifest, storage: Storage, files: RunFiles): SectionId[] {
  const byTree = new Map<number, PlacedSection[]>();
  for (const section of manifest.sections()) {
    const list = byTree.get(section.meta.treeId) ?? [];
    list.push(section);
    byTree.set(section.meta.treeId, list);
  }
  const attach = (tree: EngineTree): void => {
    const readers = (byTree.get(tree.id) ?? []).map(({ level, meta }) => ({
      level,
      reader: files.open(meta, tree),
    }));
    tree.data.setLevels(arrangeLevels(readers));
    byTree.delete(tree.id);
  };
  attach(storage.catalog);
  storage.loadCatalog();
  for (const tree of storage.trees.values()) if (tree !== storage.catalog) attach(tree);
  const orphans = [...byTree.values()].flat();
  return orphans.map(({ meta }) => ({ fileId: meta.fileId, treeId: meta.treeId }));
}

/** Level 0 newest first; the others by key. */
function arrangeLevels(
  placed: readonly { readonly level: number; readonly reader: SectionReader }[],
): SectionReader[][] {
  const levels: SectionReader[][] = [[]];
  for (const { level, reader } of placed) {
    while (levels.length <= level) levels.push([]);
    levels[level]!.push(reader);
  }
  levels[0]!.sort((a, b) => b.meta.fileId - a.meta.fileId);
  for (const level of levels.slice(1)) {
    level.sort((a, b) => (a.meta.firstKey < b.meta.firstKey ? -1 : 1));
  }
  return levels;
}

interface ReplayParts {
  readonly log: CommitLog;
  readonly manifest: Manifest;
  readonly storage: Storage;
  readonly maintenance: Maintenance;
  readonly background: Background;
}

/** Applies what the log holds beyond the runs, flushing where it outgrows the write buffer. */
function replay(options: EngineOptions, parts: ReplayParts): { readonly lastTime: number } {
  let lastTime = parts.manifest.lastTime;
  for (const { position, payload } of parts.log.read(parts.manifest.flushedPosition)) {
    parts.storage.applyRecord(payload, position);
    lastTime = Math.max(lastTime, new RecordReader(payload).time);
    if (parts.storage.activeBytes < options.writeBufferBytes) continue;
    parts.maintenance.freeze(position, lastTime);
  }
  return { lastTime };
}
