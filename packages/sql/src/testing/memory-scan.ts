import type {
  IndexLookup,
  KeyBounds,
  ScanRequest,
  SourceBatch,
  TableInfo,
} from "../contract/source.js";
import type { Value } from "../contract/types.js";
import { comparatorOf } from "../types/compare.js";
import type { SqlType } from "../types/sql-type.js";
import { fromStorage, storageType } from "../types/storage.js";
import type { Row, StoredTable } from "./memory-state.js";
import { vectorOf } from "./vectors.js";

/** Small, so that tests with few rows see several batches. */
const BATCH_ROWS = 64;

type Entry = readonly [locator: number, row: Row];

export function* scanTable(stored: StoredTable, request: ScanRequest): Iterable<SourceBatch> {
  const { info } = stored;
  const { range } = request;
  let entries: Entry[] = [...stored.rows];
  if (range !== undefined) entries = entries.filter(([, row]) => inBounds(info, range, row));
  if (request.ordered === true) sortByKey(info, range, entries);
  if (request.reverse === true) entries.reverse();
  for (let start = 0; start < entries.length; start += BATCH_ROWS) {
    yield batchOf(info, request, entries.slice(start, start + BATCH_ROWS));
  }
}

/** The rows that an index finds, in its order. */
export function lookUpRows(
  { info, rows }: StoredTable,
  { index, equal, most }: IndexLookup,
): readonly Row[] {
  const bounds: KeyBounds = { index, equal };
  const entries = [...rows].filter(([, row]) => inBounds(info, bounds, row));
  sortByKey(info, bounds, entries);
  return entries.slice(0, most).map(([, row]) => row);
}

function batchOf(info: TableInfo, request: ScanRequest, entries: readonly Entry[]): SourceBatch {
  const columns = request.columns.map((column) =>
    vectorOf(
      storageType(info.columns[column]!.type),
      entries.map(([, row]) => row[column] ?? null),
    ),
  );
  return {
    length: entries.length,
    columns,
    selection: null,
    selected: entries.length,
    locators: request.locators === true ? entries.map(([locator]) => locator) : undefined,
  };
}

interface KeyColumn {
  readonly column: number;
  readonly descending: boolean;
}

function keyColumns(info: TableInfo, range: KeyBounds | undefined): readonly KeyColumn[] {
  if (range?.index !== undefined) return range.index.columns;
  return info.primaryKey.map((column) => ({ column, descending: false }));
}

/** NULLs come last, or first where a column descends. */
function compareValues(type: SqlType, a: Value, b: Value): number {
  const left = fromStorage(a, type);
  const right = fromStorage(b, type);
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  return comparatorOf(type)(left, right);
}

function sortByKey(info: TableInfo, range: KeyBounds | undefined, entries: Entry[]): void {
  const columns = keyColumns(info, range);
  entries.sort(([, a], [, b]) => {
    for (const { column, descending } of columns) {
      const { type } = info.columns[column]!;
      const order = compareValues(type, a[column] ?? null, b[column] ?? null);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  });
}

function inBounds(info: TableInfo, range: KeyBounds, row: Row): boolean {
  const columns = keyColumns(info, range);
  const compare = (position: number, bound: Value): number | undefined => {
    const { column } = columns[position]!;
    const value = row[column] ?? null;
    if (value === null || bound === null) return undefined;
    return compareValues(info.columns[column]!.type, value, bound);
  };
  if (!range.equal.every((value, i) => compare(i, value) === 0)) return false;
  const next = range.equal.length;
  return (
    within(range.from, 1, (bound) => compare(next, bound)) &&
    within(range.to, -1, (bound) => compare(next, bound))
  );
}

function within(
  bound: { readonly value: Value; readonly inclusive: boolean } | undefined,
  side: 1 | -1,
  compare: (bound: Value) => number | undefined,
): boolean {
  if (bound === undefined) return true;
  const order = compare(bound.value);
  if (order === undefined) return false;
  return order === 0 ? bound.inclusive : Math.sign(order) === side;
}
