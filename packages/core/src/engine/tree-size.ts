import type { TreeRef } from "./contract.js";
import { engineTree } from "./engine-tree.js";

interface TreeSize {
  /**
   * About how many rows there are: exact where nothing was overwritten or deleted since the last
   * compaction.
   */
  readonly rows: number;
  /** In memory and in run files, older versions included. */
  readonly bytes: number;
}

/** The size of a tree as it is now, cheap enough to ask for every plan. */
export function treeSize(ref: TreeRef): TreeSize {
  const { data } = engineTree(ref);
  let rows = 0;
  let bytes = 0;
  const add = (keys: number, tombstones: number, size: number): void => {
    // A tombstone stands for a row of an older source, as long as there can be one.
    rows += keys - tombstones - Math.min(tombstones, rows);
    bytes += size;
  };
  for (const level of data.levels.toReversed()) {
    for (const { meta } of level.toReversed()) add(meta.rows, meta.tombstones, meta.length);
  }
  for (const { keyCount, tombstoneCount, bytes: size } of [
    ...data.frozen.toReversed(),
    data.active,
  ]) {
    add(keyCount, Math.min(tombstoneCount, keyCount), size);
  }
  return { rows, bytes };
}
