import type { KeyCodec } from "../base/keycode.js";
import { createKeyCodec } from "../base/keycode.js";
import { AegisError } from "../errors.js";
import type { Layout } from "../tree/layout.js";
import { createRowCodec, type RowCodec } from "../tree/row-codec.js";
import type { SharedMemory } from "../tree/shared-memory.js";
import { Tree } from "../tree/tree.js";
import type { TreeRef } from "./contract.js";

/** A tree of this engine: what models hold as `TreeRef`, with its codecs and its data. */
export class EngineTree implements TreeRef {
  readonly id: number;
  name: string;
  readonly layout: Layout;
  readonly codec: KeyCodec;
  readonly rows: RowCodec;
  readonly data: Tree;
  writtenAt = 0;
  /** Seq of the commit that made it visible; Infinity while its transaction is open. */
  createdAt: number = Infinity;
  /** Seq of the commit that dropped it; Infinity while it lives. */
  droppedAt: number = Infinity;

  constructor(id: number, name: string, layout: Layout, memory?: SharedMemory) {
    this.id = id;
    this.name = name;
    this.layout = layout;
    this.codec = createKeyCodec(layout.key);
    this.rows = createRowCodec(layout);
    this.data = new Tree(layout, this.codec, memory);
  }
}

/** The engine's own object behind a reference that a model was given. */
export function engineTree(ref: TreeRef): EngineTree {
  if (ref instanceof EngineTree) return ref;
  throw new AegisError("INTERNAL", "a tree reference that this engine did not make");
}

/** The transaction's snapshot still has the tree, so this is a conflict and no mistake. */
export function droppedMeanwhile(tree: EngineTree): AegisError {
  return new AegisError("SERIALIZATION_FAILURE", `"${tree.name}" was dropped meanwhile`, {
    hint: "Run the transaction again; db.transaction does so by itself.",
  });
}
