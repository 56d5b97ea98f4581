import { NULL_ROW } from "../store/gather.js";
import { grownCapacity } from "../store/stored-column.js";
import { tooManyRows } from "../subquery-error.js";
import type { Pairs } from "./candidates.js";

/**
 * What becomes of a left row and its matches:
 *
 * - `pairs`: each match is a row, and nothing else is (inner, right);
 * - `outer`: as `pairs`, and one with NULLs where there is no match (left, full);
 * - `single`: as `outer`, but two matches are an error (scalar subqueries);
 * - `exists`: the left row once if it has a match; `missing`: if it has none.
 */
export type MatchRule = "pairs" | "outer" | "single" | "exists" | "missing";

/** Turns the pairs that hold into the rows of a join, in the order of the left rows. */
export class Matcher {
  /** The rows: places in the left batch's selection, and right rows or NULL_ROW. */
  left: Int32Array = new Int32Array(0);
  right: Int32Array = new Int32Array(0);
  count = 0;
  private readonly rule: MatchRule;
  /** The first left row that is not complete, and whether it has a match already. */
  private open = 0;
  private matched = false;

  constructor(rule: MatchRule) {
    this.rule = rule;
  }

  start(): void {
    this.open = 0;
    this.matched = false;
  }

  /** Whether further pairs of the left row that is open change nothing. */
  get isDecided(): boolean {
    return this.matched && (this.rule === "exists" || this.rule === "missing");
  }

  /** Takes the pairs at `holding[0..count)`; `pairs.complete` says which left rows have no more. */
  take(pairs: Pairs, holding: Int32Array, count: number): void {
    this.count = 0;
    this.reserve(count + pairs.complete - this.open + 1);
    for (let k = 0; k < count; k++) {
      const pair = holding[k]!;
      const place = pairs.left[pair]!;
      this.closeUntil(place);
      this.match(place, pairs.right[pair]!);
    }
    this.closeUntil(pairs.complete);
  }

  private match(place: number, row: number): void {
    switch (this.rule) {
      case "single":
        if (this.matched) throw tooManyRows();
        this.emit(place, row);
        break;
      case "exists":
        if (!this.matched) this.emit(place, row);
        break;
      case "missing":
        break;
      default:
        this.emit(place, row);
    }
    this.matched = true;
  }

  private closeUntil(place: number): void {
    const emitsUnmatched = this.rule !== "pairs" && this.rule !== "exists";
    while (this.open < place) {
      if (emitsUnmatched && !this.matched) this.emit(this.open, NULL_ROW);
      this.matched = false;
      this.open++;
    }
  }

  private emit(place: number, row: number): void {
    this.left[this.count] = place;
    this.right[this.count++] = row;
  }

  private reserve(needed: number): void {
    if (needed <= this.left.length) return;
    const capacity = grownCapacity(this.left.length, needed);
    this.left = new Int32Array(capacity);
    this.right = new Int32Array(capacity);
  }
}
