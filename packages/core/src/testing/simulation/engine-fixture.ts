import type { ColumnType, Value } from "@aegisdb/sql/contract";
import { Prng } from "../../base/prng.js";
import type { ReadView, TreeRef } from "../../engine/contract.js";
import { openEngine, type EngineOptions, type OpenedEngine } from "../../engine/open-engine.js";
import type { Layout } from "../../tree/layout.js";
import { MemFs } from "../../vfs/mem-fs.js";
import { SimulatedClock, SimulatedHost } from "./simulated-host.js";

/** Opens an engine with options good for tests; on a disk of its own unless given one. */
export function openTestEngine(options: Partial<EngineOptions> = {}): OpenedEngine {
  return openEngine({
    vfs: new MemFs(),
    directory: "db",
    host: new SimulatedHost(1),
    clock: new SimulatedClock(0),
    prng: new Prng(1),
    memory: false,
    sync: "commit",
    syncIntervalMs: 1000,
    maxTransactionBytes: 16 * 1024 * 1024,
    bufferPoolBytes: 1024 * 1024,
    writeBufferBytes: 1024 * 1024,
    compression: "none",
    inlineBackground: true,
    threads: false,
    ...options,
  });
}

/** Integer keys, one value column. */
export function mapLayout(value: ColumnType): Layout {
  return {
    key: [{ name: "k", type: { kind: "int" } }],
    value: [{ name: "v", type: value }],
    access: "point",
    pointReads: true,
  };
}

export function createTree(opened: OpenedEngine, name: string, layout: Layout): TreeRef {
  return opened.engine.autocommit((tx) => tx.createTree(name, layout)).value;
}

/** All rows of a tree, in order. */
export function rowsOf(view: ReadView, tree: TreeRef): Value[][] {
  const width = tree.layout.key.length + tree.layout.value.length;
  const rows: Value[][] = [];
  const cursor = view.scan(tree);
  while (cursor.next()) rows.push(Array.from({ length: width }, (_, i) => cursor.row.value(i)));
  return rows;
}
