import type { ColumnId, Expr } from "../../binder/expr.js";
import type { ColumnVector } from "../../contract/vector.js";
import { columnsOf } from "../../planner/expressions.js";
import type { SqlType } from "../../types/sql-type.js";
import { FunctionWriter } from "../expression/function-writer.js";
import type { ExecutionContext, RowBatch } from "../operator.js";
import type { BatchShape, Inputs } from "./batch-shape.js";
import { LaneRules } from "./lane-rules.js";
import { type Lane, laneValue, type ScaledLane, scaleOf } from "./lanes.js";
import { compileTextTest, isEntryTest, type TextTest, type VectorTest } from "./text-test.js";
import { TypedCode, type TypedScope, type TypedValue } from "./typed-code.js";

/** Thrown by a kernel that met what its lanes cannot hold. */
export const BAIL: unique symbol = Symbol("bail");

function bail(): never {
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- a signal to the caller alone; an Error would cost a stack trace.
  throw BAIL;
}

/** The loop itself; gives how many rows passed, or how many results are NULL. */
type LoopFunction = (
  arrays: readonly unknown[],
  nulls: readonly (Uint8Array | null)[],
  scalars: readonly (number | boolean | null)[],
  tests: readonly VectorTest[],
  selection: Int32Array | null,
  count: number,
  into: unknown,
  intoNulls: Uint8Array | null,
) => number;

const PARAMETERS = "c, n, h, t, s, count, o, on";

/** Typed code for batches of one shape. */
export interface Kernel {
  readonly lane: Exclude<Lane, "null">;
  /** Whether results may be NULL. */
  readonly nullable: boolean;
  run(
    batch: RowBatch,
    shape: BatchShape,
    context: ExecutionContext,
    into: unknown,
    intoNulls: Uint8Array | null,
  ): number;
}

export type Types = ReadonlyMap<ColumnId, SqlType>;

/** A loop that writes the rows of which the condition is true; undefined: it has no lanes. */
export function filterKernel(
  predicate: Expr,
  inputs: Inputs,
  shape: BatchShape,
  types: Types,
): Kernel | undefined {
  const builder = new KernelBuilder(inputs, shape, types);
  if (builder.rules.lane(predicate) !== "bool") return undefined;
  const code = new TypedCode(builder.writer, builder);
  // Counting the test itself leaves no jump to predict, which costs 5 ns a row where half pass.
  builder.writer.line(`const test = ${code.test(predicate, true)};`);
  builder.writer.line("o[m] = i; m = (m + test) | 0;");
  return builder.finish("bool", false);
}

/** A loop that writes the values of an expression; undefined: it has no lane. */
export function projectKernel(
  expr: Expr,
  inputs: Inputs,
  shape: BatchShape,
  types: Types,
): Kernel | undefined {
  const builder = new KernelBuilder(inputs, shape, types);
  const lane = builder.rules.lane(expr);
  if (lane === undefined || lane === "null") return undefined;
  const { value, isNull } = new TypedCode(builder.writer, builder).value(expr);
  builder.writer.line(lane === "bool" ? `o[i] = ${value} ? 1 : 0;` : `o[i] = ${value};`);
  if (isNull !== "false") builder.writer.line(`if (${isNull}) { on[i] = 1; m++; }`);
  return builder.finish(lane, isNull !== "false");
}

interface PlacedTest {
  readonly slot: number;
  readonly test: TextTest;
}

/** Knows where the operands of one shape of batch are. */
class KernelBuilder implements TypedScope {
  readonly rules: LaneRules;
  readonly writer: FunctionWriter = new FunctionWriter();
  private readonly inputs: Inputs;
  private readonly shape: BatchShape;
  private readonly types: Types;
  private readonly places = new Map<ColumnId, number>();
  private readonly scalarPlaces = new Map<Expr, number>();
  private readonly prologue: string[] = [];
  private readonly scalarNames = new Map<string, string>();
  private readonly tests: PlacedTest[] = [];

  constructor(inputs: Inputs, shape: BatchShape, types: Types) {
    this.inputs = inputs;
    this.shape = shape;
    this.types = types;
    inputs.columns.forEach(({ id }, i) => {
      this.places.set(id, i);
      this.prologue.push(`const c${i} = c[${i}], n${i} = n[${i}];`);
    });
    inputs.scalars.forEach(({ expr }, i) => this.scalarPlaces.set(expr, i));
    this.rules = new LaneRules({
      column: (id) => shape.columns.get(id)?.lane,
      isVector: (id) => shape.columns.has(id) && shape.columns.get(id)!.form !== "datums",
      scalar: (expr) => shape.scalars.get(expr),
      isScalar: (expr) => this.isScalar(expr),
      isTextTest: (expr) => this.isTextTest(expr),
    });
  }

  isScalar(expr: Expr): boolean {
    return this.scalarPlaces.has(expr);
  }

  scalarValue(expr: Expr, scale: number | undefined): TypedValue {
    const lane = this.shape.scalars.get(expr);
    if (lane === "null") return { value: "0", isNull: "true" };
    const place = this.scalarPlaces.get(expr)!;
    const shift = scale === undefined ? 0 : scale - scaleOf(lane as ScaledLane);
    const key = `${place}:${shift}`;
    let name = this.scalarNames.get(key);
    if (name === undefined) {
      name = `h${place}${shift === 0 ? "" : `x${shift}`}`;
      this.scalarNames.set(key, name);
      this.prologue.push(`const ${name} = h[${place}]${shift === 0 ? "" : ` * 1e${shift}`};`);
      if (shift > 0) this.prologue.push(`if (!Number.isSafeInteger(${name})) bail();`);
    }
    return { value: name, isNull: "false" };
  }

  columnValue({ id }: Extract<Expr, { kind: "column" }>): TypedValue {
    const place = this.places.get(id)!;
    const { lane } = this.shape.columns.get(id)!;
    const value = this.writer.local(lane === "bool" ? `c${place}[i] === 1` : `c${place}[i]`);
    return { value, isNull: this.nullMarkOf(id) };
  }

  nullMark({ id }: Extract<Expr, { kind: "column" }>): string {
    return this.nullMarkOf(id);
  }

  private nullMarkOf(id: ColumnId): string {
    if (!this.shape.columns.get(id)!.nulls) return "false";
    return this.writer.local(`n${this.places.get(id)!}[i] === 1`);
  }

  isTextTest(expr: Expr): boolean {
    return this.textColumn(expr) !== undefined;
  }

  /** The one column of a byte form that a condition is about. */
  private textColumn(expr: Expr): ColumnId | undefined {
    if (!isEntryTest(expr)) return undefined;
    const local = [...columnsOf(expr)].filter((id) => this.places.has(id));
    const [id] = local;
    if (id === undefined || local.length > 1) return undefined;
    const { form } = this.shape.columns.get(id)!;
    return form === "bytes" || form === "codes" ? id : undefined;
  }

  textTest(expr: Expr): string {
    const id = this.textColumn(expr)!;
    const place = this.places.get(id)!;
    const slot = this.inputs.slots.get(id)!;
    const number = this.tests.length;
    this.tests.push({ slot, test: compileTextTest(expr, { id, type: this.types.get(id)! }) });
    const parts = ["ask: l", "table: t", "starts: b", "ends: e", "lengths: w", "other: d"];
    const names = parts.map((part) => `${part}${number}`).join(", ");
    this.prologue.push(`const { ${names} } = t[${number}];`);
    const { form, nulls } = this.shape.columns.get(id)!;
    const answer = this.writer.local("0");
    if (nulls) this.writer.line(`if (n${place}[i] === 1) ${answer} = l${number}(-1); else`);
    if (form === "bytes") this.writer.line(`${answer} = ${rowTest(number)};`);
    else {
      const entry = `c${place}[i]`;
      this.writer.line(`if ((${answer} = t${number}[${entry}]) === 0)`);
      this.writer.line(`t${number}[${entry}] = ${answer} = l${number}(${entry});`);
    }
    return answer;
  }

  finish(lane: Exclude<Lane, "null">, nullable: boolean): Kernel {
    const names = `const bail = ${this.writer.constant(bail)}; let m = 0;`;
    const before = `${names} ${this.prologue.join("\n")}`;
    const loop = this.writer.finishLoop(PARAMETERS, before, "return m;") as LoopFunction;
    const slots = this.inputs.columns.map(({ slot }) => slot);
    const { scalars } = this.inputs;
    const { tests } = this;
    const run: Kernel["run"] = (batch, shape, context, into, intoNulls) => {
      // A column of datums stands here only where nothing but its absence is asked.
      const vectors = slots.map((slot) => batch.columns[slot] as ColumnVector);
      return loop(
        vectors.map((vector) => vector.codes ?? vector.values),
        vectors.map((vector) => vector.nulls),
        shape.values.map((value, i) => laneValue(value, scalars[i]!.expr.type)),
        tests.map(({ slot, test }) => test(batch.columns[slot] as ColumnVector, context)),
        batch.selection,
        batch.selected,
        into,
        intoNulls,
      );
    };
    return { lane, nullable, run };
  }
}

/** Asks for a row, unless its length settles the answer. */
function rowTest(number: number): string {
  const size = `e${number}[i] - b${number}[i]`;
  return `(w${number} >>> Math.min(${size}, 31) & 1) === 0 ? d${number} : l${number}(i)`;
}
