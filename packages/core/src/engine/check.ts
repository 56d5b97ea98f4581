import { yieldToEventLoop } from "../base/clock.js";
import { AegisError } from "../errors.js";
import type { SectionReader } from "../run/contract.js";
import { throwIfAborted } from "./abort.js";
import { RecordReader } from "./commit-record.js";
import type { EngineTree } from "./engine-tree.js";
import { checkLongCallOptions, type LongCallOptions } from "./life-cycle.js";
import type { OpenedEngine } from "./open-engine.js";

export interface Problem {
  readonly code: "CORRUPTION";
  /** The tree, or "log". */
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
 * filter; the levels' order; every record of the log that is still needed.
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
    const logRecords = checkLog(opened, problems);
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

function checkLog(opened: OpenedEngine, problems: Problem[]): number {
  let records = 0;
  try {
    for (const { payload } of opened.log.read(opened.manifest.flushedPosition)) {
      const reader = new RecordReader(payload);
      while (reader.next());
      records++;
    }
  } catch (error) {
    if (!(error instanceof AegisError) || error.kind !== "corruption") throw error;
    problems.push(found("log", error.message, 0));
  }
  return records;
}

function found(where: string, problem: string, offset: number): Problem {
  return { code: "CORRUPTION", where, problem, offset };
}
