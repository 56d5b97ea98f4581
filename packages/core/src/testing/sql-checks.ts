import { expect } from "vitest";
import type { IndexInfo, KeyBounds, Sink, Source, TableInfo, Value } from "@aegisdb/sql";
import type { Prng } from "../base/prng.js";
import { locatedRows, rowsOf, rowWithKey } from "./source-rows.js";
import { rowText, type TableOracle } from "./sql-oracle.js";
import { randomValue } from "./sql-tables.js";

function texts(rows: Iterable<readonly Value[]>): string[] {
  return Array.from(rows, rowText).sort();
}

function allColumns(info: TableInfo): number[] {
  return info.columns.map((_, i) => i);
}

/** The source gives the oracle's rows on every way to them. */
export function checkTable(source: Source, oracle: TableOracle, prng: Prng): void {
  const info = source.table("public", oracle.info.name)!;
  expect(info).toMatchObject({ id: oracle.info.id, columns: oracle.info.columns });
  const columns = allColumns(info);
  expect(texts(rowsOf(source.scan(info, { columns })))).toEqual(texts(oracle.rows));
  checkPart(source, info, oracle, prng);
  if (info.primaryKey.length > 0) checkKeys(source, info, oracle, prng);
  for (const index of info.indexes) checkIndex(source, info, index, oracle, prng);
  expect(rowsOf(source.scan(info, { columns: [] }))).toHaveLength(oracle.rows.length);
}

/** Some columns in some order, with locators, and a hint what can be left out. */
function checkPart(source: Source, info: TableInfo, oracle: TableOracle, prng: Prng): void {
  const columns = prng.shuffle(allColumns(info)).slice(0, 1 + prng.int(info.columns.length));
  const column = prng.int(info.columns.length);
  const bound = randomValue(prng, info.columns[column]!);
  const bounds = prng.chance(0.5) ? { min: bound, max: undefined } : { min: undefined, max: bound };
  const prune = bound === null ? [] : [{ column, ...bounds }];
  const found = texts(rowsOf(source.scan(info, { columns, prune, locators: true })));
  const wanted = oracle.bounded({
    index: indexOn(column),
    equal: [],
    ...(bound !== null && bounds.min !== undefined && { from: { value: bound, inclusive: true } }),
    ...(bound !== null && bounds.max !== undefined && { to: { value: bound, inclusive: true } }),
  });
  const kept = bound === null ? oracle.rows : wanted;
  const left = new Map<string, number>();
  for (const text of found) left.set(text, (left.get(text) ?? 0) + 1);
  for (const row of kept) {
    const text = rowText(columns.map((position) => row[position]!));
    expect(left.get(text) ?? 0).toBeGreaterThan(0);
    left.set(text, left.get(text)! - 1);
  }
}

function indexOn(column: number): IndexInfo {
  const columns = [{ column, descending: false }];
  return { name: "", columns, unique: false, nullsNotDistinct: false, constraint: undefined };
}

function checkKeys(source: Source, info: TableInfo, oracle: TableOracle, prng: Prng): void {
  const probe = info.columns.map((column) => randomValue(prng, { ...column, notNull: true }));
  for (const row of [probe, ...oracle.rows.slice(0, 3)]) {
    const key = info.primaryKey.map((column) => row[column]!);
    const found = rowWithKey(source, info, key);
    const wanted = oracle.matching(info.primaryKey, key);
    expect(texts(found === undefined ? [] : [found])).toEqual(texts(wanted));
  }
  checkRange(source, info, undefined, info.primaryKey, oracle, prng);
}

function checkIndex(
  source: Source,
  info: TableInfo,
  index: IndexInfo,
  oracle: TableOracle,
  prng: Prng,
): void {
  const whole = { index, equal: [] };
  const request = { columns: allColumns(info), range: whole, ordered: true };
  for (const reverse of [false, true]) {
    const found = rowsOf(source.scan(info, { ...request, reverse }));
    expect(texts(found)).toEqual(texts(oracle.rows));
    expectOrder(found, index, oracle, reverse);
  }
  const columns = index.columns.map(({ column }) => column);
  checkRange(source, info, index, columns, oracle, prng);
}

/** Random bounds on leading columns, in order and not. */
function checkRange(
  source: Source,
  info: TableInfo,
  index: IndexInfo | undefined,
  columns: readonly number[],
  oracle: TableOracle,
  prng: Prng,
): void {
  const bounds = randomBounds(info, index, columns, prng);
  const wanted = texts(oracle.bounded(bounds));
  const request = { columns: allColumns(info), range: bounds };
  expect(texts(rowsOf(source.scan(info, request)))).toEqual(wanted);
  expect(locatedRows(source.scan(info, { ...request, locators: true }))).toHaveLength(
    wanted.length,
  );
  if (index !== undefined && index.constraint !== "primary")
    checkLookUp(source, info, index, oracle, bounds);
  // What an index has all of is read from the index alone.
  const part = prng.shuffle(prng.chance(0.5) ? allColumns(info) : [...columns]).slice(0, 2);
  const parts = locatedRows(source.scan(info, { columns: part, range: bounds, locators: true }));
  const wantedParts = oracle.bounded(bounds).map((row) => part.map((column) => row[column]!));
  expect(texts(parts.map(({ row }) => row))).toEqual(texts(wantedParts));
  for (const reverse of [false, true]) {
    const found = rowsOf(source.scan(info, { ...request, ordered: true, reverse }));
    expect(texts(found)).toEqual(wanted);
    expectOrder(found, index, oracle, reverse);
  }
}

/** The rows, or some of their columns, that have the values which `bounds` names. */
function checkLookUp(
  source: Source,
  info: TableInfo,
  index: IndexInfo,
  oracle: TableOracle,
  { equal }: KeyBounds,
): void {
  const wanted = oracle.bounded({ index, equal });
  const all = allColumns(info);
  for (const columns of [all, index.columns.map(({ column }) => column)]) {
    const part = (row: readonly Value[]): Value[] => columns.map((column) => row[column]!);
    for (const most of [Infinity, 2]) {
      const found: Value[][] = [];
      source.lookUp(info, { index, equal, columns, most }, (row) => {
        found.push(columns.map((column) => (row.isNull(column) ? null : row.value(column))));
      });
      expect(found).toHaveLength(Math.min(wanted.length, most));
      if (most === Infinity) expect(texts(found)).toEqual(texts(wanted.map(part)));
      if (columns === all) expectOrder(found, index, oracle, false);
    }
  }
}

function expectOrder(
  rows: readonly (readonly Value[])[],
  index: IndexInfo | undefined,
  oracle: TableOracle,
  reverse: boolean,
): void {
  for (let i = 1; i < rows.length; i++) {
    const order = oracle.compareRows(index, rows[i - 1]!, rows[i]!);
    expect(reverse ? -order : order).toBeLessThanOrEqual(0);
  }
}

function randomBounds(
  info: TableInfo,
  index: IndexInfo | undefined,
  columns: readonly number[],
  prng: Prng,
): KeyBounds {
  const value = (at: number): Value =>
    randomValue(prng, { ...info.columns[columns[at]!]!, notNull: prng.chance(0.95) });
  const equal = columns.slice(0, prng.int(columns.length + 1)).map((_, i) => value(i));
  if (equal.length === columns.length) return { index, equal };
  const bound = (): { value: Value; inclusive: boolean } => ({
    value: value(equal.length),
    inclusive: prng.chance(0.5),
  });
  return {
    index,
    equal,
    ...(prng.chance(0.6) && { from: bound() }),
    ...(prng.chance(0.6) && { to: bound() }),
  };
}

/** What a sink says of keys that are there or not. */
export function checkMatches(sink: Sink, oracle: TableOracle, prng: Prng): void {
  const info = sink.table("public", oracle.info.name)!;
  const columns = prng.shuffle(allColumns(info)).slice(0, 1 + prng.int(2));
  const row = info.columns.map((column) => randomValue(prng, { ...column, notNull: true }));
  const values = columns.map((column) => row[column]!);
  const found = [...sink.matches(info, columns, values)];
  expect(texts(found.map((match) => match.row))).toEqual(texts(oracle.matching(columns, values)));
  for (const { locator, row: there } of found) {
    expect(rowText(sink.row(info, locator)!)).toBe(rowText(there));
  }
  const conflict = sink.findConflict(info, undefined, row);
  expect(conflict === undefined).toBe(oracle.conflict(row, undefined) === undefined);
}
