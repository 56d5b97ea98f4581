import type { AggregateCall, ColumnDef, Expr } from "../../binder/expr.js";
import type { SqlType } from "../../types/sql-type.js";
import { compileFilterLoop, compileProjectLoop, type FilterLoop } from "../expression/loops.js";
import type { Column, ExecutionContext, MemoryMeter, RowBatch } from "../operator.js";
import type { Accumulator } from "./accumulator.js";
import { CountAccumulator } from "./counts.js";
import { DistinctAccumulator } from "./distinct-accumulator.js";
import { ExtremeAccumulator } from "./extremes.js";
import { OrderedAccumulator, type RowOrder } from "./ordered-accumulator.js";
import { StateAccumulator } from "./state-accumulator.js";
import {
  DecimalSumAccumulator,
  FloatSumAccumulator,
  IntegerSumAccumulator,
} from "./sum-accumulators.js";

/** An aggregate call, ready to make accumulators. */
export interface CompiledCall {
  readonly filter: FilterLoop | undefined;
  /** Where its arguments are computed: calls with a filter compute theirs of its rows only. */
  readonly inputs: InputList;
  /** Which of the inputs are its arguments, and then its sort keys. */
  readonly args: readonly number[];
  accumulator(meter: MemoryMeter): Accumulator;
}

/** Expressions that are computed once a batch, however many calls use them. */
export class InputList {
  private readonly columns: readonly ColumnDef[];
  private readonly exprs: Expr[] = [];
  private readonly loops: ((batch: RowBatch, context: ExecutionContext) => Column)[] = [];

  constructor(columns: readonly ColumnDef[]) {
    this.columns = columns;
  }

  /** The number of the expression among the inputs. */
  add(expr: Expr): number {
    const known = this.exprs.findIndex((other) => isSame(expr, other));
    if (known >= 0) return known;
    const slot =
      expr.kind === "column" ? this.columns.findIndex((column) => column.id === expr.id) : -1;
    this.exprs.push(expr);
    this.loops.push(
      slot >= 0 ? (batch) => batch.columns[slot]! : compileProjectLoop(expr, this.columns),
    );
    return this.exprs.length - 1;
  }

  evaluate(batch: RowBatch, context: ExecutionContext): Column[] {
    return this.loops.map((loop) => loop(batch, context));
  }
}

function isSame(a: Expr, b: Expr): boolean {
  return a === b || (a.kind === "column" && b.kind === "column" && a.id === b.id);
}

/** `shared` computes the arguments of all calls without a filter. */
export function compileCall(
  call: AggregateCall,
  shared: InputList,
  columns: readonly ColumnDef[],
): CompiledCall {
  const { fn, args, distinct, filter } = call;
  const types = args.map((arg) => arg.type);
  const order = orderOf(call);
  const exprs = order === undefined ? args : [...args, ...order.map(({ expr }) => expr)];
  const inputs = filter === undefined ? shared : new InputList(columns);
  return {
    filter: filter && compileFilterLoop(filter, columns),
    inputs,
    args: exprs.map((expr) => inputs.add(expr)),
    accumulator(meter) {
      const inner =
        order === undefined
          ? plainAccumulator(call, types)
          : new OrderedAccumulator(new StateAccumulator(fn, types), types, order);
      return distinct ? new DistinctAccumulator(inner, types, meter) : inner;
    },
  };
}

interface Order extends RowOrder {
  readonly expr: Expr;
}

/** The order in which rows must arrive; undefined where it makes no difference. */
function orderOf({ fn, args, orderBy, distinct }: AggregateCall): readonly Order[] | undefined {
  if (!fn.ordered && fn.directArguments === undefined) return undefined;
  if (orderBy.length > 0) {
    return orderBy.map(({ expr, descending, nullsFirst }) => ({
      expr,
      type: expr.type,
      descending,
      nullsFirst,
    }));
  }
  // PostgreSQL sorts to find what is distinct, and its results show that.
  if (!distinct) return undefined;
  return args.map((expr) => ({ expr, type: expr.type, descending: false, nullsFirst: false }));
}

const INTEGERS: ReadonlySet<string> = new Set(["smallint", "integer", "bigint"]);

function plainAccumulator(call: AggregateCall, types: readonly SqlType[]): Accumulator {
  const { fn } = call;
  const [type] = types;
  if (fn.kernel === "countStar" || fn.kernel === "count") return new CountAccumulator();
  const isSum = fn.name === "sum" || fn.name === "avg";
  const isExtreme = fn.name === "min" || fn.name === "max";
  if (type?.name === "numeric") {
    if (isSum) return new DecimalSumAccumulator(type, fn.name === "avg");
    if (isExtreme) return new ExtremeAccumulator(type, fn.name === "max");
  }
  if (type === undefined || fn.kernel === undefined) return new StateAccumulator(fn, types);
  if (isExtreme) return new ExtremeAccumulator(type, fn.kernel === "max");
  const average = fn.kernel === "avg";
  if (INTEGERS.has(type.name)) return new IntegerSumAccumulator(type, average);
  return new FloatSumAccumulator(type, average);
}
