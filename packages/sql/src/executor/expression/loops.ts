import type { ColumnDef, ColumnId, Expr } from "../../binder/expr.js";
import type { Datum } from "../../types/datum.js";
import { conjuncts } from "../../planner/expressions.js";
import { selectRows } from "../batches.js";
import { datumsOf } from "../column.js";
import type { Column, ExecutionContext, RowBatch } from "../operator.js";
import { mayBeTyped, typedFilter, typedProjection } from "../typed/typed-expression.js";
import { codeScope } from "./compile-row.js";
import { FunctionWriter } from "./function-writer.js";
import { localColumns } from "./properties.js";
import { RowCode } from "./row-code.js";

/** Writes the rows of a batch that pass into `into` and returns how many there are. */
export type FilterLoop = (batch: RowBatch, into: Int32Array, context: ExecutionContext) => number;

/** Computes an expression for the rows of a batch that count. */
export type ProjectLoop = (batch: RowBatch, context: ExecutionContext) => Column;

type Columns = readonly (readonly Datum[])[];

/**
 * A loop over vectors as they are where the batch allows it. Else the conditions of an AND are
 * tested one after another, so that later ones have fewer rows to make datums of.
 */
export function compileFilterLoop(predicate: Expr, columns: readonly ColumnDef[]): FilterLoop {
  const typed = mayBeTyped(predicate) ? typedFilter(predicate, columns) : undefined;
  let general: FilterLoop | undefined;
  return (batch, into, context) => {
    const selected = typed?.(batch, into, context);
    if (selected !== undefined) return selected;
    general ??= generalFilterLoop(predicate, columns);
    return general(batch, into, context);
  };
}

/** Conditions that are worth a loop of their own. */
const MAX_LOOPS = 16;

function generalFilterLoop(predicate: Expr, columns: readonly ColumnDef[]): FilterLoop {
  const parts = conjuncts(predicate);
  if (parts.length < 2 || parts.length > MAX_LOOPS) return datumFilterLoop(predicate, columns);
  const loops = parts.map((part) => compileFilterLoop(part, columns));
  return (batch, into, context) => {
    let rest = batch;
    let selected = 0;
    for (const loop of loops) {
      selected = loop(rest, into, context);
      if (selected === 0) return 0;
      // A copy, for a loop that gives up half way has written over what it was to read.
      if (selected < rest.selected) rest = selectRows(rest, into.slice(0, selected), selected);
    }
    return selected;
  };
}

/** As `compileFilterLoop`, for values. */
export function compileProjectLoop(expr: Expr, columns: readonly ColumnDef[]): ProjectLoop {
  const typed = mayBeTyped(expr) ? typedProjection(expr, columns) : undefined;
  let general: ProjectLoop | undefined;
  return (batch, context) => {
    const vector = typed?.(batch, context);
    if (vector !== undefined) return vector;
    general ??= datumProjectLoop(expr, columns);
    return general(batch, context);
  };
}

/**
 * One loop over the rows of a batch, for expressions of any kind: the columns that are needed are
 * turned into datums first.
 */
function datumFilterLoop(predicate: Expr, columns: readonly ColumnDef[]): FilterLoop {
  const { writer, code, slots } = loopCode(predicate, columns);
  writer.line(`if (${code.test(predicate, true)}) o[m++] = i;`);
  const loop = writer.finish(
    "c, s, n, o, x",
    `${prologue(slots)} let m = 0; ${LOOP}`,
    "} return m;",
  );
  const run = loop as (
    columns: Columns,
    selection: Int32Array | null,
    count: number,
    into: Int32Array,
    context: ExecutionContext,
  ) => number;
  return (batch, into, context) => {
    const datums = slots.map((slot) => datumsOf(batch.columns[slot]!, columns[slot]!.type, batch));
    return run(datums, batch.selection, batch.selected, into, context);
  };
}

function datumProjectLoop(expr: Expr, columns: readonly ColumnDef[]): ProjectLoop {
  const { writer, code, slots } = loopCode(expr, columns);
  writer.line(`o[i] = ${code.value(expr)};`);
  const loop = writer.finish("c, s, n, o, x", `${prologue(slots)} ${LOOP}`, "} return o;");
  const run = loop as (
    columns: Columns,
    selection: Int32Array | null,
    count: number,
    into: Datum[],
    context: ExecutionContext,
  ) => Datum[];
  return (batch, context) => {
    const datums = slots.map((slot) => datumsOf(batch.columns[slot]!, columns[slot]!.type, batch));
    const into = new Array<Datum>(batch.length);
    return run(datums, batch.selection, batch.selected, into, context);
  };
}

const LOOP = "for (let j = 0; j < n; j++) { const i = s === null ? j : s[j];";

interface LoopCode {
  readonly writer: FunctionWriter;
  readonly code: RowCode;
  /** The columns that the expression reads, by their place in the batch. */
  readonly slots: readonly number[];
}

function loopCode(expr: Expr, columns: readonly ColumnDef[]): LoopCode {
  const writer = new FunctionWriter();
  const places = new Map<ColumnId, number>(columns.map((column, slot) => [column.id, slot]));
  const column = (id: ColumnId): string | undefined =>
    places.has(id) ? `c${places.get(id)!}[i]` : undefined;
  const slots = localColumns(expr, { column }).map((id) => places.get(id)!);
  return { writer, code: new RowCode(codeScope(writer, column)), slots };
}

function prologue(slots: readonly number[]): string {
  return slots.map((slot, i) => `const c${slot} = c[${i}];`).join(" ");
}
