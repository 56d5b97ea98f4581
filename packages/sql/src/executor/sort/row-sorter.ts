import { compareByteRanges, type SortKeyData } from "./sort-keys.js";

/** Sorts and compares row numbers by the keys it was made for. */
export interface RowSorter {
  compare(a: number, b: number): number;
  /** Sorts `order[from..to)`, stably; `scratch` is as long as `order`. */
  sort(order: Int32Array, scratch: Int32Array, from: number, to: number): void;
  /**
   * Merges on from a state [left, leftEnd, right, rightEnd, out] of positions in `source` and
   * `target` until `limit` rows were put out or both sides are used up; the state moves along.
   */
  merge(source: Int32Array, target: Int32Array, state: Float64Array, limit: number): void;
}

type SorterFactory = (keys: readonly SortKeyData[], compareByteRanges: unknown) => RowSorter;

const factories = new Map<string, SorterFactory>();

/**
 * A sorter with the comparison of the keys put inline. The source depends on the keys' forms
 * alone, so there are few of them, and each is made once.
 */
export function rowSorter(keys: readonly SortKeyData[]): RowSorter {
  const source = sorterSource(keys);
  let factory = factories.get(source);
  if (factory === undefined) {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text is made of fixed parts
    factory = new Function("keys", "compareByteRanges", source) as SorterFactory;
    factories.set(source, factory);
  }
  return factory(keys, compareByteRanges);
}

function sorterSource(keys: readonly SortKeyData[]): string {
  const parts = keys.map(declarations);
  const steps = keys.map((key, i) => keyComparison(key, i));
  return `"use strict";
${parts.join("\n")}
function compare(a, b) {
${steps.join("\n")}
  return 0;
}
${ALGORITHM}
return { compare, sort, merge };`;
}

function declarations({ form }: SortKeyData, i: number): string {
  const lines = [`const v${i} = keys[${i}].values, n${i} = keys[${i}].nulls;`];
  if (form === "datum") lines.push(`const c${i} = keys[${i}].compare;`);
  if (form === "bytes") {
    lines.push(
      `const b${i} = keys[${i}].bytes, s${i} = keys[${i}].starts, e${i} = keys[${i}].ends;`,
    );
  }
  return lines.join("\n");
}

/** Statements that return unless the rows are equal by this key. */
function keyComparison(key: SortKeyData, i: number): string {
  const values = valueComparison(key, i);
  if (key.nulls === null) return `  {\n${values}\n  }`;
  const nullOrder = key.nullsFirst ? "y - x" : "x - y";
  return `  {
    const x = n${i}[a], y = n${i}[b];
    if (x !== y) return ${nullOrder};
    if (x === 0) {
${values}
    }
  }`;
}

function valueComparison({ form, descending }: SortKeyData, i: number): string {
  const above = descending ? "-1" : "1";
  const below = descending ? "1" : "-1";
  const sign = descending ? "-" : "";
  if (form === "datum") {
    return `    const o = c${i}(v${i}[a], v${i}[b]);
    if (o !== 0) return ${sign}o;`;
  }
  const lines = `    const p = v${i}[a], q = v${i}[b];
    if (p < q) return ${below};
    if (p > q) return ${above};`;
  if (form === "number") return lines;
  if (form === "float") {
    return `${lines}
    if (p !== q && (p === p || q === q)) return p !== p ? ${above} : ${below};`;
  }
  return `${lines}
    const o = compareByteRanges(b${i}, s${i}[a], e${i}[a], b${i}, s${i}[b], e${i}[b]);
    if (o !== 0) return ${sign}o;`;
}

/** A merge sort from the bottom up over blocks sorted by insertion; sorted input is left alone. */
const ALGORITHM = `
function sort(order, scratch, from, to) {
  const BLOCK = 8;
  for (let start = from; start < to; start += BLOCK) {
    const end = Math.min(start + BLOCK, to);
    for (let i = start + 1; i < end; i++) {
      const row = order[i];
      let at = i;
      while (at > start && compare(order[at - 1], row) > 0) {
        order[at] = order[at - 1];
        at--;
      }
      order[at] = row;
    }
  }
  let source = order, target = scratch;
  for (let width = BLOCK; width < to - from; width *= 2) {
    for (let start = from; start < to; start += 2 * width) {
      const middle = Math.min(start + width, to), end = Math.min(start + 2 * width, to);
      mergeRuns(source, target, start, middle, end);
    }
    const other = source;
    source = target;
    target = other;
  }
  if (source !== order) order.set(source.subarray(from, to), from);
}
function mergeRuns(source, target, start, middle, end) {
  if (middle >= end || compare(source[middle - 1], source[middle]) <= 0) {
    for (let i = start; i < end; i++) target[i] = source[i];
    return;
  }
  let left = start, right = middle, out = start;
  while (left < middle && right < end) {
    const a = source[left], b = source[right];
    if (compare(a, b) <= 0) {
      target[out++] = a;
      left++;
    } else {
      target[out++] = b;
      right++;
    }
  }
  while (left < middle) target[out++] = source[left++];
  while (right < end) target[out++] = source[right++];
}
function merge(source, target, state, limit) {
  let left = state[0], right = state[2], out = state[4];
  const leftEnd = state[1], rightEnd = state[3];
  const stop = Math.min(out + limit, out + (leftEnd - left) + (rightEnd - right));
  while (out < stop) {
    if (right >= rightEnd || (left < leftEnd && compare(source[left], source[right]) <= 0)) {
      target[out++] = source[left++];
    } else {
      target[out++] = source[right++];
    }
  }
  state[0] = left;
  state[2] = right;
  state[4] = out;
}`;
