import type { ColumnDef, ColumnId, Expr } from "../../binder/expr.js";
import type { ColumnVector } from "../../contract/vector.js";
import { columnsOf, eachPart, isVolatile } from "../../planner/expressions.js";
import type { Datum } from "../../types/datum.js";
import { isVector } from "../column.js";
import { compileRow, type RowFunction } from "../expression/index.js";
import type { ExecutionContext, RowBatch } from "../operator.js";
import { datumLane, type Lane, vectorLane } from "./lanes.js";

/** A part of an expression that is the same for all rows of a batch. */
interface Scalar {
  readonly expr: Expr;
  readonly compute: RowFunction;
}

/** What an expression reads: columns of the batch, and values that no row changes. */
export interface Inputs {
  readonly slots: ReadonlyMap<ColumnId, number>;
  readonly columns: readonly { readonly id: ColumnId; readonly slot: number }[];
  readonly scalars: readonly Scalar[];
}

export function inputsOf(expr: Expr, columns: readonly ColumnDef[]): Inputs {
  const all = new Map(columns.map((column, slot) => [column.id, slot]));
  const scalars: Scalar[] = [];
  const collect = (part: Expr): void => {
    if (isScalarPart(part, all)) scalars.push({ expr: part, compute: compileRow(part, []) });
    else eachPart(part, collect);
  };
  collect(expr);
  const used = [...columnsOf(expr)].filter((id) => all.has(id));
  return { slots: all, columns: used.map((id) => ({ id, slot: all.get(id)! })), scalars };
}

function isScalarPart(expr: Expr, local: ReadonlyMap<ColumnId, number>): boolean {
  if (expr.kind === "const" || expr.kind === "param") return true;
  if (expr.kind === "column") return !local.has(expr.id);
  return ![...columnsOf(expr)].some((id) => local.has(id)) && !isVolatile(expr);
}

/** How a column of one kind of batch is held. */
interface ColumnShape {
  readonly lane: Lane | undefined;
  /** Rows, or entries of a dictionary, are byte strings. */
  readonly form: "values" | "bytes" | "codes" | "datums";
  readonly nulls: boolean;
}

/** What code depends on; batches of one key run through the same code. */
export interface BatchShape {
  readonly key: string;
  readonly columns: ReadonlyMap<ColumnId, ColumnShape>;
  readonly scalars: ReadonlyMap<Expr, Lane | undefined>;
  readonly values: readonly Datum[];
}

export function shapeOf(inputs: Inputs, batch: RowBatch, context: ExecutionContext): BatchShape {
  let key = "";
  const columns = new Map<ColumnId, ColumnShape>();
  for (const { id, slot } of inputs.columns) {
    const shape = columnShape(batch.columns[slot]!);
    columns.set(id, shape);
    key += `${shape.form}${shape.nulls ? "?" : ""}${shape.lane ?? "-"},`;
  }
  const scalars = new Map<Expr, Lane | undefined>();
  const values: Datum[] = [];
  for (const { expr, compute } of inputs.scalars) {
    const value = compute([], context);
    const lane = datumLane(value, expr.type);
    scalars.set(expr, lane);
    values.push(value);
    if (expr.kind !== "const") key += `${lane ?? "-"},`;
  }
  return { key, columns, scalars, values };
}

function columnShape(column: RowBatch["columns"][number]): ColumnShape {
  if (!isVector(column)) return { lane: undefined, form: "datums", nulls: true };
  return { lane: vectorLane(column), form: formOf(column), nulls: column.nulls !== null };
}

function formOf(vector: ColumnVector): ColumnShape["form"] {
  if (vector.values !== null) return "values";
  return vector.codes === null ? "bytes" : "codes";
}
