import { yieldToEventLoop } from "../base/clock.js";
import { throwIfAborted } from "../engine/abort.js";
import { check, type CheckReport, type Problem } from "../engine/check.js";
import type { ReadView } from "../engine/contract.js";
import type { LongCallOptions } from "../engine/life-cycle.js";
import type { OpenedEngine } from "../engine/open-engine.js";
import { CHECK_SLICE_ROWS, MAX_CHECK_PROBLEMS } from "../limits.js";
import type { EngineSqlHost } from "./host.js";
import type { StoredIndex } from "./stored-index.js";
import { StoredTable } from "./stored-table.js";

/** What the engine's own check reports, and whether every index agrees with its table. */
export async function checkDatabase(
  opened: OpenedEngine,
  host: EngineSqlHost,
  options: LongCallOptions,
): Promise<CheckReport> {
  const report = await check(opened, options);
  const problems = [...report.problems, ...(await checkTables(opened, host, options))];
  return { ...report, ok: problems.length === 0, problems };
}

/** Reads every row of every index and looks for it in its table. */
async function checkTables(
  opened: OpenedEngine,
  host: EngineSqlHost,
  options: LongCallOptions,
): Promise<Problem[]> {
  const view = opened.engine.snapshot();
  const problems: Problem[] = [];
  try {
    for (const table of host.at(view).tables()) {
      if (!(table instanceof StoredTable) || table.trees.length === 0) continue;
      const rows = await countRows(view, table, options);
      for (const index of table.trees) {
        const found = await checkIndex(view, table, index, options);
        problems.push(...found.problems);
        if (found.entries === rows || problems.length >= MAX_CHECK_PROBLEMS) continue;
        problems.push(problem(index, `has ${found.entries} entries for ${rows} rows`));
      }
    }
  } finally {
    view.release();
  }
  return problems.slice(0, MAX_CHECK_PROBLEMS);
}

async function countRows(
  view: ReadView,
  table: StoredTable,
  { signal }: LongCallOptions,
): Promise<number> {
  let rows = 0;
  for (const batch of view.batches(table.tree, { columns: [] })) {
    rows += batch.selected;
    throwIfAborted(signal, "check");
    await yieldToEventLoop();
  }
  return rows;
}

/**
 * Every entry must be just what its row would get. As no two entries have one key, equal numbers of
 * entries and rows then say that no row is without its entry.
 */
async function checkIndex(
  view: ReadView,
  table: StoredTable,
  index: StoredIndex,
  { signal }: LongCallOptions,
): Promise<{ readonly entries: number; readonly problems: readonly Problem[] }> {
  const { codec } = index.tree;
  const cursor = view.scan(index.tree);
  const problems: Problem[] = [];
  let entries = 0;
  while (cursor.next()) {
    entries++;
    const locator = index.locator(cursor.row, table.tree.codec);
    const row = view.get(table.tree, locator);
    const values = row === null ? undefined : table.rowOf(row);
    const key = values && codec.encode(index.entry(values, table.keyValuesAt(locator, values)));
    if (key !== cursor.key && problems.length < MAX_CHECK_PROBLEMS) {
      const what = values === undefined ? "its row is gone" : "is not what its row would have";
      problems.push(problem(index, `entry ${entries}: ${what}`));
    }
    if (entries % CHECK_SLICE_ROWS > 0) continue;
    throwIfAborted(signal, "check");
    await yieldToEventLoop();
  }
  return { entries, problems };
}

function problem(index: StoredIndex, what: string): Problem {
  return { code: "CORRUPTION", where: `index ${index.info.name}`, problem: what, offset: 0 };
}
