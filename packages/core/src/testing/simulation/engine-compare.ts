import type { Value } from "@aegisdb/sql/contract";
import type { Prng } from "../../base/prng.js";
import { AegisError, assert } from "../../errors.js";
import type { ReadView, RowCursor, TreeRef } from "../../engine/contract.js";
import type { Key } from "../../base/key.js";
import type { RowView } from "../../tree/row-view.js";
import { keyWidth, showKey, type ModelState, type ModelTree } from "./engine-model.js";
import { columnsOf, randomKey } from "./shapes.js";
import type { Range } from "./engine-steps.js";
import { cell, rowFingerprint } from "./values.js";

/** Rows looked up one by one in a full comparison of a tree. */
const POINTS = 8;

/**
 * Cursors that were left before their end. The database lets go of what they hold when the garbage
 * collector finds them; kept here, none does, and every run of a seed does the same.
 */
export const unfinishedCursors: RowCursor[] = [];

/** Compares everything a view shows with the model; throws at the first difference. */
export function compareAll(view: ReadView, state: ModelState, prng: Prng, where: string): void {
  const ids = new Set<number>();
  for (const name of state.names.keys()) {
    const tree = findTree(view, name, where);
    assert(!ids.has(tree.id), `${where}: two names for tree ${tree.id}`);
    ids.add(tree.id);
    compareTree(view, tree, state.named(name)!, prng, `${where}, tree ${name}`);
  }
  for (const name of ["x0", "x1", "x2"]) {
    if (state.names.has(name)) continue;
    assert(view.tree(name) === undefined, `${where}: there is a tree ${name}`);
  }
}

function findTree(view: ReadView, name: string, where: string): TreeRef {
  const tree = view.tree(name);
  assert(tree !== undefined, `${where}: tree ${name} is missing`);
  return tree;
}

function compareTree(
  view: ReadView,
  tree: TreeRef,
  model: ModelTree,
  prng: Prng,
  where: string,
): void {
  const all: Range = { start: undefined, end: undefined };
  compareScan(view, tree, model, all, false, where);
  compareScan(view, tree, model, all, true, where);
  compareBatches(view, tree, model, all, where);
  for (let i = 0; i < POINTS; i++)
    comparePoint(view, tree, model, randomKey(prng, model.shape), where);
  const known = model.sorted();
  for (let i = 0; i < POINTS && known.length > 0; i++) {
    const row = known[prng.int(known.length)]!;
    comparePoint(view, tree, model, row.slice(0, keyWidth(model.shape)), where);
  }
}

export function comparePoint(
  view: ReadView,
  tree: TreeRef,
  model: ModelTree,
  key: readonly Value[],
  where: string,
): void {
  const found = view.get(tree, tree.codec.encode(key));
  const actual = found === null ? "nothing" : rowFingerprint(readRow(model, found));
  const row = model.get(key);
  const expected = row === undefined ? "nothing" : rowFingerprint(row);
  assert(actual === expected, `${where}: ${showKey(key)} is ${actual} instead of ${expected}`);
}

export function compareScan(
  view: ReadView,
  tree: TreeRef,
  model: ModelTree,
  range: Range,
  reverse: boolean,
  where: string,
): void {
  const expected = model.range(range.start, range.end).map(rowFingerprint);
  if (reverse) expected.reverse();
  const actual: string[] = [];
  const cursor: RowCursor = view.scan(tree, { ...encoded(tree, range), reverse });
  unfinishedCursors.push(cursor);
  while (cursor.next()) {
    const row = readRow(model, cursor.row);
    const key = tree.codec.encode(row);
    assert(key === cursor.key, `${where}: a cursor's key is that of its row`);
    actual.push(rowFingerprint(row));
  }
  unfinishedCursors.pop();
  const how = reverse ? "reverse scan" : "scan";
  assertSameRows(actual, expected, `${where}: ${how} of ${showRange(range)}`);
}

export function compareBatches(
  view: ReadView,
  tree: TreeRef,
  model: ModelTree,
  range: Range,
  where: string,
): void {
  const width = columnsOf(model.shape).length;
  const columns = Array.from({ length: width }, (_, i) => i);
  const actual: string[] = [];
  for (const batch of view.batches(tree, { ...encoded(tree, range), columns })) {
    const { selection } = batch;
    if (selection === null) {
      assert(batch.selected === batch.length, `${where}: a batch without selection selects all`);
    }
    for (let i = 0; i < batch.selected; i++) {
      const row = selection === null ? i : selection[i]!;
      actual.push(rowFingerprint(columns.map((column) => cell(batch.columns[column]!, row))));
    }
  }
  const expected = model.range(range.start, range.end).map(rowFingerprint);
  assertSameRows(actual.sort(), expected.sort(), `${where}: batches of ${showRange(range)}`);
}

/** A walk over a tree that goes on, row by row, while the database changes. */
export class Walk {
  private readonly cursor: RowCursor;
  private readonly expected: readonly string[];
  private done = 0;
  private failed = false;

  constructor(
    view: ReadView,
    private readonly name: string,
    private readonly model: ModelTree,
    reverse: boolean,
  ) {
    this.cursor = view.scan(findTree(view, name, "a walk"), { reverse });
    unfinishedCursors.push(this.cursor);
    const rows = model.sorted().map(rowFingerprint);
    this.expected = reverse ? rows.reverse() : rows;
  }

  /** After a failure of the disk the walk fails for good: it no longer knows where it is. */
  goOn(rows: number): void {
    for (let left = rows; left > 0 && this.done <= this.expected.length; left--) {
      const more = this.next();
      if (more === undefined) return;
      const index = this.done++;
      const actual = more ? rowFingerprint(readRow(this.model, this.cursor.row)) : undefined;
      const expected = this.expected[index];
      const where = `row ${index} of ${this.expected.length} of a walk over ${this.name}`;
      assert(actual === expected, `${where} is ${actual} instead of ${expected}`);
    }
  }

  private next(): boolean | undefined {
    try {
      const more = this.cursor.next();
      assert(!this.failed, `a walk over ${this.name} went on after a failure`);
      return more;
    } catch (error) {
      if (!(error instanceof AegisError) || error.kind !== "environment") throw error;
      if (this.failed) return undefined;
      this.failed = true;
      throw error;
    }
  }
}

function encoded(tree: TreeRef, { start, end }: Range): { start?: Key; end?: Key } {
  return {
    ...(start === undefined ? {} : { start: tree.codec.encode(start) }),
    ...(end === undefined ? {} : { end: tree.codec.encode(end) }),
  };
}

function readRow(model: ModelTree, row: RowView): Value[] {
  return columnsOf(model.shape).map((_, column) => row.value(column));
}

function assertSameRows(
  actual: readonly string[],
  expected: readonly string[],
  where: string,
): void {
  const length = Math.max(actual.length, expected.length);
  for (let i = 0; i < length; i++) {
    if (actual[i] === expected[i]) continue;
    const [a, e] = [actual[i] ?? "the end", expected[i] ?? "the end"];
    throw new Error(`${where}: row ${i} of ${expected.length} is ${a} instead of ${e}`);
  }
}

function showRange({ start, end }: Range): string {
  const bound = (key: readonly Value[] | undefined): string =>
    key === undefined ? "…" : showKey(key);
  return `[${bound(start)}, ${bound(end)})`;
}
