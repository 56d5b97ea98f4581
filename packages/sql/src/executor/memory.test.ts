import { expect, test } from "vitest";
import { AegisError } from "../contract/errors.js";
import type { LogicalPlan } from "../planner/plan.js";
import { executionContext } from "../testing/execution.js";
import {
  columnRef,
  columnsOf,
  numbersFrom,
  RandomSources,
  type Row,
} from "../testing/random-rows.js";
import { HeldMemory, QueryMemory } from "./memory.js";

test("counts what is held and what was held at most", () => {
  const memory = new QueryMemory(1000);
  const one = new HeldMemory(memory);
  const other = new HeldMemory(memory);
  one.set(400);
  other.set(500);
  one.set(100);
  expect([memory.used, memory.peak]).toEqual([600, 900]);
  one.release();
  one.release();
  expect(memory.used).toBe(500);
});

test("refuses what goes past the limit and holds what it held", () => {
  const memory = new QueryMemory(1000);
  const held = new HeldMemory(memory);
  held.set(800);
  expect(() => held.set(1001)).toThrow("more than the 1000 bytes of memory");
  expect(memory.used).toBe(800);
  held.release();
  expect(memory.used).toBe(0);
});

const COLUMNS = columnsOf(1, "integer", "text", "numeric");
const RIGHT = columnsOf(11, "integer", "text", "numeric");
const KEY = { expr: columnRef(COLUMNS[1]!), descending: false, nullsFirst: false };

function plans(sources: RandomSources): Readonly<Record<string, LogicalPlan>> {
  const rows: Row[] = Array.from({ length: 3000 }, (_, i) => [i, `text number ${i}`, null]);
  const input = sources.plan(COLUMNS, rows);
  const right = sources.plan(RIGHT, rows);
  const output = COLUMNS;
  return {
    sort: { kind: "sort", input, keys: [KEY], output },
    distinct: { kind: "distinct", input, on: undefined, output },
    union: { kind: "setOperation", operation: "union", all: false, left: input, right, output },
    except: { kind: "setOperation", operation: "except", all: true, left: input, right, output },
    join: {
      kind: "join",
      join: "full",
      left: input,
      right,
      on: undefined,
      lateral: false,
      nullAware: false,
      output: [...COLUMNS, ...RIGHT],
    },
    window: { kind: "window", input, partitionBy: [], orderBy: [KEY], calls: [], output },
    cte: {
      kind: "cte",
      cte: 1,
      name: "x",
      materialized: undefined,
      definition: input,
      body: { kind: "cteScan", cte: 1, name: "x", output },
      output,
    },
  };
}

test("every operator that keeps rows stops at the limit and gives back what it held", () => {
  const sources = new RandomSources(numbersFrom(3));
  for (const [name, plan] of Object.entries(plans(sources))) {
    const memory = new QueryMemory(100_000);
    const operator = sources.compile(plan).open(executionContext({ memory }));
    let error: unknown;
    try {
      while (operator.next() !== null);
    } catch (thrown) {
      error = thrown;
    }
    expect(error, name).toBeInstanceOf(AegisError);
    expect((error as AegisError).code).toBe("OUT_OF_MEMORY");
    operator.close();
    expect(memory.used, name).toBe(0);
  }
});

test("gives back what it held when it is closed in the middle", () => {
  const sources = new RandomSources(numbersFrom(4));
  for (const [name, plan] of Object.entries(plans(sources))) {
    for (const steps of [0, 1, 200, 3000]) {
      const memory = new QueryMemory(1e9);
      const operator = sources.compile(plan).open(executionContext({ memory }));
      for (let i = 0; i < steps; i++) operator.next();
      operator.close();
      expect(memory.used, `${name} after ${steps} steps`).toBe(0);
    }
  }
});
