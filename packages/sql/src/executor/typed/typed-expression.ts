import type { ColumnDef, Expr } from "../../binder/expr.js";
import { AegisError } from "../../contract/errors.js";
import type { ColumnVector } from "../../contract/vector.js";
import { some } from "../../planner/expressions.js";
import { sizeOf } from "../expression/properties.js";
import type { ExecutionContext, RowBatch } from "../operator.js";
import { type BatchShape, type Inputs, inputsOf, shapeOf } from "./batch-shape.js";
import { BAIL, filterKernel, type Kernel, projectKernel, type Types } from "./kernel.js";
import { laneVector } from "./lanes.js";

/** Nodes that a typed loop holds at most. */
const MAX_NODES = 300;
/** Shapes of batches that code is kept for; what comes beyond is computed over datums. */
const MAX_KERNELS = 32;
/** Batches given up half way after which an expression is computed over datums from the start. */
const MAX_BAILS = 8;

/** The kernels of one expression, made when a batch of their shape first comes. */
class KernelCache {
  readonly inputs: Inputs;
  private readonly build: (shape: BatchShape) => Kernel | undefined;
  private readonly kernels = new Map<string, Kernel | undefined>();
  private bails = 0;

  constructor(inputs: Inputs, build: (shape: BatchShape) => Kernel | undefined) {
    this.inputs = inputs;
    this.build = build;
  }

  /** What `run` gives of the batch's kernel; undefined where it must be computed over datums. */
  run<T>(
    batch: RowBatch,
    context: ExecutionContext,
    run: (kernel: Kernel, shape: BatchShape) => T,
  ): T | undefined {
    if (this.bails > MAX_BAILS) return undefined;
    const shape = this.shape(batch, context);
    const kernel = shape && this.kernelOf(shape);
    if (shape === undefined || kernel === undefined) return undefined;
    try {
      return run(kernel, shape);
    } catch (error) {
      if (error !== BAIL) throw error;
      this.bails++;
      return undefined;
    }
  }

  /** A part that fails may never be reached row by row, so its error is left to that. */
  private shape(batch: RowBatch, context: ExecutionContext): BatchShape | undefined {
    try {
      return shapeOf(this.inputs, batch, context);
    } catch (error) {
      if (!(error instanceof AegisError)) throw error;
      this.bails++;
      return undefined;
    }
  }

  private kernelOf(shape: BatchShape): Kernel | undefined {
    const known = this.kernels.get(shape.key);
    if (known !== undefined || this.kernels.has(shape.key)) return known;
    if (this.kernels.size >= MAX_KERNELS) return undefined;
    const kernel = this.build(shape);
    this.kernels.set(shape.key, kernel);
    return kernel;
  }
}

export type TypedFilter = (
  batch: RowBatch,
  into: Int32Array,
  context: ExecutionContext,
) => number | undefined;

export type TypedProjection = (
  batch: RowBatch,
  context: ExecutionContext,
) => ColumnVector | undefined;

/** Whether it is worth asking for kernels: not for what is long, or computed from no column. */
export function mayBeTyped(expr: Expr): boolean {
  return (
    sizeOf(expr) <= MAX_NODES &&
    !some(expr, (part) => part.kind === "exists" || part.kind === "quantified") &&
    (expr.kind === "const" || some(expr, (part) => part.kind === "column"))
  );
}

export function typedFilter(predicate: Expr, columns: readonly ColumnDef[]): TypedFilter {
  const inputs = inputsOf(predicate, columns);
  const types = typesOf(columns);
  const cache = new KernelCache(inputs, (shape) => filterKernel(predicate, inputs, shape, types));
  return (batch, into, context) =>
    cache.run(batch, context, (kernel, shape) => kernel.run(batch, shape, context, into, null));
}

export function typedProjection(expr: Expr, columns: readonly ColumnDef[]): TypedProjection {
  const inputs = inputsOf(expr, columns);
  const types = typesOf(columns);
  const cache = new KernelCache(inputs, (shape) => projectKernel(expr, inputs, shape, types));
  return (batch, context) =>
    cache.run(batch, context, (kernel, shape) => {
      const vector = laneVector(kernel.lane, expr.type, batch.length);
      const nulls = kernel.nullable ? new Uint8Array(batch.length) : null;
      const found = kernel.run(batch, shape, context, vector.values, nulls);
      if (found > 0) vector.nulls = nulls;
      return vector;
    });
}

function typesOf(columns: readonly ColumnDef[]): Types {
  return new Map(columns.map(({ id, type }) => [id, type]));
}
