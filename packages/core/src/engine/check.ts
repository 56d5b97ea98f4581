import { yieldToEventLoop } from "../base/clock.js";
import { AegisError } from "../errors.js";
import type { SectionReader } from "../run/contract.js";
import { checkRunFile } from "../run/run-file.js";
import { throwIfAborted } from "./abort.js";
import { RecordReader } from "./commit-record.js";
import type { EngineTree } from "./engine-tree.js";
import { checkLongCallOptions, type LongCallOptions } from "./life-cycle.js";
import type { OpenedEngine } from "./open-engine.js";

export interface Problem {
  readonly code: "CORRUPTION";
  /** The tree, or the file's part of the database: "lock", "manifest", "log", "runs". */
  readonly where: string;
  readonly problem: string;
  readonly offset: number;
}

export interface CheckReport {
  readonly ok: boolean;
  readonly problems: readonly Problem[];
  readonly trees: number;
  readonly sections: number;
  readonly logRecords: number;
}

/**
 * Reads and verifies everything: every byte of every run with its order, zone maps, hash index and
 * filter; the levels' order; every byte of the log, whether or not its records are still needed;
 * LOCK, CURRENT and the manifest as they are on the disk.
 */
export async function check(opened: OpenedEngine, options: LongCallOptions): Promise<CheckReport> {
  checkLongCallOptions(options);
  opened.engine.assertUsable();
  throwIfAborted(options.signal, "check");
  const snapshot = opened.engine.snapshot();
  const problems: Problem[] = [];
  const trees = [...opened.storage.trees.values()];
  const total = trees.length + 1;
  let sections = 0;
  try {
    for (const [index, tree] of trees.entries()) {
      for (const section of tree.data.levels.flat()) {
        sections++;
        section.check((problem, offset) => problems.push(found(tree.name, problem, offset)));
        throwIfAborted(options.signal, "check");
        await yieldToEventLoop();
      }
      checkLevels(tree, problems);
      checkMemtables(tree, problems);
      options.onProgress?.({ done: index + 1, total });
    }
    await checkFiles(opened, problems, options);
    const logRecords = await checkLog(opened, problems);
    options.onProgress?.({ done: total, total });
    return { ok: problems.length === 0, problems, trees: trees.length, sections, logRecords };
  } finally {
    snapshot.release();
  }
}

/** Levels below the first are sorted and their runs do not overlap. */
function checkLevels(tree: EngineTree, problems: Problem[]): void {
  for (const [number, level] of tree.data.levels.entries()) {
    if (number === 0) continue;
    for (let i = 1; i < level.length; i++) {
      const before: SectionReader = level[i - 1]!;
      const here: SectionReader = level[i]!;
      if (before.meta.lastKey < here.meta.firstKey) continue;
      const what = `runs ${before.meta.fileId} and ${here.meta.fileId} of level ${number} overlap`;
      problems.push(found(tree.name, what, 0));
    }
  }
}

/** The ordered walk and the hash index of a memtable find the same rows. */
function checkMemtables(tree: EngineTree, problems: Problem[]): void {
  for (const memtable of [tree.data.active, ...tree.data.frozen]) {
    const cursor = memtable.cursor();
    let keys = 0;
    for (cursor.seekFirst(); cursor.valid; cursor.next()) {
      keys++;
      if (memtable.find(cursor.key, Infinity) !== cursor.row) {
        problems.push(found(tree.name, `memtable index loses key ${String(cursor.key)}`, 0));
      }
    }
    if (keys !== memtable.keyCount) {
      const what = `memtable walks ${keys} keys of ${memtable.keyCount}`;
      problems.push(found(tree.name, what, 0));
    }
  }
}

/** What the files hold besides sections and records, and sections that nothing needs any more. */
async function checkFiles(
  opened: OpenedEngine,
  problems: Problem[],
  { signal }: LongCallOptions,
): Promise<void> {
  attempt("lock", problems, () => opened.lock.verify());
  attempt("manifest", problems, () => opened.manifest.verify());
  const needed = new Map<number, Set<number>>();
  for (const { meta } of opened.manifest.sections()) {
    const trees = needed.get(meta.fileId) ?? new Set();
    needed.set(meta.fileId, trees.add(meta.treeId));
  }
  for (const fileId of opened.files.fileIds()) {
    const report = (problem: string, { path, offset }: { path: string; offset: number }): void => {
      problems.push(found("runs", `${path}: ${problem}`, offset));
    };
    // One that was retired meanwhile is closed.
    const file = opened.files.file(fileId);
    if (file !== undefined) checkRunFile(file, report, needed.get(fileId));
    throwIfAborted(signal, "check");
    await yieldToEventLoop();
  }
}

function attempt(where: string, problems: Problem[], part: () => void): void {
  try {
    part();
  } catch (error) {
    if (!(error instanceof AegisError) || error.kind !== "corruption") throw error;
    problems.push(found(where, error.message, 0));
  }
}

/** Every byte of the log, then whether what its records say can be read. */
async function checkLog(opened: OpenedEngine, problems: Problem[]): Promise<number> {
  const { log, manifest } = opened;
  const before = problems.length;
  await log.verify((damage) => problems.push(found("log", damage.message, 0)));
  if (problems.length > before) return 0;
  let records = 0;
  attempt("log", problems, () => {
    for (const { payload } of log.read(manifest.flushedPosition)) {
      const reader = new RecordReader(payload);
      while (reader.next());
      records++;
    }
  });
  return records;
}

function found(where: string, problem: string, offset: number): Problem {
  return { code: "CORRUPTION", where, problem, offset };
}
