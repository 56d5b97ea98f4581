import type { Operator, RowBatch } from "./operator.js";

/** An operator that gives one batch, or nothing at all. */
export function singleBatch(batch: RowBatch | null): Operator {
  let rest = batch;
  return {
    next() {
      const given = rest;
      rest = null;
      return given;
    },
    close() {
      rest = null;
    },
  };
}
