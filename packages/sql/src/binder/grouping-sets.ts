import { AegisError } from "../contract/errors.js";
import type { ExpressionNode, GroupingNode, SelectNode } from "../parser/ast.js";
import { MAX_GROUPING_SETS } from "./limits.js";

type Sets = readonly (readonly number[])[];

/** Columns that CUBE takes: 2 to this power sets come of it. */
const MAX_CUBE = 12;

/** The grouping sets of a GROUP BY: what its items give, each with each. */
export function expandGroupingSets(
  node: SelectNode,
  indexOf: (item: ExpressionNode) => number,
): Sets {
  let sets: Sets = [[]];
  for (const item of node.groupBy) {
    const next = setsOf(item, indexOf);
    if (sets.length * next.length > MAX_GROUPING_SETS) throw tooMany(node.position);
    sets = sets.flatMap((left) => next.map((right) => merge(left, right)));
  }
  return node.groupByDistinct ? withoutRepeats(sets) : sets;
}

/** A row is grouped by its columns. */
function flat(item: ExpressionNode): readonly ExpressionNode[] {
  return item.kind === "row" ? item.items.flatMap(flat) : [item];
}

function tooMany(position: number): AegisError {
  const message = `too many grouping sets present (maximum ${MAX_GROUPING_SETS})`;
  return new AegisError("LIMIT_EXCEEDED", message, { position, sqlState: "54001" });
}

function merge(left: readonly number[], right: readonly number[]): readonly number[] {
  return [...new Set([...left, ...right])];
}

function setsOf(node: GroupingNode, indexOf: (item: ExpressionNode) => number): Sets {
  const list = (items: readonly ExpressionNode[]): readonly number[] => [
    ...new Set(items.flatMap(flat).map(indexOf)),
  ];
  switch (node.kind) {
    case "expressions":
      return [list(node.items)];
    case "rollup": {
      const parts = node.items.map(list);
      return parts
        .map((_part, i) => merge([], parts.slice(0, parts.length - i).flat()))
        .concat([[]]);
    }
    case "cube":
      return cube(node.items.map(list), node.position);
    case "sets":
      return node.items.flatMap((item) => setsOf(item, indexOf));
  }
}

/** All subsets, the largest first. */
function cube(parts: Sets, position: number): Sets {
  if (parts.length > MAX_CUBE) {
    throw new AegisError("LIMIT_EXCEEDED", `CUBE is limited to ${MAX_CUBE} elements`, {
      position,
      sqlState: "54011",
    });
  }
  let subsets: Sets = [[]];
  for (const part of [...parts].reverse()) {
    subsets = [...subsets.map((subset) => merge(part, subset)), ...subsets];
  }
  return subsets;
}

function withoutRepeats(sets: Sets): Sets {
  const seen = new Set<string>();
  return sets.filter((set) => {
    const key = [...set].sort((a, b) => a - b).join(",");
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
