import type { ColumnDef, Expr } from "../binder/expr.js";
import { fullBatch, rowsOf } from "../executor/batches.js";
import { datumsOf } from "../executor/column.js";
import { compilePlan, compileNode } from "../executor/index.js";
import { type Column, type CompiledPlan, PENDING, type RowBatch } from "../executor/operator.js";
import { QueryMemory } from "../executor/memory.js";
import type { LogicalPlan } from "../planner/plan.js";
import type { Datum } from "../types/datum.js";
import { Decimal } from "../types/decimal.js";
import type { SqlType } from "../types/sql-type.js";
import { storageType, toStorage } from "../types/storage.js";
import { toText } from "../types/text-output.js";
import { executionContext } from "./execution.js";
import { vectorOf } from "./vectors.js";

export type Row = readonly Datum[];
export type Below = (limit: number) => number;

/** Whole numbers below a limit, the same for the same seed. */
export function numbersFrom(seed: number): Below {
  let state = (seed >>> 0) + 0x6d2b79f5;
  return (limit) => {
    state = Math.imul(state ^ (state >>> 15), state | 1) + 0x6d2b79f5;
    const mixed = Math.imul(state ^ (state >>> 13), 0x5bd1e995);
    return ((mixed ^ (mixed >>> 16)) >>> 0) % limit;
  };
}

const TEXTS = ["", "a", "b", "ab", "abcdef", "abcdefg", "größe", "\u{1f600}", "\uffff", "Zoë"];
const DOUBLES = [0, -0, 1.5, -1.5, NaN, Infinity, -Infinity, 0.1, 1e300];
const WIDE = [2n ** 53n, -(2n ** 60n), 2n ** 60n + 1n];

/** A value of the type out of few, so that duplicates are many; NULL one time in six. */
function randomDatum(type: SqlType, below: Below): Datum {
  if (below(6) === 0) return null;
  switch (type.name) {
    case "boolean":
      return below(2) === 0;
    case "bigint":
      return below(5) === 0 ? WIDE[below(WIDE.length)]! : below(6) - 3;
    case "double precision":
      return DOUBLES[below(DOUBLES.length)]!;
    case "numeric":
      return randomDecimal(type, below);
    case "text":
      return TEXTS[below(TEXTS.length)]!;
    case "uuid":
      return `0000000${below(4)}-0000-4000-8000-00000000000${below(2)}`;
    case "date":
      return below(8) === 0 ? Infinity : below(5);
    case "timestamp":
      return below(8) === 0 ? -Infinity : below(5) * 1e6;
    case "array":
      return Array.from({ length: below(3) }, () => (below(4) === 0 ? null : below(2)));
    default:
      return below(8) - 2;
  }
}

function randomDecimal(type: SqlType, below: Below): Decimal {
  if (type.precision !== undefined) return new Decimal(BigInt(below(7) - 3), type.scale ?? 0);
  if (below(8) === 0) return below(2) === 0 ? Decimal.NaN : new Decimal(10n ** 30n, 25);
  const scale = below(3);
  return new Decimal(BigInt(below(4)) * 10n ** BigInt(scale), scale);
}

export function randomRows(columns: readonly ColumnDef[], count: number, below: Below): Row[] {
  return Array.from({ length: count }, () => columns.map(({ type }) => randomDatum(type, below)));
}

/** Columns with ids from `first` on. */
export function columnsOf(
  first: number,
  ...types: readonly (SqlType | SqlType["name"])[]
): ColumnDef[] {
  return types.map((type, i) => ({
    id: first + i,
    name: `c${first + i}`,
    type: typeof type === "string" ? { name: type } : type,
  }));
}

export function columnRef({ id, name, type }: ColumnDef): Expr {
  return { kind: "column", id, name, type };
}

/**
 * A plan that gives the rows in batches of every kind: short and long, with rows in between that do
 * not count, as vectors, coded vectors and datums, with pauses.
 */
export class RandomSources {
  private readonly sources = new Map<LogicalPlan, CompiledPlan>();
  private readonly below: Below;

  constructor(below: Below) {
    this.below = below;
  }

  plan(columns: readonly ColumnDef[], rows: readonly Row[]): LogicalPlan {
    const plan: LogicalPlan = { kind: "values", rows: [], output: columns };
    this.sources.set(plan, this.source(columns, rows));
    return plan;
  }

  readonly compile = (plan: LogicalPlan): CompiledPlan => {
    return this.sources.get(plan) ?? compileNode(plan, this.compile);
  };

  private source(columns: readonly ColumnDef[], rows: readonly Row[]): CompiledPlan {
    const { below } = this;
    return {
      columns,
      open() {
        let at = 0;
        return {
          next() {
            if (below(5) === 0) return PENDING;
            if (at >= rows.length) return null;
            const part = rows.slice(at, at + 1 + below(7));
            at += part.length;
            return randomBatch(columns, part, below);
          },
          close: () => undefined,
        };
      },
    };
  }
}

function randomBatch(columns: readonly ColumnDef[], rows: readonly Row[], below: Below): RowBatch {
  const all: Row[] = [];
  const selection: number[] = [];
  for (const row of rows) {
    while (below(3) === 0) all.push(columns.map(({ type }) => randomDatum(type, below)));
    selection.push(all.length);
    all.push(row);
  }
  const vectors = columns.map(({ type }, i) =>
    randomColumn(
      type,
      all.map((row) => row[i]!),
      below,
    ),
  );
  const batch = fullBatch(all.length, vectors);
  if (selection.length === all.length && below(2) === 0) return batch;
  return { ...batch, selection: Int32Array.from(selection), selected: selection.length };
}

function randomColumn(type: SqlType, datums: readonly Datum[], below: Below): Column {
  if (below(3) === 0) return datums;
  const vector = vectorOf(
    storageType(type),
    datums.map((datum) => toStorage(datum, type)),
  );
  if (vector.bytes === null || below(2) === 0) return vector;
  // Entries of the dictionary in another order than the rows.
  const { starts, ends } = vector;
  vector.codes = Int32Array.from(datums, (_, i) => datums.length - 1 - i);
  vector.starts = starts!.slice().reverse();
  vector.ends = ends!.slice().reverse();
  return vector;
}

/** Runs a plan to its end and reads all its rows. Whatever memory was taken must be given back. */
export function rowsOfPlan(
  plan: LogicalPlan,
  compile: (plan: LogicalPlan) => CompiledPlan = compilePlan,
  most?: number,
): Row[] {
  const memory = new QueryMemory(1e9);
  const compiled = compile(plan);
  const operator = compiled.open(executionContext({ memory }), most);
  const found: Row[] = [];
  for (;;) {
    const batch = operator.next();
    if (batch === null) break;
    if (batch === PENDING) continue;
    if (batch.selected === 0) throw new Error("an empty batch");
    const datums = batch.columns.map((c, i) => datumsOf(c, compiled.columns[i]!.type, batch));
    for (const row of rowsOf(batch).subarray(0, batch.selected)) {
      found.push(datums.map((column) => column[row]!));
    }
  }
  operator.close();
  operator.close();
  if (memory.used !== 0) throw new Error(`${memory.used} bytes were not given back`);
  return found;
}

/** Rows as text, to compare them. */
export function textsOf(rows: readonly Row[], columns: readonly ColumnDef[]): string[] {
  return rows.map((row) =>
    row
      .map((datum, i) => (datum === null ? "NULL" : toText(datum, columns[i]!.type, "UTC")))
      .join("|"),
  );
}
