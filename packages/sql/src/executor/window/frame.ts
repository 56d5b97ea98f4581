import type { FrameBound, WindowFrame } from "../../binder/expr.js";
import { AegisError } from "../../contract/errors.js";
import type { SqlType } from "../../types/sql-type.js";
import type { NonNullDatum } from "../../types/text-output.js";
import type { DatumReader } from "../column.js";
import { compileRow } from "../expression/index.js";
import type { ExecutionContext } from "../operator.js";
import type { Partition } from "./partition.js";
import { rangeArithmetic, type RangeArithmetic } from "./range-offset.js";

/** The rows [start, end) that a call sees from each row of a partition, exclusions not counted. */
export interface Frame {
  start(row: number): number;
  end(row: number): number;
}

/** The sort column of a window, for frames by value. */
export interface RangeKey {
  readonly type: SqlType;
  readonly descending: boolean;
  /** Reads it by row of the store. */
  readonly read: DatumReader;
}

/** Makes the frames of one run of a statement: its offsets are computed once. */
export type FrameFactory = (partition: Partition, key: RangeKey | undefined) => Frame;

/** A bound with its offset computed. */
interface Bound {
  readonly kind: FrameBound["kind"];
  readonly offset: NonNullDatum;
}

export function compileFrame(
  frame: WindowFrame,
  keyType: SqlType | undefined,
): (context: ExecutionContext) => FrameFactory {
  const start = compileBound(frame.start, "starting");
  const end = compileBound(frame.end, "ending");
  const byValue = frame.mode === "range" && (hasOffset(frame.start) || hasOffset(frame.end));
  const arithmetic = byValue && keyType !== undefined ? rangeArithmetic(keyType) : undefined;
  return (context) => {
    const bounds = { start: start(context), end: end(context) };
    check(bounds.start, "starting", arithmetic);
    check(bounds.end, "ending", arithmetic);
    return (partition, key) => {
      if (frame.mode === "rows") return new RowsFrame(partition, bounds);
      if (arithmetic === undefined || key === undefined) return new GroupsFrame(partition, bounds);
      return new RangeFrame(partition, bounds, key, arithmetic);
    };
  };
}

function hasOffset({ kind }: FrameBound): boolean {
  return kind === "preceding" || kind === "following";
}

function compileBound(
  bound: FrameBound,
  which: "starting" | "ending",
): (context: ExecutionContext) => Bound {
  if (bound.kind !== "preceding" && bound.kind !== "following") {
    const fixed: Bound = { kind: bound.kind, offset: 0 };
    return () => fixed;
  }
  const { kind } = bound;
  const offset = compileRow(bound.offset, []);
  return (context) => {
    const value = offset([], context);
    if (value === null) {
      const message = `frame ${which} offset must not be null`;
      throw new AegisError("INVALID_ARGUMENT", message, { sqlState: "22004" });
    }
    return { kind, offset: value };
  };
}

function check(bound: Bound, which: string, arithmetic: RangeArithmetic | undefined): void {
  if (bound.kind !== "preceding" && bound.kind !== "following") return;
  if (arithmetic === undefined) {
    if ((bound.offset as number) >= 0) return;
    const message = `frame ${which} offset must not be negative`;
    throw new AegisError("INVALID_ARGUMENT", message, { sqlState: "22013" });
  }
  if (!arithmetic.isNegative(bound.offset)) return;
  const message = "invalid preceding or following size in window function";
  throw new AegisError("INVALID_ARGUMENT", message, { sqlState: "22013" });
}

interface Bounds {
  readonly start: Bound;
  readonly end: Bound;
}

/** How far a bound is from the current row or group: negative before it. */
function distanceOf({ kind, offset }: Bound): number {
  switch (kind) {
    case "unboundedPreceding":
      return -Infinity;
    case "unboundedFollowing":
      return Infinity;
    case "currentRow":
      return 0;
    case "preceding":
      return -Number(offset);
    case "following":
      return Number(offset);
  }
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(value, most));
}

/** ROWS: by place. */
class RowsFrame implements Frame {
  private readonly rows: number;
  private readonly from: number;
  private readonly to: number;

  constructor(partition: Partition, bounds: Bounds) {
    this.rows = partition.rows;
    this.from = distanceOf(bounds.start);
    this.to = distanceOf(bounds.end);
  }

  start(row: number): number {
    return this.from === -Infinity ? 0 : clamp(row + this.from, this.rows);
  }

  end(row: number): number {
    return this.to === Infinity ? this.rows : clamp(row + this.to + 1, this.rows);
  }
}

/** GROUPS, and RANGE without offsets: by groups of peers. */
class GroupsFrame implements Frame {
  private readonly partition: Partition;
  private readonly from: number;
  private readonly to: number;

  constructor(partition: Partition, bounds: Bounds) {
    this.partition = partition;
    this.from = distanceOf(bounds.start);
    this.to = distanceOf(bounds.end);
  }

  start(row: number): number {
    if (this.from === -Infinity) return 0;
    const { groupOf, groupStarts, groups } = this.partition;
    return groupStarts[clamp(groupOf[row]! + this.from, groups)]!;
  }

  end(row: number): number {
    if (this.to === Infinity) return this.partition.rows;
    const { groupOf, groupStarts, groups } = this.partition;
    return groupStarts[clamp(groupOf[row]! + this.to + 1, groups)]!;
  }
}

/** RANGE with offsets: by the value of the sort column, whose NULLs are only near each other. */
class RangeFrame implements Frame {
  private readonly partition: Partition;
  private readonly bounds: Bounds;
  private readonly key: RangeKey;
  private readonly arithmetic: RangeArithmetic;
  private readonly groups: GroupsFrame;
  /** The rows whose key is not NULL. */
  private readonly first: number;
  private readonly last: number;

  constructor(partition: Partition, bounds: Bounds, key: RangeKey, arithmetic: RangeArithmetic) {
    this.partition = partition;
    this.bounds = bounds;
    this.key = key;
    this.arithmetic = arithmetic;
    this.groups = new GroupsFrame(partition, {
      start: withoutOffset(bounds.start),
      end: withoutOffset(bounds.end),
    });
    const { rows } = partition;
    // NULLs are one group of peers at one of the ends.
    this.first = rows > 0 && this.valueAt(0) === null ? partition.peersEnd(0) : 0;
    const endsNull = rows > 0 && this.valueAt(rows - 1) === null;
    this.last = endsNull ? Math.max(partition.peersStart(rows - 1), this.first) : rows;
  }

  start(row: number): number {
    const bound = this.boundOf(this.bounds.start, row);
    if (bound === undefined) return this.groups.start(row);
    return this.search((order) => order < 0, bound);
  }

  end(row: number): number {
    const bound = this.boundOf(this.bounds.end, row);
    if (bound === undefined) return this.groups.end(row);
    return this.search((order) => order <= 0, bound);
  }

  private boundOf({ kind, offset }: Bound, row: number): NonNullDatum | undefined {
    if (kind !== "preceding" && kind !== "following") return undefined;
    const value = this.valueAt(row);
    if (value === null) return undefined;
    const sign = (kind === "following") === this.key.descending ? -1 : 1;
    return this.arithmetic.shift(value, offset, sign);
  }

  /** The first row whose value does not come before the bound, as `before` sees it. */
  private search(before: (order: number) => boolean, bound: NonNullDatum): number {
    let low = this.first;
    let high = this.last;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = this.arithmetic.compare(this.valueAt(middle)!, bound);
      if (before(this.key.descending ? -order : order)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private valueAt(row: number): NonNullDatum | null {
    return this.key.read(this.partition.storeRow(row));
  }
}

/** What a bound with an offset means for a row whose key is NULL: its peers. */
function withoutOffset(bound: Bound): Bound {
  const plain = bound.kind !== "preceding" && bound.kind !== "following";
  return plain ? bound : { kind: "currentRow", offset: 0 };
}
