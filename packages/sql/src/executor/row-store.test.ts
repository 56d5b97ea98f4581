import fc from "fast-check";
import { expect, test } from "vitest";
import {
  columnsOf,
  numbersFrom,
  randomRows,
  RandomSources,
  type Row,
  textsOf,
} from "../testing/random-rows.js";
import { executionContext } from "../testing/execution.js";
import { rowsOf } from "./batches.js";
import { datumsOf } from "./column.js";
import { QueryMemory } from "./memory.js";
import { PENDING, type RowBatch } from "./operator.js";
import { RowStore } from "./row-store.js";
import { NULL_ROW, RowGather } from "./store/gather.js";

const COLUMNS = columnsOf(
  1,
  "integer",
  "bigint",
  "double precision",
  "boolean",
  "date",
  "timestamp",
  "text",
  "uuid",
  "numeric",
  { name: "numeric", precision: 8, scale: 2 },
  { name: "array", element: { name: "integer" } },
);
const TYPES = COLUMNS.map((column) => column.type);

function filled(rows: readonly Row[], seed: number): { store: RowStore; memory: QueryMemory } {
  const memory = new QueryMemory(1e9);
  const store = new RowStore(TYPES, memory);
  const sources = new RandomSources(numbersFrom(seed));
  const input = sources.compile(sources.plan(COLUMNS, rows)).open(executionContext());
  for (let batch = input.next(); batch !== null; batch = input.next()) {
    if (batch !== PENDING) store.append(batch);
  }
  return { store, memory };
}

function read(batch: RowBatch): Row[] {
  const datums = batch.columns.map((column, i) => datumsOf(column, TYPES[i]!, batch));
  return Array.from(rowsOf(batch).subarray(0, batch.selected), (row) =>
    datums.map((column) => column[row]!),
  );
}

test("keeps rows of any form, in any order they are asked for", () => {
  fc.assert(
    fc.property(fc.integer(), fc.boolean(), (seed, frozen) => {
      const below = numbersFrom(seed);
      const rows = randomRows(COLUMNS, 1 + below(40), below);
      const { store } = filled(rows, seed);
      if (frozen) store.freeze();
      expect(store.rows).toBe(rows.length);
      const start = below(rows.length);
      const end = start + below(rows.length - start + 1);
      expect(textsOf(read(store.slice(start, end)), COLUMNS)).toEqual(
        textsOf(rows.slice(start, end), COLUMNS),
      );
      const picks = Int32Array.from({ length: 50 }, () => below(rows.length + 1) - 1);
      const columns = new RowGather(COLUMNS.length).gather(store.columns(), picks, 50, true);
      const nothing = COLUMNS.map(() => null);
      const wanted = Array.from(picks, (row) => (row === NULL_ROW ? nothing : rows[row]!));
      const batch = { length: 50, columns, selection: null, selected: 50 };
      expect(textsOf(read(batch), COLUMNS)).toEqual(textsOf(wanted, COLUMNS));
    }),
    { numRuns: 200 },
  );
});

test("takes rows again after it gave some or all of them up", () => {
  const below = numbersFrom(9);
  const rows = randomRows(COLUMNS, 30, below);
  const { store, memory } = filled(rows, 9);
  const batch = store.slice(0, 30);
  const copy = new RowStore(TYPES, memory);
  copy.append(batch);
  copy.truncate(12);
  copy.append(batch);
  const wanted = [...rows.slice(0, 12), ...rows];
  expect(textsOf(read(copy.slice(0, 42)), COLUMNS)).toEqual(textsOf(wanted, COLUMNS));
  copy.clear();
  copy.append(batch);
  expect(textsOf(read(copy.slice(0, 30)), COLUMNS)).toEqual(textsOf(rows, COLUMNS));
  copy.release();
  copy.append(batch);
  expect(textsOf(read(copy.slice(0, 30)), COLUMNS)).toEqual(textsOf(rows, COLUMNS));
  copy.release();
  store.release();
  expect(memory.used).toBe(0);
});
