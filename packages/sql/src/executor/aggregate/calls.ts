import type { AggregateCall, ColumnDef, Expr } from "../../binder/expr.js";
import type { SqlType } from "../../types/sql-type.js";
import type { MemoryMeter } from "../operator.js";
import type { Accumulator } from "./accumulator.js";
import { CountAccumulator } from "./counts.js";
import { DistinctAccumulator } from "./distinct-accumulator.js";
import { type CallFeed, caseFeed, filteredFeed, type InputList, plainFeed } from "./feeds.js";
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
  readonly feed: CallFeed;
  accumulator(meter: MemoryMeter): Accumulator;
}

/** `shared` computes the arguments of all calls that see every row. */
export function compileCall(
  call: AggregateCall,
  shared: InputList,
  columns: readonly ColumnDef[],
): CompiledCall {
  const { fn, args, distinct } = call;
  const types = args.map((arg) => arg.type);
  const order = orderOf(call);
  const exprs = order === undefined ? args : [...args, ...order.map(({ expr }) => expr)];
  const make = (meter: MemoryMeter): Accumulator => {
    const inner =
      order === undefined
        ? plainAccumulator(call, types)
        : new OrderedAccumulator(new StateAccumulator(fn, types), types, order);
    return distinct ? new DistinctAccumulator(inner, types, meter) : inner;
  };
  return { feed: feedOf(call, exprs, shared, columns), accumulator: make };
}

function feedOf(
  { fn, args, filter, distinct }: AggregateCall,
  exprs: readonly Expr[],
  shared: InputList,
  columns: readonly ColumnDef[],
): CallFeed {
  if (filter !== undefined) return filteredFeed(filter, exprs, columns);
  const [arg] = args;
  const isSum = fn.name === "sum" || fn.name === "avg";
  if (isSum && !distinct && arg?.kind === "case" && arg.type.name === "numeric") {
    return caseFeed(arg, columns);
  }
  return plainFeed(exprs, shared);
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
