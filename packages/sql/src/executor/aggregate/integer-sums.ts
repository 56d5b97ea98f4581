import { toInt64 } from "../../types/calendar.js";
import { grownNumbers, type GroupedRows } from "./accumulator.js";

const MAX_SAFE = Number.MAX_SAFE_INTEGER;

/** Sums of up to 64-bit integers by group, exact: doubles that spill into bigints past 2^53. */
export class IntegerSums {
  near: Float64Array<ArrayBuffer> = new Float64Array(0);
  counts: Float64Array<ArrayBuffer> = new Float64Array(0);
  private readonly far = new Map<number, bigint>();

  get bytes(): number {
    return this.near.byteLength + this.counts.byteLength + 64 * this.far.size;
  }

  grow(groups: number): void {
    this.near = grownNumbers(this.near, groups);
    this.counts = grownNumbers(this.counts, groups);
  }

  /** Adds `values[rows[j]]` to group `ids[j]`, for values that are safe integers. */
  addAll(
    values: Float64Array | Int32Array,
    nulls: Uint8Array | null,
    { rows, ids, count }: GroupedRows,
  ): void {
    const { near, counts } = this;
    for (let j = 0; j < count; j++) {
      const row = rows[j]!;
      if (nulls !== null && nulls[row] === 1) continue;
      const group = ids[j]!;
      const sum = near[group]! + values[row]!;
      if (sum > MAX_SAFE || sum < -MAX_SAFE) this.spill(group, values[row]!);
      else near[group] = sum;
      counts[group]!++;
    }
  }

  add(group: number, value: number | bigint): void {
    this.counts[group]!++;
    if (typeof value === "number") {
      const sum = this.near[group]! + value;
      if (sum <= MAX_SAFE && sum >= -MAX_SAFE) {
        this.near[group] = sum;
        return;
      }
    }
    this.spill(group, value);
  }

  /** A number where that is safe, else a bigint of any size. */
  total(group: number): number | bigint {
    const far = this.far.get(group);
    return far === undefined ? this.near[group]! : toInt64(far + BigInt(this.near[group]!));
  }

  private spill(group: number, value: number | bigint): void {
    const sum = (this.far.get(group) ?? 0n) + BigInt(this.near[group]!) + BigInt(value);
    this.far.set(group, sum);
    this.near[group] = 0;
  }
}
